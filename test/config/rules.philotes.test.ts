/** The rules between the parts of Philotes, and the demand that its quota must hold. */
import { formatBytes, formatCpu } from "../../config/quantity";
import { philotesDemand } from "../../config/systems/philotes-demand";
import { faultsOf, given, type Said, saidBy, settingsBy } from "./support";

function demandOf(changes: Said): ReturnType<typeof philotesDemand> {
  return philotesDemand(settingsBy("dev", changes).philotes);
}

function faults(stack: "dev" | "staging" | "prod", changes: Said): string[] {
  const said = Object.entries(changes).map(([path, value]) => [`philotes.${path}`, value]);
  return faultsOf(saidBy(stack, Object.fromEntries(said) as Said), given);
}

describe("the demand of dev", () => {
  // Requests: API 2 × 50m with its surge, worker 100m, Lakekeeper 2 × 50m with its surge, PostgreSQL
  // 100m, MinIO 50m, and five one-shot jobs of 50m: two set-ups, source check, migration, bootstrap.
  it("is the sum of its workloads with one roll-out under way", () => {
    const demand = demandOf({});
    expect({
      pods: demand.pods,
      requestsCpu: formatCpu(demand.requestsCpu),
      requestsMemory: formatBytes(demand.requestsMemory),
      storage: formatBytes(demand.storage),
    }).toEqual({ pods: 12, requestsCpu: "700m", requestsMemory: "1216Mi", storage: "15Gi" });
  });

  it.each([
    ["no API and no surge of it", { "philotes.api.enabled": false }, -2],
    ["no reader, which has no surge, and no check", { "philotes.worker.enabled": false }, -2],
    [
      "no Lakekeeper, surge, migration and bootstrap",
      { "philotes.lakekeeper": { mode: "external", url: "http://catalog.data.svc" } },
      -4,
    ],
  ])("changes by %s", (_, changes, pods) => {
    expect(demandOf(changes).pods - demandOf({}).pods).toBe(pods);
  });

  it("has one pod more for each shard", () => {
    const shard = (name: string): Said => ({
      name,
      slot: name,
      publication: name,
      tables: [`public.${name}`],
      bufferDatabase: name,
    });
    const changes = { "philotes.worker.shards": [shard("a"), shard("b"), shard("c")] };
    expect(demandOf(changes).pods - demandOf({}).pods).toBe(2);
  });
});

describe("a quota", () => {
  it("that is too small for one roll-out is refused", () => {
    expect(faults("dev", { "quota.pods": 11 })).toEqual([
      "platform:philotes.quota.pods: got 11, expected at least 12, the sum of the workloads with one roll-out under way",
    ]);
  });
});

describe("a store that is off", () => {
  it.each([
    ["lakekeeper", "the worker", "worker"],
    ["objectStore", "the worker and the catalogue", "worker and lakekeeper"],
    ["postgres", "the worker and the API and the catalogue", "worker and api and lakekeeper"],
  ])("is refused while something needs it: %s", (store, who, parts) => {
    expect(faults("dev", { [`${store}.mode`]: "off" })).toEqual([
      `platform:philotes.${store}.mode: got "off", expected bundled or external, because ${who} cannot do without; or switch off ${parts}`,
    ]);
  });

  it("is taken where nothing needs it", () => {
    const changes = {
      "api.enabled": false,
      "worker.enabled": false,
      "lakekeeper.mode": "off",
      "objectStore.mode": "off",
      "postgres.mode": "off",
    };
    expect(faults("dev", changes)).toEqual([]);
  });

  it("is taken in a system that is off", () => {
    expect(faults("dev", { enabled: false, "postgres.mode": "off" })).toEqual([]);
  });
});

