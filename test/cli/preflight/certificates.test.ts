/** Proves what is said of a certificate of somebody else: one for acme.example.com, until 21 December 2026. */
import { certificateFindings } from "../../../cli/preflight/certificates";

/** Self-signed; its key is kept nowhere. */
const certificate =
  "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUJxRENDQVU2Z0F3SUJBZ0lVVVZIRzhDbk1ESFRMZzMyUEZKWi9oQWgwOElnd0NnWUlLb1pJemowRUF3SXcKR3pFWk1CY0dBMVVFQXd3UVlXTnRaUzVsZUdGdGNHeGxMbU52YlRBZUZ3MHlOakV4TWpFeU1qUTVOREJhRncweQpOakV5TWpFeU1qUTVOREJhTUJzeEdUQVhCZ05WQkFNTUVHRmpiV1V1WlhoaGJYQnNaUzVqYjIwd1dUQVRCZ2NxCmhrak9QUUlCQmdncWhrak9QUU1CQndOQ0FBUzI0YVpXRm50TE1FQVJDVXZQc0FWeWVqQVh2SUNqQVhIN3hsT00KaUg0YkFzNlo0Z3VlNXNPUVo5b2ZsNFE0em1oNE03TncvRTNwdlhsblUwMmJjWUhDbzNBd2JqQWRCZ05WSFE0RQpGZ1FVK0RJZ3JSWC9WbmQ1UVMxakE5eDlPZVk3MnJBd0h3WURWUjBqQkJnd0ZvQVUrRElnclJYL1ZuZDVRUzFqCkE5eDlPZVk3MnJBd0R3WURWUjBUQVFIL0JBVXdBd0VCL3pBYkJnTlZIUkVFRkRBU2doQmhZMjFsTG1WNFlXMXcKYkdVdVkyOXRNQW9HQ0NxR1NNNDlCQU1DQTBnQU1FVUNJUURxd1ZHSElmc1ZmQlFDNVpkOXV5ZWFDamJRVFhMagpQOTcrN2JzOGhPVW52QUlnUWM3M0lvWVhnRlh1WTNTdDRoWFJ1bTRMWWMxQWxtUmIyY2FsUTVTcjRURT0KLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo=";

const findings = (day: string, hosts = ["acme.example.com"], text = certificate) =>
  certificateFindings("Secret acme/tls", text, hosts, new Date(day)).map(
    ({ status, evidence }) => `${status}: ${evidence}`,
  );

it("passes long before its end", () => {
  expect(findings("2026-12-01")).toEqual(["passed: valid until 2026-12-21"]);
});

it("is warned of in its last two weeks, and has failed after them", () => {
  expect(findings("2026-12-10")).toEqual([
    expect.stringMatching(/^warning: expires on 2026-12-21, in 11 days/),
  ]);
  expect(findings("2026-12-22")).toEqual(["failed: expired on 2026-12-21"]);
});

it("is warned of where it is made for other hosts", () => {
  expect(findings("2026-12-01", ["acme.example.com", "web.example.com"])[1]).toBe(
    "warning: not made for web.example.com",
  );
});

it("is unchecked where it is none", () => {
  expect(findings("2026-12-01", [], "bm9uZQ==")[0]).toMatch(/^unchecked/);
});
