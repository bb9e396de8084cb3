/**
 * Proves what counts as a backup of a claim: what was read back and is what its Job says it wrote. Whatever
 * else becomes of a Job, the rest is saved all the same, and the archive says what it lacks. The Jobs are
 * played; test/data runs their scripts, and test/cluster has an API server that completes them unrun.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import {
  exits,
  madeText,
  readArchivedObjects,
  verifiedText,
  verifyArchive,
} from "../../../cli/backup";
import { jobName } from "../../../cli/backup/job";
import { managedBy, marks } from "../../../cli/backup/marks";
import type { Api } from "../../../cli/kubernetes";
import {
  type Behaviour,
  claim,
  configMap,
  copyOf,
  namespace,
  passphrase,
  pod,
  postgres,
  Scene,
  secret,
  waiting,
} from "./support";

const scenes: Scene[] = [];
const job = "platform-backup-runs";
afterEach(() => {
  for (const one of scenes.splice(0)) one.remove();
});

/** A volume with files, beside a ConfigMap. */
async function scene(behaviour: Behaviour = {}, more: readonly object[] = []): Promise<Scene> {
  const files = await copyOf({ "./a": "artefact" });
  const objects = [configMap("settings", { a: "b" }), ...claim("runs"), ...more];
  const made = new Scene(objects, { content: () => files, ...behaviour });
  scenes.push(made);
  return made;
}

const condition = (type: string, reason = "", message = "") => ({
  status: { conditions: [{ type, status: "True", reason, message }] },
});

describe("the data of a claim", () => {
  it("are in the archive when they were fetched, and nothing is left on the cluster", async () => {
    const it = await scene();
    const { complete, manifest } = await it.backUp();
    expect(complete).toBe(true);
    expect(manifest.entries).toContainEqual(
      expect.objectContaining({ path: "data/runs.tar.gz.age", holds: ["claim runs"] }),
    );
    expect(it.fetched).toEqual([`${job}-pod cat "$OUT/result"`, `${job}-pod : >"$OUT/fetched"`]);
    expect(it.fake.objects.map(({ kind }) => kind)).not.toContain("Job");
    expect(readdirSync(it.folder).sort()).toEqual(["1.tar", "record.json"]);
  });

  it("are in the archive under any name that a claim can have", async () => {
    const name = "n".repeat(253);
    const content = await copyOf({ a: "b" });
    // The API server is told of the name in full, and its Job by the line of the log.
    const it = await scene({ content: () => content }, claim(name));
    const { log } = it.containers;
    Object.assign(it.containers, {
      log: async (container: Parameters<typeof log>[0]) =>
        (await log(container)).replace(/ n\S+/, ` ${name}`),
    });
    const { complete, file } = await it.backUp();
    expect(complete).toBe(true);
    const { state, manifest } = await verifyArchive(file, passphrase);
    expect(state).toBe("whole");
    expect(manifest?.entries.flatMap(({ holds }) => holds)).toContain(`claim ${name}`);
  });

  const failures: readonly (readonly [string, Behaviour, string])[] = [
    [
      "the Job completed without writing",
      { job: () => condition("Complete"), log: () => "" },
      `Job ${job} completed, but it has written no result`,
    ],
    [
      "the Job completed, and its log cannot be read",
      {
        job: () => condition("Complete"),
        log: () => {
          throw new Error("no kubelet");
        },
      },
      `Job ${job} completed, but its log cannot be read: no kubelet`,
    ],
    [
      "the Job completed and has no pod",
      { job: () => condition("Complete"), pod: null },
      `Job ${job} completed, but no pod of it is there`,
    ],
    [
      "the Job ended before anybody had fetched what it wrote",
      { job: () => condition("Complete"), pod: { ...waiting, containerStatuses: [] } },
      `Job ${job} has ended before its result was fetched`,
    ],
    [
      "it wrote nothing",
      { log: (claim) => `backup-result ${claim} 0 ${"0".repeat(64)}\n` },
      `The container of Job ${job} has ended, but it has written no result`,
    ],
    [
      "something else came than was written",
      {
        log: (claim) => `backup-result ${claim} 3 ${"0".repeat(64)}\n`,
        content: () => Buffer.from("abc"),
      },
      "the result could not be fetched: what came has the checksum ba7816bf",
    ],
    [
      "less came than was written",
      {
        log: (claim) => `backup-result ${claim} 4 ${"0".repeat(64)}\n`,
        content: () => Buffer.from("abc"),
      },
      "the result could not be fetched: 3 bytes came, and the Job has written 4",
    ],
    [
      "it cannot be read there",
      { exitCode: 1 },
      "the result could not be fetched: it cannot be read there: cat: no such file",
    ],
    [
      "it missed its deadline",
      { job: () => condition("Failed", "DeadlineExceeded", "too long"), pod: null },
      `Job ${job} has failed: DeadlineExceeded: too long`,
    ],
    [
      "its program failed",
      {
        log: () => "tar: ./a: Permission denied\n",
        pod: { initContainerStatuses: [{ name: "dump", state: { terminated: { exitCode: 2 } } }] },
      },
      `Job ${job} has failed with exit code 2: tar: ./a: Permission denied`,
    ],
    [
      "its image cannot be had",
      {
        pod: {
          initContainerStatuses: [
            {
              name: "dump",
              state: { waiting: { reason: "ImagePullBackOff", message: "no such image" } },
            },
          ],
        },
      },
      `Job ${job} does not start: ImagePullBackOff no such image`,
    ],
    ["no pod is made for it", { pod: null }, `Job ${job} has no pod after 0.05 s: nobody says why`],
  ];

  it.each(failures)("are missing when %s", async (_, behaviour, why) => {
    const it = await scene(behaviour);
    const { complete, missing, file, manifest } = await it.backUp();
    expect(complete).toBe(false);
    expect(missing).toEqual([{ what: "claim runs", why: expect.stringContaining(why) as string }]);
    expect(manifest.entries.map(({ kind }) => kind)).toEqual([
      "objects",
      "secrets",
      "helm",
      "volumes",
    ]);
    // What could be saved is worth having.
    const { objects } = await readArchivedObjects(file, passphrase);
    expect(objects).toContainEqual(configMap("settings", { a: "b" }));
    const verified = await verifyArchive(file, passphrase);
    expect(verified.state).toBe("incomplete");
    expect(exits[verified.state]).toBe(2);
    expect(verifiedText(verified)).toContain(`claim runs: ${why}`);
    expect(it.fake.objects.map(({ kind }) => kind)).not.toContain("Job");
  });

  it("are fetched again where the connection broke", async () => {
    const it = await scene();
    const { exec } = it.containers;
    let broken = 2;
    Object.assign(it.containers, {
      exec: async (...args: Parameters<typeof exec>) => {
        if (broken === 0) return exec(...args);
        broken -= 1;
        args[2].write("half");
        args[2].end();
        return { exitCode: undefined, stderr: "" };
      },
    });
    expect(await it.backUp()).toMatchObject({ complete: true });
  });

  it.each([
    ["to have changed meanwhile", "changed", "some of its files changed while they were copied"],
    ["to lack passwords", "no-passwords", "the roles are saved without their passwords"],
  ])("are said %s where they do", async (_, word, note) => {
    const content = await copyOf({ a: "b" });
    const it = await scene({ content: () => content });
    const { log } = it.containers;
    Object.assign(it.containers, {
      log: async (container: Parameters<typeof log>[0]) =>
        (await log(container)).replace(/\n$/, ` ${word}\n`),
    });
    expect(madeText(await it.backUp())).toContain(note);
  });

  it("are left alone where they are not asked for, and the archive says so", async () => {
    const it = await scene();
    const made = await it.backUp({ data: false });
    expect(made).toMatchObject({ complete: true, manifest: { data: false } });
    expect(it.fake.calls).toEqual([]);
    expect(verifiedText(await verifyArchive(made.file, passphrase))).toContain(
      "What is on the volumes was not asked for",
    );
  });
});

