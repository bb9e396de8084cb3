/** Proves that a record tells at every moment what was begun and how it ended. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Journal, readJournal } from "../../../cli/journal";
import { silent } from "../../../cli/progress";

describe("a record", () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-journal-"));
  const head = { command: "retire", context: "acme", startedAt: "2026-01-01T00:00:00.000Z" };
  const open = (name: string): Journal => new Journal(join(folder, name), head, silent);
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it("has an action before it is begun, and how it ended after it", async () => {
    const journal = open("order.json");
    const seen: unknown[] = [];
    await journal.do("scale web to 0", "it is retired", async () => {
      seen.push(readJournal(journal.file).entries.map(({ outcome }) => outcome));
    });
    seen.push(readJournal(journal.file).entries.map(({ outcome }) => outcome));
    expect(seen).toEqual([["begun"], ["done"]]);
    expect(readJournal(journal.file)).toMatchObject(head);
  });

  it("tells what an action has failed of, and passes the fault on", async () => {
    const journal = open("failure.json");
    await journal.do("a", "first", async () => undefined);
    const failing = journal.do("b", "second", () => Promise.reject(new Error("no room")));
    await expect(failing).rejects.toThrow("no room");
    expect(
      readJournal(journal.file).entries.map(({ what, outcome, fault }) => [what, outcome, fault]),
    ).toEqual([
      ["a", "done", undefined],
      ["b", "failed", "no room"],
    ]);
  });
});
