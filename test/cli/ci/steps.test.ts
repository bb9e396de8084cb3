/** Proves what the smaller steps of the workflows do with what they are given. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { agesOf, agesTable, expectedBackups } from "../../../cli/ci/backup-age";
import { placeKubeconfig } from "../../../cli/ci/credentials";
import { keepDriftIssue, lookForDrift } from "../../../cli/ci/drift";
import { requireForward } from "../../../cli/ci/forward";
import { surroundings } from "../../../cli/ci/surroundings";
import { ChildFailure } from "../../../cli/process";
import { storeAnnotation } from "../../../cli/restore/backups";
import type { CronJob } from "../../../cli/restore/objects";
import { GitHubServer } from "./github-server";

let server: GitHubServer;
let folder: string;
beforeEach(async () => {
  server = new GitHubServer();
  await server.start();
  folder = mkdtempSync(join(tmpdir(), "steps-"));
});
afterEach(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

describe("the nightly look for drift", () => {
  /** As `drift` does it: writes its report and ends with a code. */
  const found =
    (code: number, report = "a report") =>
    async (args: readonly string[]): Promise<number> => {
      expect(args.slice(0, 5)).toEqual(["drift", "--stack", "prod", "--format", "md"]);
      writeFileSync(args.at(-1)!, report);
      return code;
    };
  const issue = (): ReturnType<typeof keepDriftIssue> =>
    keepDriftIssue(server.client(), "prod", folder, "the run");

  it("opens an issue with the report, and closes it once there is no drift", async () => {
    await lookForDrift("prod", folder, found(2, "web was scaled"));
    expect((await issue()).outcome).toBe("opened");
    expect(server.issues[0]?.body).toMatch(
      /^<!-- platform-drift:prod -->\n<sub>.*<\/sub>\n\nweb was scaled\n/,
    );
    await lookForDrift("prod", folder, found(0));
    expect((await issue()).outcome).toBe("closed");
    expect(server.bodies(1)).toEqual(["There is no drift any more: the run"]);
  });

  it("that fails leaves the issue as it is", async () => {
    await expect(lookForDrift("prod", folder, found(1))).rejects.toThrow(ChildFailure);
    await expect(issue()).rejects.toThrow("Nobody has looked for drift of stack prod");
    expect(server.requests).toEqual([]);
  });

  it("that ends as drift does without a report has failed, whatever an earlier one has left", async () => {
    await lookForDrift("prod", folder, found(2));
    await expect(lookForDrift("prod", folder, async () => 2)).rejects.toThrow(ChildFailure);
    await expect(issue()).rejects.toThrow("Nobody has looked for drift of stack prod");
  });

  it("of another stack is not taken for this one's", async () => {
    writeFileSync(join(folder, "drift-prod.json"), JSON.stringify({ stack: "dev", drift: false }));
    await expect(issue()).rejects.toThrow("Nobody has looked for drift of stack prod");
  });
});

describe("a commit is applied", () => {
  const forward = (commit: string): Promise<string | undefined> =>
    requireForward(server.client(), "prod", commit);
  const deployed = (id: number, sha: string, ...states: string[]): void => {
    server.deployments.unshift({ id, sha, environment: "prod", states });
  };

  it("where nothing was before", async () => {
    deployed(1, "broken", "failure", "in_progress");
    expect(await forward("new")).toBeUndefined();
  });

  it("where the last one that succeeded comes before it, whatever failed or waits since", async () => {
    deployed(1, "oldest", "inactive", "success");
    deployed(2, "old", "inactive", "success", "in_progress", "queued");
    for (const id of [3, 4, 5]) deployed(id, "broken", "failure");
    deployed(6, "new", "in_progress");
    server.comparisons.set("old...new", "ahead");
    expect(await forward("new")).toBe("old");
  });

  it("again, where it is the same", async () => {
    deployed(1, "same", "success");
    server.comparisons.set("same...same", "identical");
    expect(await forward("same")).toBe("same");
  });

  it.each([
    ["behind", "is older"],
    ["diverged", "is on another line"],
  ])("never where it is %s", async (status, words) => {
    deployed(1, "newest", "success");
    server.comparisons.set("newest...new", status);
    await expect(forward("new")).rejects.toThrow(`has commit newest, and new ${words}`);
  });
});

