/**
 * Proves of every secret of every system what raising its rotation by one changes: the pods that read
 * it, and nothing else. In which order an update does that, the cluster tests show.
 */
import {
  dataKey,
  rulersSecret,
  givenSecret,
  secret,
  storeName,
  storeSecret,
} from "../../config/blocks";
import { merge } from "../../config/merge";
import { type Settings, settingsSchema } from "../../config/settings";
import { identity, own, valueAt, walk } from "../../config/shape";
import { faultmaven } from "../support/faultmaven";
import { addressOf, homeOf, manifestOf } from "../support/manifests";
import { philotes } from "../support/philotes";
import { generatedPassword, type Registered } from "../support/recorder";
import { settingsOf } from "../support/settings";
import type { Synthesis } from "../support/synth";
import { telemetry } from "../support/telemetry";
import { thunderline } from "../support/thunderline";

type System = "thunderline" | "faultmaven" | "philotes" | "telemetry";
type Overrides = Readonly<Record<string, unknown>>;

const builds: Record<System, (settings: Settings) => Promise<Synthesis<unknown>>> = {
  thunderline,
  faultmaven,
  philotes,
  telemetry,
};

/** A stack in which every bundled store and every system is up. */
const base: Overrides = {
  cluster: { capabilities: { prometheusOperator: true } },
  faultmaven: { files: { use: "objectStore" } },
};
const settings = settingsOf("staging", base);

const rotatable = [secret, storeSecret, rulersSecret, givenSecret].map(identity);
const fixed = [dataKey, storeName].map(identity);

/** The paths of all secrets of these kinds. */
function secretsOf(kinds: readonly unknown[]): string[] {
  const paths: string[] = [];
  walk(settingsSchema, settings, (schema, _value, path) => {
    if (kinds.includes(identity(schema))) paths.push(path.join("."));
  });
  return paths.sort();
}

const paths = secretsOf(rotatable);

describe("the secrets of all systems", () => {
  it("are those that can be rotated", () => {
    expect(paths).toEqual([
      "faultmaven.files.objectStore.rootPassword",
      "faultmaven.files.objectStore.secretKey",
      "faultmaven.model.apiKey",
      "faultmaven.postgres.password",
      "faultmaven.postgres.superuserPassword",
      "faultmaven.redis.password",
      "faultmaven.secrets.jwtSecret",
      "philotes.api.auth.adminPassword",
      "philotes.api.auth.jwtSecret",
      "philotes.objectStore.rootPassword",
      "philotes.objectStore.secretKey",
      "philotes.postgres.password",
      "philotes.postgres.superuserPassword",
      "philotes.worker.source.password",
      "telemetry.heatpumpSettings.postgres.password",
      "telemetry.heatpumpSettings.postgres.superuserPassword",
      "telemetry.mqtt.credentials.password",
      "telemetry.mqtt.credentials.user",
      "telemetry.timescaledb.postgres.password",
      "telemetry.timescaledb.postgres.superuserPassword",
      "telemetry.timescaledb.reader.password",
      "thunderline.objectStore.rootPassword",
      "thunderline.objectStore.secretKey",
      "thunderline.postgres.password",
      "thunderline.postgres.superuserPassword",
      "thunderline.secrets.livebookCookie",
      "thunderline.secrets.livebookPassword",
      "thunderline.secrets.livebookSecretKeyBase",
      "thunderline.secrets.releaseCookie",
      "thunderline.secrets.secretKeyBase",
      "thunderline.secrets.tokenSigningSecret",
    ]);
  });

  it("are these too, which cannot", () => {
    expect(secretsOf(fixed)).toEqual([
      "faultmaven.files.objectStore.accessKey",
      "philotes.lakekeeper.encryptionKey",
      "philotes.objectStore.accessKey",
      "thunderline.objectStore.accessKey",
    ]);
  });
});

