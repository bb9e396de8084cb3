/** Proves names and specs; that a finished Job stays finished, the cluster tests show. */
import { ConfigFiles } from "../../../components/kubernetes/config-files";
import type { SecretRef } from "../../../components/kubernetes/env";
import {
  OneShotJob,
  ScheduledJob,
  type ScheduledJobArgs,
} from "../../../components/kubernetes/job";
import type { Manifests } from "../../support/manifests";
import { testScope } from "../../support/scope";
import { resources } from "../../support/server";
import { synth, type Synthesis } from "../../support/synth";

type Args = Omit<ScheduledJobArgs, "schedule" | "suspended">;

function args(overrides: Partial<Args> = {}): Args {
  return {
    scope: testScope(),
    name: "setup",
    description: "A job under test",
    image: "docker.io/acme/setup:1.0.0",
    runAsUser: 1000,
    resources,
    deadlineSeconds: 300,
    ...overrides,
  };
}

function job(overrides: Partial<Args> = {}): Promise<Synthesis<OneShotJob>> {
  return synth(() => new OneShotJob("acme-setup", args(overrides)));
}

async function nameOf(overrides: Partial<Args> = {}): Promise<string> {
  return (await job(overrides)).names("Job").join();
}

function secret(rotation: number): SecretRef {
  return { kind: "secret", secretName: "login", key: "password", rotation, ready: [] };
}

async function nameWithFile(text: string): Promise<string> {
  const synthesis = await synth(() => {
    const scope = testScope();
    const files = new ConfigFiles("f", { scope, name: "files", files: { a: text } });
    new OneShotJob("acme-setup", args({ mounts: [{ kind: "files", files, path: "/setup" }] }));
  });
  return synthesis.names("Job").join();
}

describe("the name of a one-shot job", () => {
  it("begins with what the job is called", async () => {
    expect(await nameOf()).toMatch(/^setup-[0-9a-f]{10}$/);
  });

  it("stays the same as long as the job does, so that it never runs twice", async () => {
    expect(await nameOf()).toBe(await nameOf());
  });

  it.each([
    ["its image", { image: "docker.io/acme/setup:1.0.1" }],
    ["a variable", { env: { MODE: "fast" } }],
    ["its command", { command: ["/bin/true"] }],
    ["its resources", { resources: { ...resources, limits: { cpu: "1", memory: "1Gi" } } }],
  ] as const)("changes with %s, so that it runs again", async (_, overrides) => {
    expect(await nameOf(overrides)).not.toBe(await nameOf());
  });

  it("changes with a file that it reads", async () => {
    expect(await nameWithFile("2")).not.toBe(await nameWithFile("1"));
  });

  it("changes with the generation of a secret that it reads", async () => {
    const [first, second] = [
      await nameOf({ env: { P: secret(1) } }),
      await nameOf({ env: { P: secret(2) } }),
    ];
    expect(second).not.toBe(first);
  });

  it("stays the same for a system of another name, whose labels no template of a Job can take on", async () => {
    const scope = testScope({ instance: "acme-west" });
    expect(await nameOf({ scope })).toBe(await nameOf());
  });

  it("stays the same when only its description changes, which runs nothing", async () => {
    expect(await nameOf({ description: "Another sentence" })).toBe(await nameOf());
  });
});

describe("a one-shot job", () => {
  let synthesis: Synthesis<OneShotJob>;
  beforeAll(async () => {
    synthesis = await job();
  });
  const only = (): Manifests["Job"] => synthesis.objects("Job")[0]!;

  it("is never removed by itself, because it would be made and run again", () => {
    expect(only().spec).not.toHaveProperty("ttlSecondsAfterFinished");
  });

  it("ends by its deadline, after three failed pods at most", () => {
    expect(only().spec).toMatchObject({ activeDeadlineSeconds: 300, backoffLimit: 3 });
  });

  it("never restarts a container in place, so that each try leaves its log", () => {
    expect(only().spec).toMatchObject({ template: { spec: { restartPolicy: "Never" } } });
  });

  it("is made anew by the next update when it failed, instead of standing in its way", () => {
    expect(only().metadata.annotations["pulumi.com/replaceUnready"]).toBe("true");
  });

  it("has an account of its own, which keeps its name", () => {
    expect(synthesis.names("ServiceAccount")).toEqual(["setup"]);
  });
});

describe("a one-shot job's start", () => {
  it("waits for its account and its ways", async () => {
    const peer = { kind: "pods", namespace: "acme", labels: { app: "db" } } as const;
    const to = { name: "db", host: "db", port: 1, peer, ready: [] };
    const synthesis = await job({ connections: [{ to, env: {} }] });
    expect(synthesis.waits(`Job/${synthesis.names("Job").join()}`)).toEqual([
      "ServiceAccount/setup",
      "NetworkPolicy/setup-to-db",
      "NetworkPolicy/db-from-setup",
    ]);
  });
});

