import type { Fault } from "../faults";
import type { LakekeeperSettings, PhilotesSettings } from "../systems/philotes";
import { philotesDemand } from "../systems/philotes-demand";
import { isAddressable } from "./blocks";
import type { RuleInput } from "./index";
import { philotesShardRules } from "./philotes-shards";
import { quotaFits } from "./quota";

const here = "philotes";

/** Rules between the parts of Philotes. */
export function philotesRules(input: RuleInput): Fault[] {
  const { philotes } = input.settings;
  if (!philotes.enabled) return [];
  return [
    ...quotaFits(philotes.quota, philotesDemand(philotes), [here, "quota"]),
    ...storesAreThere(philotes),
    ...apiIsGuarded(philotes, input),
    ...sourceIsKnown(philotes, input),
    ...bufferHolds(philotes),
    ...lakekeeperFits(philotes),
    ...catalogueIsReachable(philotes.lakekeeper, input),
    ...(philotes.worker.enabled
      ? philotesShardRules(philotes.worker.shards, philotes.postgres.database)
      : []),
  ];
}

type Store = "postgres" | "objectStore" | "lakekeeper";

/** Each part that keeps something somewhere has a place to keep it. */
function storesAreThere(settings: PhilotesSettings): Fault[] {
  const { api, worker, lakekeeper } = settings;
  const parts: { who: string; setting: string[]; isUp: boolean; stores: Store[] }[] = [
    {
      who: "the worker",
      setting: ["worker", "enabled"],
      isUp: worker.enabled,
      stores: ["lakekeeper", "objectStore", "postgres"],
    },
    { who: "the API", setting: ["api", "enabled"], isUp: api.enabled, stores: ["postgres"] },
    {
      who: "the catalogue",
      setting: ["lakekeeper", "mode"],
      isUp: lakekeeper.mode === "bundled",
      stores: ["objectStore", "postgres"],
    },
  ];
  return (["lakekeeper", "objectStore", "postgres"] as const).flatMap((store) => {
    const needing = parts.filter(({ isUp, stores }) => isUp && stores.includes(store));
    if (settings[store].mode !== "off" || needing.length === 0) return [];
    const who = needing.map((part) => part.who).join(" and ");
    return [
      {
        path: [here, store, "mode"],
        value: "off",
        expected: `bundled or external, because ${who} cannot do without`,
        mend: `or switch off ${needing.map(({ setting }) => setting[0]).join(" and ")}`,
        judgedBy: needing.map(({ setting }) => [here, ...setting]),
      },
    ];
  });
}

function apiIsGuarded({ api }: PhilotesSettings, input: RuleInput): Fault[] {
  if (!api.enabled) return [];
  const { auth, corsOrigins, prometheusUrl } = api;
  const faults: Fault[] = [];
  const prod = input.settings.environment === "prod";
  if (corsOrigins.includes("*") && (auth.enabled || prod)) {
    faults.push({
      path: [here, "api", "corsOrigins"],
      value: "*",
      expected: "the origins that may call the API with a user's credentials",
      mend: "name them, such as https://dashboard.example.com",
      judgedBy: [[here, "api", "auth", "enabled"], ["environment"]],
    });
  }
  if (auth.enabled && auth.adminEmail === undefined) {
    faults.push({
      path: [here, "api", "auth", "adminEmail"],
      expected: "the e-mail address of the first administrator, because auth is enabled",
      judgedBy: [[here, "api", "auth", "enabled"]],
    });
  }
  if (prometheusUrl !== undefined) {
    faults.push(
      ...isAddressable(new URL(prometheusUrl).hostname, [here, "api", "prometheusUrl"], input),
    );
  }
  return faults;
}

/** Without them the program falls back to localhost, source and source. */
function sourceIsKnown({ worker }: PhilotesSettings, input: RuleInput): Fault[] {
  if (!worker.enabled) return [];
  if (worker.source === undefined) {
    return [
      {
        path: [here, "worker", "source"],
        expected: "the database whose changes are read: host, database, user, password, tlsMode",
        mend: "or set platform:philotes.worker.enabled to false",
        // A faulty shard has all of the worker judged by its defaults, which know no source.
        judgedBy: [
          [here, "worker", "enabled"],
          [here, "worker", "shards"],
        ],
      },
    ];
  }
  return isAddressable(worker.source.host, [here, "worker", "source", "host"], input);
}

function bufferHolds({ worker }: PhilotesSettings): Fault[] {
  const { backpressure, cdc } = worker;
  if (!worker.enabled || !backpressure.enabled) return [];
  const faults: Fault[] = [];
  const path = [here, "worker", "backpressure"];
  if (backpressure.lowWatermark >= backpressure.highWatermark) {
    faults.push({
      path: [...path, "lowWatermark"],
      value: backpressure.lowWatermark,
      expected: `less than highWatermark, ${String(backpressure.highWatermark)}`,
      judgedBy: [[...path, "highWatermark"]],
    });
  }
  if (backpressure.highWatermark > cdc.bufferSize) {
    faults.push({
      path: [...path, "highWatermark"],
      value: backpressure.highWatermark,
      expected: `at most cdc.bufferSize, ${String(cdc.bufferSize)}`,
      judgedBy: [[here, "worker", "cdc", "bufferSize"]],
    });
  }
  return faults;
}

/** OpenFGA decides by who calls, and Philotes' own programs cannot say who they are. */
function lakekeeperFits({ api, worker, lakekeeper }: PhilotesSettings): Fault[] {
  if (lakekeeper.mode !== "bundled") return [];
  const { openid, authorization } = lakekeeper;
  const faults: Fault[] = [];
  if (authorization.type === "openfga" && openid.type === "none") {
    faults.push({
      path: [here, "lakekeeper", "authorization", "type"],
      value: "openfga",
      expected: "allowall, because without openid nobody can be told from anybody else",
      mend: "or set platform:philotes.lakekeeper.openid to type openid",
      judgedBy: [[here, "lakekeeper", "openid", "type"]],
    });
  }
  const clients = [...(worker.enabled ? ["worker"] : []), ...(api.enabled ? ["api"] : [])];
  if (openid.type === "openid" && clients.length > 0) {
    faults.push({
      path: [here, "lakekeeper", "openid", "type"],
      value: "openid",
      expected: `none, because ${clients.join(" and ")} have no token for the catalogue and would be refused`,
      mend: "or run Philotes against another catalogue, and this one for clients that have tokens",
      judgedBy: clients.map((client) => [here, client, "enabled"]),
    });
  }
  return faults;
}

function catalogueIsReachable(lakekeeper: LakekeeperSettings, input: RuleInput): Fault[] {
  const at = (url: string, ...path: string[]): Fault[] =>
    isAddressable(new URL(url).hostname, [here, "lakekeeper", ...path], input);
  switch (lakekeeper.mode) {
    case "off":
      return [];
    case "external":
      return at(lakekeeper.url, "url");
    case "bundled": {
      const { openid, authorization } = lakekeeper;
      return [
        ...(openid.type === "none"
          ? []
          : [
              ...at(openid.providerUri, "openid", "providerUri"),
              ...at(openid.bootstrap.tokenUrl, "openid", "bootstrap", "tokenUrl"),
            ]),
        ...(authorization.type === "allowall"
          ? []
          : isAddressable(
              authorization.host,
              [here, "lakekeeper", "authorization", "host"],
              input,
            )),
      ];
    }
  }
}
