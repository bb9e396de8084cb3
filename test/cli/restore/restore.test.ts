/** What a restore does in which order, and what it says, with a runner that only pretends. */
import { UserError } from "../../../cli/errors";
import { LostSight, StayStopped } from "../../../cli/restore/faults";
import { restore, type Result, whatThereIs } from "../../../cli/restore/restore";
import type { Outcome, Runner } from "../../../cli/restore/runner";

const at = "20261121T020000Z";
const older = "20261120T020000Z";
const listed = (times: readonly string[]): string =>
  [
    ...times.map((time) => `BACKUP {"store":"postgres","at":"${time}","bytes":2048,"rows":3}`),
    `BACKUPS ${times.length}`,
  ].join("\n");
const listing = listed([older, at]);
const restored = (time: string): string =>
  `ROWS app.public.users 3 3\nRESTORED {"store":"postgres","at":"${time}","rows":3}`;

const ended = (log: string | undefined, exitCode = 0): Partial<Outcome> => ({ log, exitCode });

type Step = "confirm" | "claim" | "stop" | "start" | "drop";

interface Story {
  readonly list?: Partial<Outcome> | Error;
  readonly restore?: Partial<Outcome> | Error;
  readonly at?: string;
  readonly overwrite?: boolean;
  readonly fails?: readonly Step[];
}

/** What happened, in order, and what came of it. */
async function tell(
  story: Story,
): Promise<{ events: string[]; result?: Result; error?: UserError }> {
  const events: string[] = [];
  const step = (name: Step) => (): Promise<void> => {
    events.push(name);
    return story.fails?.includes(name) === true
      ? Promise.reject(new UserError(`${name} failed`, `mend ${name}`))
      : Promise.resolve();
  };
  const outcome = async (event: string, end: Partial<Outcome> | Error): Promise<Outcome> => {
    events.push(event);
    if (end instanceof Error) throw end;
    return { name: "postgres-job", exitCode: undefined, log: undefined, why: "", ...end };
  };
  const runner: Runner = {
    list: () => outcome("list", story.list ?? ended(listing)),
    claim: async ({ AT = "", OVERWRITE = "" }) => {
      await step("claim")();
      const end = story.restore ?? ended(restored(story.at ?? at));
      return {
        begin: () => outcome(`restore AT=${AT} OVERWRITE=${OVERWRITE}`, end),
        drop: step("drop"),
      };
    },
  };
  const { at: wanted, overwrite = false } = story;
  const request = { store: "postgres", at: wanted, overwrite };
  let time = 0;
  const now = (): number => (time += 1000);
  const around = {
    runner,
    confirm: step("confirm"),
    stop: step("stop"),
    start: step("start"),
    now,
  };
  try {
    return { events, result: await restore(request, around) };
  } catch (error) {
    if (error instanceof UserError) return { events, error };
    throw error;
  }
}

const whole = ["list", "confirm", "claim", "stop", `restore AT=${at} OVERWRITE=`, "start"];
const nobodyStopped = ["list"];

describe("a restore", () => {
  it("has the store to itself before it stops the writers, starts them after, and tells what it has seen", async () => {
    const { events, result } = await tell({});
    expect(events).toEqual(whole);
    expect(result).toEqual({
      restored: { store: "postgres", at, rows: 3 },
      rows: [{ name: "app.public.users", expected: 3, found: 3 }],
      seconds: 1,
      stoppedSeconds: 3,
    });
  });

  it("takes an older backup, and replaces data, where it is told to", async () => {
    const { events } = await tell({ at: older, overwrite: true, list: ended(`DATA\n${listing}`) });
    expect(events).toContain(`restore AT=${older} OVERWRITE=yes`);
  });
});

