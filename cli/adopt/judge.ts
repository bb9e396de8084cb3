import type { Settings } from "../../config/settings";
import { valueAt } from "../../config/shape";
import type { System } from "../restore/system";
import { givenAs, type SecretKeys } from "./credentials";
import type { Holding } from "./holdings";
import type { Workload } from "./objects";
import { judgeFiles, judgeMinio, judgeMlflow, judgeRedis } from "./other-stores";
import { type Kind, kindOf, type Part, parts } from "./parts";
import { judgePostgres } from "./postgres";
import { byDump, type Case, existing, refused, type Setting, type Verdict } from "./verdict";

/** What becomes of one claim of the release. */
export interface Judged {
  readonly holding: Holding;
  /** The part of ours that has the same kind of data; undefined where there is none. */
  readonly part?: Part;
  /** Undefined where nothing of ours wants it. */
  readonly verdict?: Verdict;
  /** Somebody has said that it stays where it is. */
  readonly left: boolean;
}

const judges: Readonly<Record<Kind, (it: Case) => Verdict>> = {
  postgres: judgePostgres,
  minio: judgeMinio,
  redis: judgeRedis,
  chromadb: judgeFiles,
  mlflow: judgeMlflow,
  livebook: judgeFiles,
};

export interface JudgeOptions {
  readonly settings: Settings;
  readonly system: System;
  readonly keys: SecretKeys;
  /** The release's workloads. */
  readonly workloads: readonly Workload[];
  /** Claims that are to stay where they are. */
  readonly leave: readonly string[];
}

/** Looks at each claim and says whether ours can take it over as it is. */
export function judge(holdings: readonly Holding[], options: JudgeOptions): readonly Judged[] {
  return holdings.map((holding) => {
    const left = options.leave.includes(holding.claim);
    const part = partOf(holding, options.system);
    if (part === undefined) return { holding, left };
    const rivals = holdings.filter((other) => partOf(other, options.system) === part);
    return { holding, part, left, verdict: verdictOn(holding, part, rivals, options) };
  });
}

function partOf({ users }: Holding, system: System): Part | undefined {
  const kinds = users.map(({ container }) => kindOf(container.image));
  return parts[system]?.find(({ kind }) => kinds.includes(kind));
}

function verdictOn(
  holding: Holding,
  part: Part,
  rivals: readonly Holding[],
  { settings, system, keys, workloads, leave }: JudgeOptions,
): Verdict {
  const name = [system, ...part.setting].join(".");
  const ours = valueAt(settings[system], part.setting) as Readonly<Record<string, unknown>>;
  const users = holding.users.filter(({ container }) => kindOf(container.image) === part.kind);
  const [user] = users;
  const wanted = rivals.filter(({ claim }) => !leave.includes(claim));
  if (wanted.length > 1) {
    return refused(
      `${wanted.map(({ claim }) => claim).join(" and ")} both have data of ${name}, and ours has one volume`,
      `Say which of them stays where it is: --leave. Of several servers, take the one that leads.`,
    );
  }
  if (user === undefined || users.length > 1 || user.workload.kind === "DaemonSet") {
    return refused(`it is mounted ${String(users.length)} times`, byDump);
  }
  if (ours.mode !== undefined && ours.mode !== "bundled") {
    return refused(
      `platform:${name}.mode is not bundled: ours has no server for it`,
      "Set it to bundled, or move the data there with a dump: --leave this volume.",
    );
  }
  const clients = workloads.filter(({ metadata }) => metadata.uid !== user.workload.metadata.uid);
  return judges[part.kind]({ holding, user, name: `platform:${name}`, ours, keys, clients });
}

const storeNames: Readonly<Partial<Record<Kind, string>>> = { postgres: "postgres(ql)?" };

/** The claim that ours has made for a part already, of those of ours that are there. */
export function ownClaimOf({ kind }: Part, claims: readonly string[]): string | undefined {
  const name = new RegExp(`(^|-)${storeNames[kind] ?? kind}-data$`);
  return claims.find((claim) => name.test(claim));
}

/**
 * The settings by which ours mounts the claims that it can take over, and reads what is in them.
 * `own` are the claims that this program has made; data may be in them.
 */
export function settingsOf(
  judged: readonly Judged[],
  own: readonly string[] = [],
): readonly Setting[] {
  return judged.flatMap(({ holding, part, verdict, left }) => {
    if (part === undefined || verdict?.adopt !== true || left) return [];
    const volume: readonly Setting[] = [
      { path: ["volume", "size"], value: holding.size, must: false },
      { path: ["volume", "existingClaim"], value: holding.claim, must: true },
      {
        path: ["volume", "ownClaim"],
        value: ownClaimOf(part, own) === undefined ? "discard" : "keep",
        must: false,
      },
    ];
    return [...volume, ...verdict.settings].map((setting) => ({
      ...setting,
      path: [...part.setting, ...setting.path],
    }));
  });
}

/** Which variables hold what only the application knows, and the setting of each. */
const applicationSecrets: Readonly<Partial<Record<System, Readonly<Record<string, string>>>>> = {
  thunderline: {
    SECRET_KEY_BASE: "secretKeyBase",
    TOKEN_SIGNING_SECRET: "tokenSigningSecret",
    RELEASE_COOKIE: "releaseCookie",
    LIVEBOOK_PASSWORD: "livebookPassword",
    LIVEBOOK_SECRET_KEY_BASE: "livebookSecretKeyBase",
    LIVEBOOK_COOKIE: "livebookCookie",
    OPENAI_API_KEY: "openaiApiKey",
  },
  faultmaven: { JWT_SECRET_KEY: "jwtSecret", JWT_SECRET: "jwtSecret" },
};

/** Secrets of the application that the release's pods read: with others, sessions and logins would end. */
export function secretSettings(
  system: System,
  workloads: readonly Workload[],
  keys: SecretKeys,
): readonly Setting[] {
  const found = new Map<string, Setting>();
  for (const [variable, setting] of Object.entries(applicationSecrets[system] ?? {})) {
    for (const { spec } of workloads) {
      const pod = spec.template.spec;
      for (const container of pod.containers) {
        const given = givenAs([variable], container, pod, keys);
        if (given.from !== "secret" || found.has(setting)) continue;
        const path = ["secrets", setting];
        found.set(setting, { path, value: existing(given.at), must: false });
      }
    }
  }
  return [...found.values()];
}
