/** Proves that what a server does not tell hides nothing else; what a real one tells is in test/cluster. */
import { ClusterClient } from "../../../cli/preflight/cluster";
import type { PreflightContext } from "../../../cli/preflight/model";
import type { Answer } from "../../../cli/preflight/proxy";
import { reach } from "../../../cli/preflight/reach";

const version = (minor: string, headers: Answer["headers"] = {}): Answer => ({
  ...{ status: 200, headers },
  text: JSON.stringify({ major: "1", minor, gitVersion: `v1.${minor}.0` }),
});
const reviewed: Answer = {
  ...{ status: 201, headers: {} },
  text: JSON.stringify({ status: { userInfo: { username: "ci" } } }),
};
const unknownPath: Answer = { status: 404, headers: {}, text: "404 page not found" };

async function findings(
  ofVersion: Answer,
  ofReview = reviewed,
  place: PreflightContext["place"] = { kind: "real", meant: "real" },
): Promise<string[]> {
  const client = new ClusterClient(({ path }) =>
    Promise.resolve(path === "/version" ? ofVersion : ofReview),
  );
  const settings = { cluster: { context: "acme" } };
  const context = { place, cluster: () => client, settings } as unknown as PreflightContext;
  return (await reach(context)).map(
    ({ status, subject, evidence }) => `${status} ${subject}: ${evidence}`,
  );
}

it("a server says that it is there, who asks, its version and its time", async () => {
  const date = new Date().toUTCString();
  expect(await findings(version("30", { date }))).toEqual([
    expect.stringMatching(/^passed Context acme: the API server answers in \d+ ms$/),
    "passed Identity: you are ci",
    expect.stringMatching(/^passed Server version v1\.30\.0/),
    expect.stringMatching(/^passed Clocks/),
  ]);
});

it("the embedded one never answers under the name of the stack's own", async () => {
  for (const meant of ["real", "embedded"] as const) {
    const found = await findings(version("30"), reviewed, { kind: "embedded", meant });
    expect(found).toContainEqual(expect.stringMatching(/^passed Embedded cluster: /));
    expect(found.filter((line) => line.startsWith("passed Context"))).toEqual([]);
  }
});

it("one too old to say who asks is known as too old", async () => {
  const found = await findings(version("27"), unknownPath);
  expect(found[1]).toMatch(/^unchecked Identity: .*404/);
  expect(found[2]).toMatch(/^failed Server version v1\.27\.0: expected 1\.30/);
});

it("one that does not say its time has its version looked at all the same", async () => {
  const found = await findings(version("27"));
  expect(found[2]).toMatch(/^failed Server version/);
  expect(found[3]).toBe("unchecked Clocks: The API server does not say what time it has.");
});

it("one that does not say its version is unchecked in that", async () => {
  const found = await findings(unknownPath);
  expect(found[0]).toMatch(/^unchecked Context acme: \/version: 404/);
  expect(found[1]).toMatch(/^passed Identity/);
  expect(found[2]).toMatch(/^unchecked Server version: \/version: 404/);
});
