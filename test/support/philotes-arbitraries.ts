import {
  dataPolicy,
  dataKey,
  givenSecret,
  ingress,
  keptSecret,
  one,
  type Overrides,
  scaling,
  secret,
  yesNo,
} from "./arbitraries";
import { backup } from "./backup-arbitraries";
import fc from "./fast-check";

const mode = fc.constantFrom("off", "bundled", "external");

const shard = (name: string, tables: readonly string[]): Overrides => ({
  name,
  slot: `slot_${name}`,
  publication: `pub_${name}`,
  tables,
  bufferDatabase: `buffer_${name}`,
});
const shards = fc.oneof(
  fc.constant([{ name: "main", slot: "philotes_cdc", publication: "philotes_pub" }]),
  fc.constant([shard("a", ["public.orders"])]),
  fc.constant([
    shard("a", ["public.orders"]),
    shard("b", ["public.customers", "audit.log"]),
    shard("c", ["public.items"]),
  ]),
);

const source = fc.record({
  password: givenSecret,
  tlsMode: fc.constantFrom("disable", "require", "verify-full"),
  plugin: fc.constantFrom("pgoutput", "wal2json"),
});

const readerScaling = fc.oneof(
  one({ type: "fixed" }),
  fc.integer({ min: 1, max: 1e9 }).map((targetLagBytes) => ({ type: "keda", targetLagBytes })),
);

const openid = givenSecret.map((clientSecret) => ({
  type: "openid",
  providerUri: "https://db.example.com/realm",
  audience: "lakekeeper",
  bootstrap: { tokenUrl: "https://s3.example.com/token", clientId: "operator", clientSecret },
}));
const authorization = fc.oneof(
  one({ type: "allowall" }),
  givenSecret.map((apiKey) => ({ type: "openfga", host: "openfga.openfga.svc", apiKey })),
);

/** Lakekeeper for whom the API and the worker need no token, and one that asks everybody for one. */
function lakekeeper(data: fc.Arbitrary<string>): {
  open: fc.Arbitrary<Overrides>;
  closed: fc.Arbitrary<Overrides>;
} {
  const lasting = { encryptionKey: dataKey(data), data };
  const url = fc.constantFrom("http://catalog.data.svc:8181", "https://db.example.com");
  const bundled = { ...lasting, mode: fc.constant("bundled"), scaling };
  return {
    open: fc.oneof(
      fc.record({ ...lasting, mode: fc.constant("off") }),
      fc.record({ ...lasting, mode: fc.constant("external"), url }),
      fc.record(bundled),
    ),
    closed: fc.record({ ...bundled, openid, authorization }),
  };
}

interface Parts {
  readonly api: { readonly enabled: boolean };
  readonly worker: { readonly enabled: boolean };
  readonly lakekeeper: { readonly mode: string };
  readonly postgres: { readonly mode: string };
  readonly objectStore: { readonly mode: string };
}

/** What a part needs is there: nothing that somebody needs is off. */
function withStores<T extends Parts>(parts: T): T & { readonly lakekeeper: Overrides } {
  const { api, worker } = parts;
  const there = <S extends { readonly mode: string }>(store: S, needed: boolean): S =>
    store.mode === "off" && needed ? { ...store, mode: "bundled" } : store;
  const catalogue = there(parts.lakekeeper, worker.enabled);
  const bundled = catalogue.mode === "bundled";
  return {
    ...parts,
    lakekeeper: catalogue,
    postgres: there(parts.postgres, api.enabled || worker.enabled || bundled),
    objectStore: there(parts.objectStore, worker.enabled || bundled),
  };
}

function withData(data: fc.Arbitrary<string>): fc.Arbitrary<Overrides> {
  const catalogues = lakekeeper(data);
  const choice = (closed: boolean): fc.Arbitrary<Overrides> => {
    const clients = closed ? fc.constant(false) : yesNo;
    const auth = fc.record({
      enabled: yesNo,
      adminEmail: fc.constant("admin@example.com"),
      jwtSecret: secret,
      adminPassword: secret,
      data,
    });
    return fc
      .record({
        enabled: yesNo,
        data,
        // Headroom would hide what the quota forgets.
        quota: one({ headroomPercent: 0 }),
        api: fc.record({
          enabled: clients,
          scaling,
          auth,
          corsOrigins: fc.constant(["https://dashboard.example.com"]),
          ingress: ingress("api.example.com", fc.constant(undefined)),
        }),
        worker: fc.record({ enabled: clients, scaling: readerScaling, shards, source }),
        lakekeeper: (closed ? catalogues.closed : catalogues.open) as fc.Arbitrary<
          Overrides & Parts["lakekeeper"]
        >,
        postgres: fc.record({
          mode,
          data,
          backup: backup("dump", data),
          password: secret,
          superuserPassword: keptSecret,
          external: fc.record({
            host: fc.constant("db.example.com"),
            password: givenSecret,
            tlsMode: fc.constantFrom("require", "verify-full"),
          }),
        }),
        objectStore: fc.record({
          mode,
          data,
          backup: backup("copy", data),
          external: fc.record({
            host: fc.constant("s3.example.com"),
            accessKey: givenSecret,
            secretKey: givenSecret,
          }),
        }),
      })
      .map(withStores);
  };
  return fc.oneof({ weight: 4, arbitrary: choice(false) }, { weight: 1, arbitrary: choice(true) });
}

/** Any valid choice of what Philotes consists of, over the defaults of an environment. */
export const philotesOverrides = withData(dataPolicy);

/** The same as long as nobody writes that data may go. */
export const keepingPhilotes = withData(fc.constant("keep"));