describe("the API", () => {
  it.each([
    ["in prod", "prod", { "api.auth.enabled": false }],
    ["with authentication", "staging", {}],
  ] as const)("does not answer every origin %s", (_, stack, changes) => {
    expect(faults(stack, { ...changes, "api.corsOrigins": ["*"] })).toEqual([
      'platform:philotes.api.corsOrigins: got "*", expected the origins that may call the API with a user\'s credentials; name them, such as https://dashboard.example.com',
    ]);
  });

  it("may answer every origin in dev, where there are no credentials", () => {
    expect(faults("dev", { "api.corsOrigins": ["*"] })).toEqual([]);
  });

  it.each([
    [
      "an asterisk among others",
      ["*", "https://a.example.com"],
      "a list of 2, expected a list of origins",
    ],
    ["an origin with a path", ["https://a.example.com/"], "expected an origin"],
    ["none", [], "expected a list of at least 1"],
  ])("refuses %s for its origins", (_, corsOrigins, words) => {
    expect(faults("dev", { "api.corsOrigins": corsOrigins })).toEqual([
      expect.stringContaining(words),
    ]);
  });

  it("has an administrator where it asks who calls", () => {
    expect(faults("staging", { "api.auth.adminEmail": undefined })).toEqual([
      "platform:philotes.api.auth.adminEmail: nothing is set, expected the e-mail address of the first administrator, because auth is enabled",
    ]);
  });

  it("has addresses of a Prometheus outside the cluster", () => {
    expect(faults("dev", { "api.prometheusUrl": "https://prometheus.example.com" })).toEqual([
      expect.stringMatching(
        /prometheusUrl: got "https:\/\/prometheus\.example\.com", expected a host whose/,
      ),
    ]);
  });
});

describe("the source", () => {
  it("is there where there is a worker", () => {
    expect(faults("dev", { "worker.source": undefined })).toEqual([
      "platform:philotes.worker.source: nothing is set, expected the database whose changes are read: host, database, user, password, tlsMode; or set platform:philotes.worker.enabled to false",
    ]);
  });

  it("need not be there without one", () => {
    expect(faults("dev", { "worker.source": undefined, "worker.enabled": false })).toEqual([]);
  });

  it.each(["host", "database", "user", "password", "tlsMode"])("says its %s", (setting) => {
    expect(faults("dev", { [`worker.source.${setting}`]: undefined })).toEqual([
      expect.stringContaining(`platform:philotes.worker.source.${setting}: nothing is set`),
    ]);
  });

  it("has addresses that network policies can name", () => {
    expect(faults("dev", { "worker.source.host": "other.example.com" })).toEqual([
      expect.stringContaining('got "other.example.com", expected a host whose addresses are known'),
    ]);
  });
});

describe("the worker's buffer", () => {
  it.each([
    ["worker.backpressure.lowWatermark", 8000, "expected less than highWatermark, 8000"],
    ["worker.backpressure.highWatermark", 10001, "expected at most cdc.bufferSize, 10000"],
  ])("has its marks in order: %s", (setting, value, words) => {
    expect(faults("dev", { [setting]: value })).toEqual([
      `platform:philotes.${setting}: got ${String(value)}, ${words}`,
    ]);
  });
});