describe("a run after one that was killed", () => {
  const labels = { [marks.managedBy]: managedBy };
  const left = [
    {
      ...{ apiVersion: "batch/v1", kind: "Job" },
      metadata: { name: jobName("runs"), namespace, labels, uid: "old" },
      status: { conditions: [{ type: "Complete", status: "True" }] },
    },
    {
      ...secret(jobName("runs"), { password: "x" }),
      ...{ metadata: { name: jobName("runs"), namespace, labels } },
    },
  ];

  it("removes what that left, and saves none of it", async () => {
    const it = await scene({}, left);
    const { complete, file } = await it.backUp();
    expect(complete).toBe(true);
    const { objects, secrets } = await readArchivedObjects(file, passphrase);
    expect([...objects, ...secrets].map(({ metadata }) => metadata.name)).not.toContain(job);
    expect(it.fake.objects.filter(({ metadata }) => metadata.name === job)).toEqual([]);
    const record = readFileSync(join(it.folder, "record.json"), "utf8");
    expect(record).toContain(`remove Job ${namespace}/${job}`);
  });
});

describe("a password in the clear", () => {
  it("of another run is left to that", async () => {
    const env = [{ name: "POSTGRES_PASSWORD", value: "s3cret" }];
    const it = await scene({}, [...claim("db"), pod("db-0", "db", { ...postgres, env })]);
    const api = { ...it.api };
    Object.assign(it.api, {
      create: async (object: Parameters<Api["create"]>[0]) => {
        if (object.kind === "Secret") throw new Error("there is one already");
        return api.create(object);
      },
    });
    expect((await it.backUp()).missing).toEqual([
      { what: "claim db", why: "there is one already" },
    ]);
    expect(it.fake.calls.filter((call) => call.includes("Secret"))).toEqual([]);
  });

  it("is in no object of ours but a Secret, which goes with its Job, and in no record", async () => {
    const env = [{ name: "POSTGRES_PASSWORD", value: "s3cret" }];
    const it = await scene({ job: () => condition("Complete"), log: () => "" }, [
      ...claim("db"),
      pod("db-0", "db", { ...postgres, env }),
    ]);
    const { file, missing } = await it.backUp();
    expect(missing.map(({ what }) => what)).toEqual(["claim db", "claim runs"]);
    expect(it.fake.calls.filter((call) => call.includes("Secret"))).toEqual([
      `create Secret ${namespace}/platform-backup-db`,
      `remove Secret ${namespace}/platform-backup-db`,
    ]);
    expect(readFileSync(join(it.folder, "record.json"), "utf8")).not.toContain("s3cret");
    expect(readFileSync(file).includes("s3cret")).toBe(false);
  });
});

describe("a backup that cannot be made at all", () => {
  it.each([
    [{ namespace: "other" }, 'has no namespace "other"'],
    [{ release: "other" }, 'has no release "other"'],
  ])("says why, and leaves no file: %j", async (request, message) => {
    const it = await scene();
    await expect(it.backUp(request)).rejects.toThrow(message);
    expect(existsSync(join(it.folder, "1.tar"))).toBe(false);
  });
});
