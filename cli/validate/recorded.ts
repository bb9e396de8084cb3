import { type Job, kinds, nameOf } from "../kubernetes";
import { attempt, type Finding, Unchecked } from "../preflight/model";
import { isComplete } from "./jobs";
import type { ValidationContext } from "./model";
import { counterpart, declaredOf } from "./objects";
import {
  type AskDatabase,
  environmentOf,
  type Login,
  loginOfClient,
  loginOfUrl,
  withDatabase,
} from "./probes/database";
import {
  probeEctoMigrations,
  probeFaultMavenMigrations,
  probeLakekeeperMigrations,
  probeStreamMigrations,
} from "./probes/migrations";
import { systemOf, variablesOf } from "./probing";

/** Whether each database has recorded what the job that migrates it has done. */
export async function migrations(context: ValidationContext): Promise<readonly Finding[]> {
  const own = declaredOf(context.declared, kinds.jobs).filter(({ metadata }) =>
    /(^|-)migration-[0-9a-f]+$/.test(metadata.name),
  );
  const found = await Promise.all(
    own.map((job) => attempt(subjectOf(job), () => recorded(context, job))),
  );
  return found.flat();
}

function subjectOf(job: Job): string {
  return `Migrations by ${nameOf(job).replace(/-[0-9a-f]+$/, "")}`;
}

type Environment = ReadonlyMap<string, string>;

/** How the programs of a system are told of their database, and how they record what they have done to it. */
interface Recording {
  readonly login: (environment: Environment) => Login;
  readonly probe: (
    ask: AskDatabase,
    subject: string,
    logs: string,
    environment: Environment,
  ) => Promise<Finding>;
}

const recordings: Readonly<Record<string, Recording>> = {
  thunderline: {
    login: (environment) => loginOfUrl(environment, "DATABASE_URL"),
    probe: probeEctoMigrations,
  },
  faultmaven: {
    login: (environment) => loginOfUrl(environment, "DATABASE_URL"),
    probe: (ask, subject, logs, environment) =>
      probeFaultMavenMigrations(ask, subject, logs, Number(environment.get("RELEASE"))),
  },
  telemetry: {
    login: loginOfClient,
    probe: (ask, subject, logs, environment) =>
      probeStreamMigrations(
        ask,
        subject,
        logs,
        environment.get("PGHOST")?.startsWith("timescaledb.") === true ? "telemetry" : "settings",
      ),
  },
  philotes: {
    login: (environment) => loginOfUrl(environment, "LAKEKEEPER__PG_DATABASE_URL_READ"),
    probe: (ask, subject, logs, environment) =>
      probeLakekeeperMigrations(
        ask,
        subject,
        logs,
        environment.get("LAKEKEEPER__PG_SCHEMA") ?? "public",
      ),
  },
};

async function recorded(context: ValidationContext, declared: Job): Promise<readonly Finding[]> {
  const { live } = context;
  const job = counterpart(await live.list(kinds.jobs), declared);
  if (job === undefined || !isComplete(job)) throw new Unchecked("its job is not complete");
  if (context.simulated) {
    throw new Unchecked("its job is complete by a simulated pod, which has migrated nothing");
  }
  const recording = recordings[systemOf(declared) ?? ""];
  if (recording === undefined) throw new Unchecked("nobody knows how it records them");
  const { namespace = "" } = declared.metadata;
  const secrets = await live.list(kinds.secrets);
  const environment = environmentOf(variablesOf(declared), namespace, secrets);
  const logs = `kubectl -n ${namespace} logs job/${declared.metadata.name}`;
  return withDatabase(context, recording.login(environment), async (ask) => [
    await recording.probe(ask, subjectOf(declared), logs, environment),
  ]);
}