describe("shards", () => {
  const shard = (name: string, changes: Said = {}): Said => ({
    name,
    slot: `slot_${name}`,
    publication: `pub_${name}`,
    tables: [`public.${name}`],
    bufferDatabase: `buffer_${name}`,
    ...changes,
  });
  const second = (changes: Said): string[] =>
    faults("dev", { "worker.shards": [shard("a"), shard("b", changes)] });
  const at = "platform:philotes.worker.shards[1]";

  it("of which each has its own are taken", () => {
    expect(second({})).toEqual([]);
  });

  it.each([
    ["name", "a"],
    ["slot", "slot_a"],
    ["publication", "pub_a"],
  ])("do not share a %s", (key, value) => {
    expect(second({ [key]: value })).toEqual([
      `${at}.${key}: got "${value}", expected another ${key} than that of the others`,
    ]);
  });

  it("do not share a table, or its changes would be written twice", () => {
    expect(second({ tables: ["public.b", "public.a"] })).toEqual([
      `${at}.tables[1]: got "public.a", expected a table that no other shard has; a has it, and every change would be written twice`,
    ]);
  });

  it("name their tables where there are several", () => {
    expect(second({ tables: [] })).toEqual([
      `${at}.tables: got an empty list, expected the tables of this shard, because there are several; without a list it would read all of them, those of the others too`,
    ]);
  });

  it("do not share a buffer, or each would write what the other buffered", () => {
    expect(second({ bufferDatabase: "buffer_a" })).toEqual([
      `${at}.bufferDatabase: got "buffer_a", expected a database that no other shard buffers in; buffer_a is taken; each would write the buffered changes of the other too`,
    ]);
  });

  it("do not share the database that is the default", () => {
    const both = [
      shard("a", { bufferDatabase: undefined }),
      shard("b", { bufferDatabase: undefined }),
    ];
    expect(faults("dev", { "worker.shards": both })).toEqual([
      `${at}.bufferDatabase: nothing is set, expected a database that no other shard buffers in; philotes is taken; each would write the buffered changes of the other too`,
    ]);
  });

  it.each(["Slot", "my-slot", "a".repeat(64)])(
    "have no slot that PostgreSQL refuses: %s",
    (slot) => {
      expect(second({ slot })).toEqual([expect.stringContaining("expected a replication slot of")]);
    },
  );
});

describe("the catalogue", () => {
  const clientSecret = { from: "existing", secretName: "theirs", key: "key" };
  const openid = {
    type: "openid",
    providerUri: "http://id.identity.svc/realm",
    audience: "lakekeeper",
    bootstrap: { tokenUrl: "http://id.identity.svc/token", clientId: "operator", clientSecret },
  };
  const alone = { "api.enabled": false, "worker.enabled": false };

  it("does not ask for tokens that worker and API have not", () => {
    expect(faults("dev", { "lakekeeper.openid": openid })).toEqual([
      'platform:philotes.lakekeeper.openid.type: got "openid", expected none, because worker and api have no token for the catalogue and would be refused; or run Philotes against another catalogue, and this one for clients that have tokens',
    ]);
  });

  it("may ask for them where neither runs", () => {
    expect(faults("dev", { ...alone, "lakekeeper.openid": openid })).toEqual([]);
  });

  it("does not let OpenFGA decide by who calls when nobody says who", () => {
    const authorization = { type: "openfga", host: "openfga.openfga.svc", apiKey: clientSecret };
    expect(faults("dev", { ...alone, "lakekeeper.authorization": authorization })).toEqual([
      'platform:philotes.lakekeeper.authorization.type: got "openfga", expected allowall, because without openid nobody can be told from anybody else; or set platform:philotes.lakekeeper.openid to type openid',
    ]);
  });

  it.each([
    ["lakekeeper", { mode: "external", url: "https://out.example.com" }, {}],
    ["lakekeeper.openid", { ...openid, providerUri: "https://out.example.com" }, alone],
    [
      "lakekeeper.openid",
      { ...openid, bootstrap: { ...openid.bootstrap, tokenUrl: "https://out.example.com" } },
      alone,
    ],
    [
      "lakekeeper",
      {
        openid,
        authorization: { type: "openfga", host: "out.example.com", apiKey: clientSecret },
      },
      alone,
    ],
  ])("has addresses of what is outside the cluster: %s %#", (setting, value, changes) => {
    expect(faults("dev", { ...changes, [setting]: value })).toEqual([
      expect.stringMatching(/got ".*out\.example\.com", expected a host whose addresses are known/),
    ]);
  });
});

describe("a duration", () => {
  it.each(["15", "15 s", "s", "1d", ""])("is one that Go can read: %s", (value) => {
    expect(faults("dev", { "worker.cdc.flushInterval": value })).toEqual([
      `platform:philotes.worker.cdc.flushInterval: got ${JSON.stringify(value)}, expected a duration such as 30s or 1h30m`,
    ]);
  });

  it.each(["15s", "1h30m", "500ms"])("may be %s", (value) => {
    expect(faults("dev", { "worker.cdc.flushInterval": value })).toEqual([]);
  });
});
