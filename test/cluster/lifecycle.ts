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

  it(
    "has nothing to change after that, nor after a refresh",
    async () => {
      expect(await stage.changes()).toEqual([]);
      await stage.refresh();
      expect(await stage.changes()).toEqual([]);
    },
    3 * minutes,
  );

  it(
    "touches only what a changed setting is about",
    async () => {
      expect(
        await stage.changes(stage.settings("thunderline", { app: { logLevel: "debug" } })),
      ).toEqual(["update Deployment thunderline-web", "update Deployment thunderline-worker"]);
    },
    minutes,
  );

  it(
    "rolls the consumers of a rotated secret alone, and adds its next generation",
    async () => {
      const rotated = { secrets: { livebookPassword: { from: "generated", rotation: 2 } } };
      expect(await stage.changes(stage.settings("thunderline", rotated))).toEqual([
        "create RandomPassword thunderline-livebook-secrets-password-2",
        "update Deployment thunderline-livebook",
        "update Secret thunderline-livebook-secrets",
      ]);
    },
    minutes,
  );

  it(
    "runs nothing when it is switched off, and deletes no data",
    async () => {
      const changes = await stage.changes(stage.settings("thunderline", { enabled: false }));
      expect(changes).toContain("delete Deployment thunderline-web");
      expect(changes.filter((change) => dataTypes.test(change))).toEqual([]);
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

  it(
    `keeps ${keepsData ? "exactly what is protected" : "nothing"} when it is destroyed`,
    async () => {
      const before = await stage.objects(...dataKinds);
      await stage.destroyUnprotected();
      const kept = keepsData ? before : [];
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
      await stage.up();
      const now = await stage.objects(...dataKinds);
      expect(now).toEqual(expect.arrayContaining(kept));
      expect(await stage.changes()).toEqual([]);
    },
    10 * minutes,
  );
}

/** Changes of resources that hold data. */
const dataTypes = / (Namespace|PersistentVolumeClaim|Secret|RandomPassword) /;

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