describe("nobody is stopped", () => {
  it.each<[string, Story, number, string]>([
    ["for a store with data", { list: ended(`DATA\n${listing}`) }, 3, "has data"],
    ["for a backup that there is not", { at: "20261101T000000Z" }, 4, "no backup 20261101T000000Z"],
    ["where there is no backup", { list: ended("BACKUPS 0") }, 4, "no complete backup"],
    ["where the listing failed", { list: ended("no such target", 1) }, 1, "no such target"],
    ["where the listing was cut", { list: ended("BACKUP {") }, 1, "not known which backups"],
    ["where the listing said nothing", { list: ended(undefined) }, 1, "not known which backups"],
    ["where the listing was lost", { list: new LostSight("j", new Error("gone")) }, 1, "Job j"],
  ])("%s", async (_, story, exitCode, words) => {
    const { events, error } = await tell(story);
    expect(events).toEqual(nobodyStopped);
    expect(error).toMatchObject({ exitCode });
    expect(error?.message).toContain(words);
  });

  it("where people do not agree", async () => {
    const { events } = await tell({ fails: ["confirm"] });
    expect(events).toEqual(["list", "confirm"]);
  });

  it("where somebody else restores", async () => {
    const { events, error } = await tell({ fails: ["claim"] });
    expect([events, error?.message]).toEqual([["list", "confirm", "claim"], "claim failed"]);
  });
});

describe("a restore that is not done", () => {
  const differing = "ROWS app.public.users 3 2\nrestore of postgres failed: other rows";
  it.each<[string, Story["restore"] & object, number, string]>([
    ["found data after all", ended("restore failed: it has data", 3), 3, "has data"],
    ["lost its backup meanwhile", ended("no such", 4), 4, "any more"],
    ["has other rows", ended(differing, 5), 5, "app.public.users: 3 expected, 2 found"],
    ["failed otherwise", ended("cannot connect", 1), 1, "cannot connect"],
    ["was ended from outside", { why: "DeadlineExceeded" }, 1, "DeadlineExceeded"],
    ["says nothing of it, as simulated pods do", ended(undefined), 1, "Not done"],
    ["stopped in the middle of its words", ended("ROWS a 1 1"), 1, "Not done"],
    ["speaks of another backup", ended(restored(older)), 1, "Not done"],
    ["could not be begun", new UserError("forbidden"), 1, "forbidden"],
  ])("because it %s, has its writers started and says so", async (_, end, exitCode, words) => {
    const { events, error } = await tell({ restore: end });
    expect(events).toEqual(whole);
    expect(error).toMatchObject({ exitCode });
    expect(error?.message).toContain(words);
  });

  const givenUp = ["list", "confirm", "claim", "stop", "start", "drop"];

  it("because a writer does not stop, has the others started and lets others restore", async () => {
    const { events, error } = await tell({ fails: ["stop"] });
    expect([events, error?.message]).toEqual([givenUp, "stop failed"]);
  });

  it("lets others restore even where its writers do not start", async () => {
    const { events, error } = await tell({ fails: ["stop", "start"] });
    expect([events, error?.message]).toEqual([givenUp, "stop failed\nstart failed"]);
  });

  it("leaves the writers stopped while it may still be at work", async () => {
    const { events, error } = await tell({ restore: new LostSight("j", new Error("no answer")) });
    expect(events).toEqual(whole.slice(0, -1));
    expect(error).toBeInstanceOf(StayStopped);
    expect(error?.message).toContain("the writers stay stopped");
    expect(error?.hint).toContain("--resume-writers");
  });
});

describe("writers that do not start", () => {
  it("do not hide that the store is restored", async () => {
    const { error } = await tell({ fails: ["start"] });
    expect(error).toMatchObject({ exitCode: 1, hint: "mend start" });
    expect(error?.message).toBe(`postgres is restored from ${at}.\nstart failed`);
  });

  it("do not hide why it is not", async () => {
    const { error } = await tell({ restore: ended("no", 5), fails: ["start"] });
    expect(error?.exitCode).toBe(5);
    expect(error?.message).toMatch(/other rows[^]*start failed/);
  });
});

describe("a store that does not say whether it has data", () => {
  const unknown = ended(`DATA?\n${listing}`);

  it("does not keep its list from anybody, and may have data", async () => {
    const list: Runner["list"] = async () => ({
      name: "j",
      exitCode: 0,
      why: "",
      log: unknown.log,
    });
    const known = await whatThereIs({ list, claim: fail }, "postgres");
    expect(known.hasData).toBeUndefined();
    expect(known.backups).toHaveLength(2);
  });

  it("is not refused before: the restore itself refuses it", async () => {
    const { events } = await tell({ list: unknown });
    expect(events).toEqual(whole);
  });
});

function fail(): never {
  throw new Error("nobody expected this");
}