describe("the kubeconfig of a job", () => {
  const env = (more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    KUBECONFIG_DATA: "apiVersion: v1",
    PULUMI_BACKEND_URL: "file:///state",
    RUNNER_TEMP: folder,
    GITHUB_ENV: join(folder, "env"),
    ...more,
  });

  it("is in a file of its owner's alone, which the next steps know of", () => {
    const path = placeKubeconfig(env());
    expect(readFileSync(path, "utf8")).toBe("apiVersion: v1\n");
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(join(folder, "env"), "utf8")).toBe(`KUBECONFIG=${path}\n`);
  });

  it("is missed by the name of its secret", () => {
    const none = env({ KUBECONFIG_DATA: "", PULUMI_BACKEND_URL: undefined });
    expect(() => placeKubeconfig(none)).toThrow(
      "The secrets KUBECONFIG_DATA and PULUMI_BACKEND_URL of this job's environment are empty or not set.",
    );
    expect(existsSync(join(folder, "kubeconfig"))).toBe(false);
  });
});

describe("the newest backup", () => {
  const now = new Date("2026-11-21T12:00:00Z");
  interface Has {
    readonly store?: string;
    readonly last?: string;
    readonly suspend?: boolean;
  }
  const backup = ({ store = "postgres", last, suspend = false }: Has): CronJob => ({
    kind: "CronJob",
    metadata: {
      name: `${store}-backup`,
      namespace: "demo",
      uid: store,
      resourceVersion: "1",
      annotations: { [storeAnnotation]: store },
    },
    spec: {
      schedule: "0 2 * * *",
      suspend,
      jobTemplate: { spec: { template: { spec: { containers: [] } } } },
    },
    status: last === undefined ? {} : { lastSuccessfulTime: last },
  });
  const last = "2026-11-21T02:10:00Z";

  it.each<[string, Has, string | undefined]>([
    ["is of last night", { last }, undefined],
    ["is too old", { last: "2026-11-19T02:10:00Z" }, "expected one of the last 26 hours"],
    ["is the last for now", { last, suspend: true }, "its backups are suspended"],
    ["never was", {}, "no backup has succeeded yet"],
  ])("%s", (_what, has, fault) => {
    expect(agesOf("thunderline", { expected: [], backups: [backup(has)] }, 26, now)[0]?.fault).toBe(
      fault,
    );
  });

  it("is missed where the CronJob is gone that made it", () => {
    const expected = ["postgres", "mlflow"].map((store) => ({ namespace: "demo", store }));
    const has = { expected, backups: [backup({ last })] };
    expect(agesOf("thunderline", has, 26, now)).toMatchObject([
      { store: "postgres" },
      { store: "mlflow", hours: null, fault: "the cluster has no CronJob that backs it up" },
    ]);
  });

  it("is expected of each store of prod that has a method with a clock", () => {
    const golden = join(__dirname, "../../golden/prod");
    const names = readdirSync(golden, { recursive: true, encoding: "utf8" });
    const files = names
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => ({ text: readFileSync(join(golden, name), "utf8") }));
    const wanted = names.flatMap((name) => {
      const [, namespace, store] = /^(.+)\/cronjob\.(.+)-backup\.yaml$/.exec(name) ?? [];
      return namespace === undefined ? [] : [`${namespace}/${store ?? ""}`];
    });
    const found = expectedBackups(files).map(({ namespace, store }) => `${namespace}/${store}`);
    expect(found.length).toBeGreaterThan(5);
    expect(found.sort()).toEqual(wanted.sort());
  });

  it("is in a table with what is wrong on top", () => {
    const backups = [backup({ last }), backup({ store: "mlflow" })];
    expect(
      agesTable(agesOf("thunderline", { expected: [], backups }, 26, now))
        .split("\n")
        .slice(2),
    ).toEqual([
      "| thunderline | mlflow | – | no backup has succeeded yet |",
      "| thunderline | postgres | 9.8 h | as expected |",
    ]);
  });
});

describe("the surroundings of a job", () => {
  const env = { GITHUB_API_URL: "https://api.example.com/", GITHUB_TOKEN: "t0ken" };

  it("are read from what GitHub sets", () => {
    const more = { GITHUB_REPOSITORY: "acme/platform", GITHUB_RUN_ID: "5" };
    const address = { GITHUB_SERVER_URL: "https://github.example.com" };
    expect(surroundings({ ...env, ...more, ...address })).toEqual({
      api: "https://api.example.com",
      repository: "acme/platform",
      token: "t0ken",
      page: "https://github.example.com/acme/platform/actions/runs/5",
    });
  });

  it.each([
    [undefined, "GITHUB_REPOSITORY: not set."],
    ["acme/platform/../other", "expected owner/name"],
  ])("are refused with the repository %s", (repository, words) => {
    expect(() => surroundings({ ...env, GITHUB_REPOSITORY: repository })).toThrow(words);
  });
});
