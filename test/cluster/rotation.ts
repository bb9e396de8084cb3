import { ChildFailure } from "../../cli/process";
import type { Override } from "../../cli/workspace";
import type { Stage } from "./stage";

const minutes = 60_000;

/** The password of Thunderline's database in its next generation, whose set-up gives up after seconds. */
export function rotatedPassword(stage: Stage): Override[] {
  return stage.settings("thunderline", {
    postgres: {
      password: { from: "generated", rotation: 2 },
      setup: { deadlineSeconds: 10 },
    },
  });
}

/**
 * The next password of a database, whose set-up cannot run at first: a quota that admits no pod stands
 * in for whatever goes wrong. Pods are simulated: no role is changed, which test/data proves.
 */
export function describeRotation(stage: Stage): void {
  const rotated = rotatedPassword(stage);
  const [first, second] = ["password", "password-2"];
  const consumers = ["web", "worker"];
  let before: readonly Pod[];

  it("has every consumer on the first password before it", async () => {
    before = await pods(stage);
    expect(keysOf(before)).toEqual(Object.fromEntries(consumers.map((name) => [name, first])));
  });

  it(
    "adds one password, makes the jobs that read it anew, and rolls the consumers",
    async () => {
      expect(await stage.changes(rotated)).toEqual([
        "create RandomPassword thunderline-postgres-credentials-password-2",
        "replace Job thunderline-migration",
        "replace Job thunderline-postgres-setup",
        "update ConfigMap thunderline-postgres-setup",
        "update Deployment thunderline-web",
        "update Deployment thunderline-worker",
        "update Secret thunderline-postgres-credentials",
      ]);
    },
    minutes,
  );

  it(
    "fails in the middle where the set-up cannot run, and says which job it is",
    async () => {
      await stage.kubectl("create", "quota", "no-pods", "--hard=pods=0", "--namespace=thunderline");
      try {
        const error: unknown = await stage.up(rotated).then(
          () => undefined,
          (failure: unknown) => failure,
        );
        expect(error).toBeInstanceOf(ChildFailure);
        expect((error as ChildFailure).output).toContain("postgres-setup");
      } finally {
        await stage.kubectl("delete", "quota", "no-pods", "--namespace=thunderline");
      }
    },
    5 * minutes,
  );

  it("has left the consumers as they are, each with the first password", async () => {
    const now = await pods(stage);
    expect(now).toEqual(expect.arrayContaining(before));
    // An autoscaler may have added replicas meanwhile.
    expect(keysOf(now)).toEqual(keysOf(before));
  });

  it("has both passwords in the state and in the Secret", async () => {
    const names = stage
      .resources()
      .filter(({ type }) => type.startsWith("random:"))
      .map(({ urn }) => urn.slice(urn.lastIndexOf("::") + 2));
    const name = "thunderline-postgres-credentials-password";
    expect(names).toEqual(expect.arrayContaining([name, `${name}-2`]));
    const keys = await stage.kubectl(
      "get",
      "secret/postgres",
      "--namespace=thunderline",
      "--output=go-template={{range $key, $value := .data}}{{$key}} {{end}}",
    );
    expect(keys.trim().split(" ")).toEqual(expect.arrayContaining([first, second]));
  });

  it(
    "ends well with the next update, which rolls the consumers and no other server",
    async () => {
      const servers = await templates(stage);
      await stage.up(rotated);
      expect(keysOf(await pods(stage))).toEqual(
        Object.fromEntries(consumers.map((name) => [name, second])),
      );
      const now = await templates(stage);
      const rolled = Object.keys(now).filter((name) => now[name] !== servers[name]);
      expect(rolled).toEqual(consumers.map((name) => `Deployment thunderline/${name}`));
      expect(await stage.changes(rotated)).toEqual([]);
    },
    5 * minutes,
  );
}

interface Pod {
  readonly app: string;
  readonly uid: string;
  /** The key of the Secret that its password comes from. */
  readonly key: string;
}

/** The running pods of Thunderline that have the database's password. */
async function pods(stage: Stage): Promise<Pod[]> {
  const answer = await stage.kubectl(
    "get",
    "pods",
    "--namespace=thunderline",
    "--field-selector=status.phase=Running",
    "--output=json",
  );
  interface Listed {
    metadata: { uid: string; labels: Record<string, string>; deletionTimestamp?: string };
    spec: {
      containers: {
        env?: { name: string; valueFrom?: { secretKeyRef?: { name: string; key: string } } }[];
      }[];
    };
  }
  const { items } = JSON.parse(answer) as { items: Listed[] };
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap(({ metadata, spec }) => {
      const app = metadata.labels["app.kubernetes.io/name"] ?? "";
      const env = spec.containers.flatMap((container) => container.env ?? []);
      const found = env.find(({ name }) => name === "DATABASE_PASSWORD");
      const key = found?.valueFrom?.secretKeyRef?.key;
      return key === undefined ? [] : [{ app, uid: metadata.uid, key }];
    })
    .sort((a, b) => (a.uid < b.uid ? -1 : 1));
}

/** The key that all pods of each consumer have; several are shown as they are. */
function keysOf(some: readonly Pod[]): Record<string, string> {
  const apps = [...new Set(some.map(({ app }) => app))].sort();
  return Object.fromEntries(
    apps.map((name) => {
      const keys = some.filter(({ app }) => app === name).map(({ key }) => key);
      return [name, [...new Set(keys)].join(" and ")];
    }),
  );
}

/** What the pods of each server are made of. */
async function templates(stage: Stage): Promise<Record<string, string>> {
  const answer = await stage.kubectl(
    "get",
    "deployments,statefulsets",
    "--all-namespaces",
    "--output=json",
  );
  const { items } = JSON.parse(answer) as {
    items: {
      kind: string;
      metadata: { namespace: string; name: string };
      spec: { template: object };
    }[];
  };
  return Object.fromEntries(
    items.map(({ kind, metadata: { namespace, name }, spec }) => [
      `${kind} ${namespace}/${name}`,
      JSON.stringify(spec.template),
    ]),
  );
}
