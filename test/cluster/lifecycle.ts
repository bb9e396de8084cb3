import { ChildFailure } from "../../cli/process";
import { describeRotation, rotatedPassword } from "./rotation";
import { Stage } from "./stage";

const minutes = 60_000;

/**
 * The life of a stack on a real API server, from nothing to destroyed and back. Pods are simulated:
 * this proves what the engine and the control plane do with the objects, not what an image does.
 */
export function describeLifecycle(stack: string, keepsData: boolean): void {
  const stage = new Stage(stack);

  beforeAll(() => stage.up(), 10 * minutes);
  afterAll(() => stage.end(), 2 * minutes);

  it("brings every workload up", async () => {
    const kinds = ["deployments", "statefulsets", "jobs"];
    expect((await stage.objects(...kinds)).length).toBeGreaterThan(6);
    const waiting = await stage.kubectl(
      "get",
      "pods",
      "--all-namespaces",
      "--field-selector=status.phase!=Running,status.phase!=Succeeded",
      "--output=name",
    );
    expect(waiting).toBe("");
  });

  it("has a server that refuses a privileged pod in each of its namespaces", async () => {
    const namespaces = await stage.objects("namespaces");
    expect(namespaces.length).toBeGreaterThan(3);
    for (const { name } of namespaces) {
      const namespace = name.replace("Namespace ", "");
      const pod = ["run", "intruder", "--image=busybox:1.37.0", "--privileged"];
      const made = stage.kubectl(...pod, "--dry-run=server", `--namespace=${namespace}`);
      const words = await made.then(
        (text) => text,
        (error: unknown) => (error instanceof ChildFailure ? error.output : String(error)),
      );
      expect(words).toContain('violates PodSecurity "restricted:latest": privileged');
    }
  });

  it(
    "has nothing to change after that, nor after a refresh",
    async () => {
      expect(await stage.changes()).toEqual([]);
      await stage.refresh();
      expect(await stage.changes()).toEqual([]);
    },
    3 * minutes,
  );

  it.each(changes)(
    "touches only what a changed setting of $system is about",
    async ({ system, setting, touched }) => {
      expect(await stage.changes(stage.settings(system, setting))).toEqual(touched);
    },
    minutes,
  );

  it.each(rotations)(
    "rolls the consumers of a rotated secret of $system alone, and adds its next generation",
    async ({ system, setting, touched }) => {
      expect(await stage.changes(stage.settings(system, setting))).toEqual(touched);
    },
    minutes,
  );

  it.each(["thunderline", "faultmaven", "philotes", "telemetry"])(
    "deletes the workloads of %s when it is switched off, and nothing else",
    async (system) => {
      const changes = await stage.changes(stage.settings(system, { enabled: false }));
      expect(changes).toContainEqual(expect.stringMatching(/^delete Deployment /));
      const deletion = new RegExp(`^delete \\w+ ${system}(-|$)`);
      expect(changes.filter((change) => !deletion.test(change))).toEqual([]);
      const lost = changes.filter((change) => dataTypes.test(change) && !isCopy(change));
      expect(lost).toEqual([]);
    },
    minutes,
  );

  it(
    "moves to an external database without deleting the bundled one's data",
    async () => {
      const host = "db.example.com";
      const password = { from: "existing", secretName: "managed-database", key: "password" };
      const changes = await stage.changes([
        ...stage.settings("thunderline", {
          postgres: { mode: "external", external: { host, password } },
        }),
        ...stage.settings("cluster", { externalCidrs: { [host]: ["192.0.2.0/24"] } }),
      ]);
      expect(changes).toContain("delete StatefulSet thunderline-postgres");
      expect(changes.filter((change) => dataTypes.test(change))).toEqual([]);
    },
    minutes,
  );

  describe("the next password of a database", () => {
    describeRotation(stage);
  });

  /** Whether the state protects an object. Credentials that somebody else gave can be given again. */
  function isProtected(object: string): boolean {
    return stage.resources().some(({ type, id = "", protect }) => {
      return protect === true && `${type.slice(type.lastIndexOf(":") + 1)} ${id}` === object;
    });
  }

  it(
    `keeps ${keepsData ? "exactly what is protected" : "nothing"} when it is destroyed`,
    async () => {
      const kept = (await stage.objects(...dataKinds)).filter(({ name }) => isProtected(name));
      expect(kept.length > 0).toBe(keepsData);
      await stage.destroyUnprotected();
      expect(await stage.objects(...dataKinds)).toEqual(kept);
      expect(await stage.objects(...otherKinds)).toEqual([]);
      const unprotected = stage.resources().filter(({ type, protect }) => {
        return /^(kubernetes|random):/.test(type) && protect !== true;
      });
      expect(unprotected).toEqual([]);
      const passwords = stage.resources().filter(({ type }) => type.startsWith("random:"));
      expect(passwords.length > 0).toBe(keepsData);
    },
    5 * minutes,
  );

  it(
    "comes back onto the data that was kept",
    async () => {
      const kept = await stage.objects(...dataKinds);
      const rotated = rotatedPassword(stage);
      await stage.up(rotated);
      const now = await stage.objects(...dataKinds);
      expect(now).toEqual(expect.arrayContaining(kept));
      expect(await stage.changes(rotated)).toEqual([]);
    },
    10 * minutes,
  );
}

/** A setting of each system that only some of its pods read. */
const changes = [
  {
    system: "thunderline",
    setting: { app: { logLevel: "debug" } },
    touched: ["update Deployment thunderline-web", "update Deployment thunderline-worker"],
  },
  {
    system: "faultmaven",
    setting: { app: { jwt: { expiryMinutes: 60 } } },
    touched: ["update Deployment faultmaven-blue"],
  },
  {
    system: "philotes",
    setting: { api: { readTimeout: "20s" } },
    touched: ["update Deployment philotes-api"],
  },
  {
    system: "telemetry",
    setting: { mqtt: { session: "clean" } },
    touched: ["update ConfigMap telemetry-bridge-streams", "update Deployment telemetry-bridge"],
  },
];

const generation = { from: "generated", rotation: 2 };
const rotations = [
  {
    system: "thunderline",
    setting: { secrets: { livebookPassword: generation } },
    touched: [
      "create RandomPassword thunderline-livebook-secrets-password-2",
      "update Deployment thunderline-livebook",
      "update Secret thunderline-livebook-secrets",
    ],
  },
  {
    system: "faultmaven",
    setting: { secrets: { jwtSecret: generation } },
    touched: [
      "create RandomPassword faultmaven-secrets-jwt-secret-2",
      "update Deployment faultmaven-blue",
      "update Secret faultmaven-secrets",
    ],
  },
];

/** Changes of resources that hold data. */
const dataTypes = / (Namespace|PersistentVolumeClaim|Secret|RandomPassword) /;

/** Grafana's way to the measurements is made of the reader's password, which stays. */
function isCopy(change: string): boolean {
  return change === "delete Secret telemetry-monitoring-datasource";
}

const dataKinds = ["namespaces", "persistentvolumeclaims", "secrets"];

const otherKinds = [
  "deployments",
  "statefulsets",
  "jobs",
  "cronjobs",
  "services",
  "configmaps",
  "serviceaccounts",
  "networkpolicies",
  "ingresses",
  "poddisruptionbudgets",
  "horizontalpodautoscalers",
  "resourcequotas",
  "limitranges",
  "servicemonitors",
];
