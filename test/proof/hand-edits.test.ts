/**
 * Proves what becomes of objects that somebody edits and deletes past the pipeline, with the commands that
 * people type, the real engine and a real API server: an API of Philotes with its database, of stack dev.
 * Pods are simulated. Nothing is said of what is in a claim that was deleted: it comes back empty.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { report } from "../../cli/testing";
import { startOver } from "./support/consistency";
import { deletions, type Edit, edits } from "./support/hand-edits";
import { endedWith } from "./support/hindrance";
import { isMended } from "./support/mended";
import { namespace, philotesApi } from "./support/philotes-api";
import { otherThan, type Snapshot, snapshotOf } from "./support/snapshot";
import { trials } from "./support/trials";

const minutes = 60_000;
const checkout = philotesApi();

/** In each round some of both, and no object in both. */
const [often, rest] = [
  { edited: edits.slice(0, 4), deleted: deletions.slice(0, 4) },
  [
    { edited: edits.slice(4, 7), deleted: deletions.slice(7) },
    { edited: edits.slice(7), deleted: deletions.slice(4, 7) },
  ],
];
const rounds = trials({ reduced: [often], full: [often, ...rest] });

beforeAll(() => checkout.succeed("up"), 5 * minutes);
afterAll(() => checkout.end(), 2 * minutes);

describe("objects that somebody edits and deletes by hand", () => {
  it(
    "are told by drift, each with what changed, and mended by an update that touches nothing else",
    async () => {
      for (const { edited, deleted } of rounds) {
        const before = await snapshotOf(checkout);
        let mended = false;
        try {
          const gone = deleted.map((object) => wholeName(before, object));
          for (const object of gone) await byHand("delete", object);
          for (const edit of edited) await byHand("patch", qualified(edit.object), patchOf(edit));
          expect(await drift()).toEqual(
            [
              ...gone.map((object) => `Deleted: ${object}`),
              ...edited.map(({ object, told }) => `${qualified(object)}: ${told} (kubectl-patch)`),
            ].sort(),
          );

          endedWith(0, await checkout.run("up", "--refresh"));
          const after = await isMended(checkout, before, [
            ...gone,
            ...edited.map(({ object }) => qualified(object)),
          ]);
          expect(otherThan(before, after)).toEqual([]);
          mended = true;
        } finally {
          if (!mended) await startOver(checkout);
        }
      }
      const objects = rounds.reduce((sum, one) => sum + one.edited.length + one.deleted.length, 0);
      report({
        area: "faults",
        claim:
          "what somebody edits or deletes is told by drift and mended by an update, and nothing else changes",
        trials: objects,
        of: "objects",
        seen: `all told and mended in ${String(rounds.length)} updates, 0 others changed, 0 orphans`,
      });
    },
    10 * minutes,
  );
});

/** What drift tells, a line for each object that is gone and each field that differs, without the times. */
async function drift(): Promise<readonly string[]> {
  const file = join(checkout.folder, "drift.txt");
  endedWith(2, await checkout.run("drift", "--out", file));
  const [, ...sections] = readFileSync(file, "utf8").split("\n\n");
  const told = sections.slice(
    0,
    sections.findIndex((section) => /^(Besides|What to do)\b/.test(section)),
  );
  return told
    .flatMap((section) => {
      const [title = "", ...lines] = section.split("\n");
      return lines.map((line) => `${title} ${line.trim().replace(/ at \S+Z\)$/, ")")}`);
    })
    .sort();
}

async function byHand(verb: string, object: string, ...more: readonly string[]): Promise<void> {
  const [kind = "", name = ""] = object.split(/ .*\//);
  await checkout.kubectl(verb, kind.toLowerCase(), name, "-n", namespace, ...more);
}

function patchOf({ patch }: Edit): string {
  return `--patch=${JSON.stringify(patch)}`;
}

/** `Service philotes/philotes-api` of `Service philotes-api`. */
function qualified(object: string): string {
  return object.replace(" ", ` ${namespace}/`);
}

/** The same of an object of which only the beginning of its name is known. */
function wholeName(all: Snapshot, object: string): string {
  const begin = qualified(object);
  const found = [...all.keys()].find(
    (name) => name === begin || (name.startsWith("Job") && name.startsWith(begin)),
  );
  if (found === undefined) throw new Error(`There is no ${begin}.`);
  return found;
}