describe("who depends on a one-shot job", () => {
  it("waits for the Job itself", async () => {
    const synthesis = await synth(() => {
      const { done } = new OneShotJob("acme-first", args({ name: "first" }));
      const scope = testScope({ ready: done });
      new OneShotJob("acme-second", args({ name: "second", scope }));
    });
    const [first, second] = synthesis.names("Job");
    expect(synthesis.waits(`Job/${String(second)}`)).toContain(`Job/${String(first)}`);
  });
});

describe("a scheduled job", () => {
  let synthesis: Synthesis<ScheduledJob>;
  beforeAll(async () => {
    const clock = { schedule: "0 3 * * 0", suspended: true };
    synthesis = await synth(
      () => new ScheduledJob("acme-study", { ...args({ name: "study", retries: 1 }), ...clock }),
    );
  });

  it("runs by the clock in UTC, one run at a time", () => {
    expect(synthesis.object("CronJob", "study").spec).toMatchObject({
      schedule: "0 3 * * 0",
      timeZone: "Etc/UTC",
      concurrencyPolicy: "Forbid",
    });
  });

  it("can be suspended", () => {
    expect(synthesis.object("CronJob", "study").spec.suspend).toBe(true);
  });

  it("bounds each run by a deadline and its tries", () => {
    expect(synthesis.object("CronJob", "study").spec.jobTemplate.spec).toMatchObject({
      activeDeadlineSeconds: 300,
      backoffLimit: 1,
    });
  });

  it("keeps its name, whatever it runs", () => {
    expect(synthesis.names("CronJob")).toEqual(["study"]);
  });

  it("makes up within an hour for a run that was missed, and not for one of days ago", () => {
    expect(synthesis.object("CronJob", "study").spec.startingDeadlineSeconds).toBe(3600);
  });
});

describe("a scheduled job with more to say", () => {
  const scheduled = (more: Partial<ScheduledJobArgs>): Promise<Synthesis<ScheduledJob>> =>
    synth(
      () =>
        new ScheduledJob("acme-setup", {
          ...args(),
          schedule: "0 3 * * 0",
          suspended: false,
          ...more,
        }),
    );

  it("is found by its annotations, and keeps its description", async () => {
    const synthesis = await scheduled({ annotations: { "acme.example.com/for": "db" } });
    expect(synthesis.object("CronJob", "setup").metadata.annotations).toEqual({
      "acme.example.com/for": "db",
      "kubernetes.io/description": "A job under test",
    });
  });

  it("runs on the node of one of the workloads that it has to be beside", async () => {
    const synthesis = await scheduled({ beside: ["web", "worker"] });
    const { affinity } = synthesis.object("CronJob", "setup").spec.jobTemplate.spec.template.spec;
    expect(affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution).toEqual([
      {
        topologyKey: "kubernetes.io/hostname",
        labelSelector: {
          matchExpressions: [
            { key: "app.kubernetes.io/name", operator: "In", values: ["web", "worker"] },
          ],
        },
      },
    ]);
  });
});

describe("a job that asks the API server", () => {
  const apiAccess = { apiGroup: "apps", resource: "deployments", verbs: ["list"] };

  it("may do just what it says, by a Role of its own account", async () => {
    const synthesis = await job({ apiAccess });
    expect(synthesis.object("Role", "setup").rules).toEqual([
      { apiGroups: ["apps"], resources: ["deployments"], verbs: ["list"] },
    ]);
    expect(synthesis.object("RoleBinding", "setup")).toMatchObject({
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "setup" },
      subjects: [{ kind: "ServiceAccount", name: "setup", namespace: "acme" }],
    });
  });

  it("starts once it may", async () => {
    const synthesis = await job({ apiAccess });
    expect(synthesis.waits(`Job/${synthesis.names("Job").join()}`)).toEqual([
      "ServiceAccount/setup",
      "Role/setup",
      "RoleBinding/setup",
    ]);
  });

  it("has no Role where it asks nothing", async () => {
    expect((await job()).objects("Role")).toEqual([]);
  });
});

describe("a job that becomes a scheduled one", () => {
  const owned = async (program: () => unknown): Promise<string[]> => [
    ...(await synth(program)).resource("ServiceAccount/setup").knownAs,
  ];
  const once = (): OneShotJob => new OneShotJob("acme-setup", args());
  const often = (): ScheduledJob =>
    new ScheduledJob("acme-setup", { ...args(), schedule: "0 3 * * 0", suspended: false });

  it("takes its account with it, or the old one's removal would take it away", async () => {
    expect(await owned(often)).toEqual(expect.arrayContaining(await owned(once)));
  });

  it("gives its account back when it becomes a one-shot job again", async () => {
    expect(await owned(once)).toEqual(expect.arrayContaining(await owned(often)));
  });
});

describe("a one-shot job that takes hours", () => {
  it("holds no update up, and is not run again because it failed", async () => {
    const synthesis = await synth(
      () => new OneShotJob("acme-setup", { ...args(), awaited: false }),
    );
    const { annotations } = synthesis.object("Job", await nameOf()).metadata;
    expect(annotations).toMatchObject({ "pulumi.com/skipAwait": "true" });
    expect(annotations).not.toHaveProperty(["pulumi.com/replaceUnready"]);
  });
});
