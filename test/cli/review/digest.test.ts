/** What was reviewed, as a file, and how it differs from what would be applied. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { UserError } from "../../../cli/errors";
import { readPlan } from "../../../cli/plan";
import { changesOf } from "../../../cli/review/changes";
import { digestOf, readDigest, sideBySide, writeDigest } from "../../../cli/review/digest";

const plan = readPlan("dev", join(__dirname, "recorded/changes.events"));
const changes = changesOf(plan);
const digest = digestOf("dev", changes);

const folder = mkdtempSync(join(tmpdir(), "platform-digest-"));
const file = join(folder, "reviewed.json");
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe("a digest", () => {
  const lines = (head: string) => digest.changes.filter((line) => line.startsWith(`${head};`));

  it("has operations and risks, worst first, and a Job without the hash in its name", () => {
    expect(digest.changes[0]).toMatch(
      /^data delete PersistentVolumeClaim thunderline-livebook-data;/,
    );
    expect(lines("restart replace Job thunderline-migration")).toHaveLength(1);
    expect(digest.changes.at(-1)).toMatch(
      /^quiet update Secret thunderline-postgres-credentials; .*; quiet: is changed where it is$/,
    );
  });

  it("has all reasons of a change, each with its risk", () => {
    expect(lines("identity delete Service thunderline-livebook")).toEqual([
      expect.stringMatching(
        /; exposure: an address for callers vanishes; identity: is deleted: whoever knows it by/,
      ),
    ]);
  });

  it("tells two of one name apart by where they are", () => {
    const [one] = changes;
    if (one === undefined) throw new Error("Nothing changes.");
    const urn = one.resource.urn.replace(
      "platform:systems:Thunderline",
      "platform:systems:Philotes",
    );
    const other = { ...one, resource: { ...one.resource, urn } };
    expect(urn).not.toBe(one.resource.urn);
    expect(digestOf("dev", [other]).digest).not.toBe(digestOf("dev", [one]).digest);
  });

  it("is the same whatever order the changes come in", () => {
    expect(digestOf("dev", [...changes].reverse())).toEqual(digest);
  });

  it("is the same whatever the values are", () => {
    const others = changes.map((change) => ({ ...change, properties: [] }));
    expect(digestOf("dev", others).digest).toBe(digest.digest);
  });

  it.each([
    ["the stack", () => digestOf("prod", changes)],
    ["a change that is missing", () => digestOf("dev", changes.slice(1))],
    [
      "an operation",
      () =>
        digestOf(
          "dev",
          changes.map((change) => ({ ...change, operation: "delete" as const })),
        ),
    ],
    [
      "a risk",
      () =>
        digestOf(
          "dev",
          changes.map((change) => ({ ...change, risk: "quiet" as const })),
        ),
    ],
    [
      "a lesser reason",
      () =>
        digestOf(
          "dev",
          changes.map((change) => ({ ...change, reasons: change.reasons.slice(0, 1) })),
        ),
    ],
  ])("is another one for another %s", (_, other) => {
    expect(other().digest).not.toBe(digest.digest);
  });
});

describe("the file of a digest", () => {
  it("is read as it was written, with the revision", () => {
    const reviewed = digestOf("dev", changes, "0123abc");
    writeDigest(file, reviewed);
    expect(readDigest(file, "dev")).toEqual(reviewed);
  });

  it("is refused for another stack", () => {
    writeDigest(file, digest);
    expect(() => readDigest(file, "prod")).toThrow(/stack dev, expected stack prod/);
  });

  it("is refused where a line was taken out of it", () => {
    writeDigest(file, digest);
    const { changes: all, ...rest } = JSON.parse(readFileSync(file, "utf8")) as typeof digest;
    writeFileSync(file, JSON.stringify({ ...rest, changes: all.slice(1) }));
    expect(() => readDigest(file, "dev")).toThrow(/was changed after it was written/);
  });

  it.each(["", "{}", '{"stack": 1}', "[]"])("is refused where it is none: %j", (text) => {
    writeFileSync(file, text);
    expect(() => readDigest(file, "dev")).toThrow(UserError);
  });

  it("is refused where there is none", () => {
    expect(() => readDigest(join(folder, "nowhere"), "dev")).toThrow(UserError);
  });
});

describe("two digests side by side", () => {
  it("are nothing to tell of where they are the same", () => {
    expect(sideBySide(digest, digestOf("dev", changes))).toBeUndefined();
  });

  it("show what only one of them has, and count the rest", () => {
    const reviewed = {
      stack: "dev",
      digest: "a",
      changes: ["quiet update A a; in c", "quiet update A a; in c"],
    };
    const changed = ["data delete B b; in d; data: is deleted", "quiet update A a; in c"];
    const now = { stack: "dev", digest: "b", changes: changed };
    expect(sideBySide(reviewed, now)?.split("\n")).toEqual([
      "  reviewed          |  now",
      "  quiet update A a  |  –",
      "    in c            |",
      "  –                 |  data delete B b",
      "                    |    in d",
      "                    |    data: is deleted",
      "  1 change is the same.",
    ]);
  });
});