describe.each(paths)("the next generation of %s", (path) => {
  const generated = own(valueAt(settings, path.split(".")), "from") === "generated";
  let before: readonly Registered[];
  let after: readonly Registered[];
  beforeAll(async () => {
    before = (await system(path)).resources;
    after = (await system(path, 2)).resources;
  });
  const added = (): Registered[] => without(after, before);
  const changed = (): Registered[] => before.filter((one) => differs(one, after));

  it(`adds ${generated ? "one value" : "nothing"}, and takes nothing away`, () => {
    expect(added().map(({ type }) => type)).toEqual(
      generated ? ["random:index/randomPassword:RandomPassword"] : [],
    );
    expect(without(before, after)).toEqual([]);
  });

  it("rolls those that read it, and nobody else", () => {
    const value = generated ? firstValue(added()) : `value of ${keyOf(path)}`;
    const readers = readersOf(value, before).filter((one) => !keepsRunning(path, one));
    expect(readers.length).toBeGreaterThan(0);
    expect(changed().filter(runsPods).map(addressOf)).toEqual(readers.map(addressOf));
  });

  it("adds a key to Secrets, and changes none that is there", () => {
    const secrets = changed().filter((one) => isSecret(one) && !isDatasource(one));
    expect(secrets.length > 0).toBe(generated);
    for (const one of secrets) {
      const now = after.find(({ urn }) => urn === one.urn);
      expect(now?.inputs.stringData).toMatchObject(one.inputs.stringData as object);
    }
  });

  it("reaches Grafana where that reads it, once the role has it", () => {
    const datasources = changed().filter(isDatasource);
    expect(datasources).toHaveLength(path === "telemetry.timescaledb.reader.password" ? 1 : 0);
    for (const { dependsOn } of datasources) {
      expect(dependsOn.map(addressOf)).toContainEqual(
        expect.stringMatching(/Job.*timescaledb-reader-/),
      );
    }
  });

  it("changes files only of those that roll", () => {
    const files = changed().filter((one) => !runsPods(one) && !isSecret(one));
    const names = files.map(({ inputs }) =>
      JSON.stringify((inputs as unknown as Named).metadata.name),
    );
    const rolled = changed()
      .filter(runsPods)
      .map(({ inputs }) => JSON.stringify(inputs));
    expect(names.filter((name) => !rolled.some((text) => text.includes(name)))).toEqual([]);
    expect(files.map(({ type }) => type)).toEqual(files.map(() => "kubernetes:core/v1:ConfigMap"));
  });
});

interface Named {
  readonly metadata: { readonly name: string; readonly namespace: string };
}

const known = new Map<string, Promise<Synthesis<unknown>>>();

/** The system of a secret, which is in the generation `rotation`. */
function system(path: string, rotation = 1): Promise<Synthesis<unknown>> {
  const [key = ""] = path.split(".");
  const id = rotation === 1 ? key : `${path} ${String(rotation)}`;
  const next = path
    .split(".")
    .reduceRight<unknown>((below, step) => ({ [step]: below }), { rotation });
  const said = rotation === 1 ? base : merge(settingsSchema, base, next);
  const found = known.get(id) ?? builds[key as System](settingsOf("staging", said as Overrides));
  known.set(id, found);
  return found;
}

/** A server that is up has read this password on an empty volume, and never does again. */
function keepsRunning(path: string, { type }: Registered): boolean {
  return path.endsWith(".superuserPassword") && type === "kubernetes:apps/v1:StatefulSet";
}

/** The value before that of a generated secret's second generation. */
function firstValue([second]: readonly Registered[]): string {
  const name = second?.name.replace(/-2$/, "") ?? "";
  return generatedPassword(name, Number(second?.inputs.length));
}

function keyOf(path: string): string {
  return String(own(valueAt(settings, path.split(".")), "key"));
}

/** What makes pods that read a key of a Secret with this value in it. */
function readersOf(value: string, resources: readonly Registered[]): Registered[] {
  const keys = new Set(
    resources.filter(isSecret).flatMap(({ inputs }) => {
      const { metadata, stringData } = inputs as unknown as Named & { stringData: Overrides };
      return Object.entries(stringData)
        .filter(([, text]) => String(text).includes(value))
        .map(([key]) => [metadata.namespace, metadata.name, key].join("/"));
    }),
  );
  return resources
    .filter(runsPods)
    .filter((one) => keysIn(one.inputs).some((key) => keys.has(`${homeOf(one) ?? ""}/${key}`)));
}

/** The keys of Secrets that an object's variables come from, as `NAME/KEY`. */
function keysIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const { secretKeyRef, ...others } = value as { secretKeyRef?: { name: string; key: string } };
  const own = secretKeyRef === undefined ? [] : [`${secretKeyRef.name}/${secretKeyRef.key}`];
  return [...own, ...Object.values(others).flatMap(keysIn)];
}

function runsPods(resource: Registered): boolean {
  const kind = manifestOf(resource)?.kind ?? "";
  return ["CronJob", "Deployment", "Job", "StatefulSet"].includes(kind);
}

function isSecret({ type }: Registered): boolean {
  return type === "kubernetes:core/v1:Secret";
}

function isDatasource(one: Registered): boolean {
  return isSecret(one) && JSON.stringify(one.inputs).includes("grafana_datasource");
}

function without(some: readonly Registered[], others: readonly Registered[]): Registered[] {
  const urns = new Set(others.map(({ urn }) => urn));
  return some.filter(({ urn }) => !urns.has(urn));
}

function differs(one: Registered, others: readonly Registered[]): boolean {
  const now = others.find(({ urn }) => urn === one.urn);
  return now !== undefined && JSON.stringify(now.inputs) !== JSON.stringify(one.inputs);
}
