/** Proves what a plan tells of conflicts and settings, and that no secret of a release's values is in it. */
import type { Site } from "../../../cli/consolidate";
import { conflictLines, planTextOf, settingLines, stateOf } from "../../../cli/consolidate/report";
import { mergeValues } from "../../../cli/consolidate/values";

const site = {
  target: { stack: "prod", context: "acme" },
  request: {
    ...{ keep: "thunderline/thunderline", system: "thunderline" },
    retire: ["thunder/thunderline", "cerebros/thunder"],
  },
  store: { file: "records.json" },
} as unknown as Site;

const merged = (ours: unknown, theirs: unknown) =>
  mergeValues([
    { release: "thunderline/thunderline", values: ours },
    { release: "thunder/thunderline", values: theirs },
  ]);

it("a conflict is told with what each release says, what is taken, and why", () => {
  expect(conflictLines(merged({ web: { replicas: 2 } }, { web: { replicas: 1 } }))).toEqual([
    "conflict web.replicas: thunderline/thunderline 2, thunder/thunderline 1; taken from thunderline/thunderline, the release that is kept is the base",
  ]);
});

it.each([
  ["by its name", { secrets: { password: "hunter2" } }, { secrets: { password: "hunter3" } }],
  [
    "by a name above it",
    { secrets: { owner: { value: "hunter2" } } },
    { secrets: { owner: { value: "hunter3" } } },
  ],
  [
    "in an address",
    { web: { database: "postgres://a:hunter2@db/a" } },
    { web: { database: "postgres://a:hunter3@db/a" } },
  ],
])("a secret is told as a conflict without its value: %s", (_, ours, theirs) => {
  const lines = conflictLines(merged(ours, theirs)).join("\n");
  expect(lines).toMatch(/^conflict /);
  expect(lines).not.toMatch(/hunter/);
});

it("settings are told as the lines of the stack file", () => {
  const path = ["postgres", "volume", "existingClaim"];
  expect(settingLines(site, [{ path, value: "data-0", must: true }])).toEqual([
    "settings for Pulumi.prod.yaml:",
    "  platform:thunderline:",
    "    postgres:",
    "      volume:",
    "        existingClaim: data-0",
  ]);
});

it("the plan has every phase with its state, and what only the last step does", () => {
  const state = stateOf(undefined, "retire");
  const text = planTextOf(
    site,
    [{ phase: "retire", why: "it runs twice", state, lines: ["uninstall thunder/thunderline"] }],
    ["thunder/thunderline: claims data-0"],
  );
  expect(text).toContain("thunder/thunderline, cerebros/thunder go.");
  expect(text).toContain("1. retire (open): it runs twice\n   uninstall thunder/thunderline");
  expect(text).toMatch(/--delete-leftovers alone.*\n {3}thunder\/thunderline: claims data-0/);
});
