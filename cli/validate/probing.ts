import { streams } from "../../components/systems/telemetry/streams/streams";
import { type Job, kinds, type KubernetesObject, nameOf, type Pod } from "../kubernetes";
import { Limit } from "../preflight/limit";
import { attempt, type Finding, passed, unchecked, Unchecked } from "../preflight/model";
import { count, open, type ValidationContext } from "./model";
import { declaredOf, placeOf, type Workload, workloadsOf } from "./objects";
import { probeCollector, serviceName } from "./probes/collector";
import {
  environmentOf,
  loginOfClient,
  loginOfUrl,
  type Variable,
  withDatabase,
} from "./probes/database";
import { healthPathsOf, probeHealth } from "./probes/health";
import { probeLiveView } from "./probes/live-view";
import { probeMlflow } from "./probes/mlflow";
import { probeOban } from "./probes/oban";
import { probeFaultMaven, probeLivebook } from "./probes/pages";
import { atPort, portOf, probed, reachablePods } from "./probes/reach";
import { probeStream } from "./probes/streams";

const atOnce = 5;

/** What checks write, each only where they may. */
export const writings = {
  mlflow: {
    what: "record a run with an artefact in MLflow, in an experiment of its own, and delete it",
    why: "only a run shows that the tracking server and the object store behind it take one",
  },
  collector: {
    what: `send one span of the service ${serviceName} to the collector, which goes on to its store`,
    why: "only a span shows that the collector accepts one",
  },
} as const;

/** Each path that the kubelet asks, of each pod that is ready. */
export async function health(context: ValidationContext): Promise<readonly Finding[]> {
  if (context.simulated) {
    return [unchecked("Health of all workloads", "their pods are simulated: nothing answers")];
  }
  const limit = new Limit(atOnce);
  const asked = workloadsOf(context.declared).filter((one) => healthPathsOf(one).length > 0);
  const found = await Promise.all(
    asked.map((workload) =>
      attempt(`Health of ${nameOf(workload)}`, async () => {
        const pods = await reachablePods(context, workload);
        const answers = pods.flatMap((pod) =>
          healthPathsOf(workload).map(({ port, path }) =>
            limit.run(() =>
              probed(`${placeOf(pod)}${path}`, byHand(pod, port), () =>
                atPort(context, pod, port, async (site) => [
                  await probeHealth(site, placeOf(pod), path),
                ]),
              ),
            ),
          ),
        );
        return shortened(nameOf(workload), pods, (await Promise.all(answers)).flat());
      }),
    ),
  );
  return found.flat();
}

/** One line where all is well. */
function shortened(
  name: string,
  pods: readonly Pod[],
  findings: readonly Finding[],
): readonly Finding[] {
  if (findings.some(({ status }) => status !== "passed")) {
    return findings.filter(({ status }) => status !== "passed");
  }
  return [
    passed(
      `Health of ${name}`,
      `well, by ${count(findings.length, "answer")} of ${count(pods.length, "pod")}`,
    ),
  ];
}

/** What a person can do to see the same. */
function byHand({ metadata }: Pod, port: number): string {
  return `kubectl -n ${metadata.namespace ?? "default"} port-forward pod/${metadata.name} ${port}`;
}

/** The socket of Thunderline's pages, from the host that people use. */
export function liveView(context: ValidationContext): Promise<readonly Finding[]> {
  return ofWorkload(context, "thunderline", "web", "LiveView socket of web", async (web, pod) => {
    const environment = environmentOf(variablesOf(web), web.metadata.namespace ?? "", []);
    const host = environment.get("PHX_HOST") ?? "localhost";
    return atPort(context, pod, portOf(web, "http"), async (site) => [
      await probeLiveView(site, "web", host),
    ]);
  });
}

/** Livebook's page. */
export function livebook(context: ValidationContext): Promise<readonly Finding[]> {
  return ofWorkload(context, "thunderline", "livebook", "Livebook's page", (workload, pod) =>
    atPort(context, pod, portOf(workload, "http"), async (site) => [await probeLivebook(site)]),
  );
}

/** Page and API of each of FaultMaven's tracks. */
export async function faultmaven(context: ValidationContext): Promise<readonly Finding[]> {
  const tracks = workloadsOf(context.declared).filter(
    ({ metadata: { labels = {} } }) =>
      labels["app.kubernetes.io/part-of"] === "faultmaven" &&
      labels["app.kubernetes.io/component"] === "application",
  );
  const found = await Promise.all(
    tracks.map(({ metadata: { name } }) =>
      ofWorkload(context, "faultmaven", name, `Page and API of ${name}`, (workload, pod) =>
        atPort(context, pod, portOf(workload, "http"), (site) => probeFaultMaven(site, name)),
      ),
    ),
  );
  return found.flat();
}

/** A run of MLflow with an artefact, which is deleted again. */
export function mlflow(context: ValidationContext): Promise<readonly Finding[]> {
  const subject = "A run of MLflow with an artefact";
  return ofWorkload(context, "thunderline", "mlflow", subject, async (workload, pod) => {
    return writing(context, "mlflow", subject, () =>
      atPort(context, pod, portOf(workload, "http"), (site) => probeMlflow(site, context.now)),
    );
  });
}

/** A span that the collector accepts. */
export function collector(context: ValidationContext): Promise<readonly Finding[]> {
  const subject = "A span to the collector";
  return ofWorkload(context, "thunderline", "otelcol", subject, async (workload, pod) => {
    return writing(context, "collector", subject, () =>
      atPort(context, pod, portOf(workload, "otlp-http"), (otlp) =>
        atPort(context, pod, portOf(workload, "metrics"), async (metrics) => [
          await probeCollector({ otlp, metrics }),
        ]),
      ),
    );
  });
}

/** What Oban's table says of jobs that have run. */
export async function oban(context: ValidationContext): Promise<readonly Finding[]> {
  const worker = workloadsOf(context.declared).find(
    (one) =>
      systemOf(one) === "thunderline" &&
      variablesOf(one).some(({ name, value }) => name === "TL_ENABLE_OBAN" && value === "true"),
  );
  if (worker === undefined) return [];
  return attempt("Oban's jobs", async () => {
    requireReal(context);
    const { namespace = "" } = worker.metadata;
    const secrets = await context.live.list(kinds.secrets);
    const login = loginOfUrl(
      environmentOf(variablesOf(worker), namespace, secrets),
      "DATABASE_URL",
    );
    const logs = `kubectl -n ${namespace} logs deployment/${worker.metadata.name}`;
    return withDatabase(context, login, async (ask) => [
      await probeOban(ask, context.windowMs, logs),
    ]);
  });
}

/** Whether rows arrive from each of the streams, read by the role that dashboards read by. */
export async function streamRows(context: ValidationContext): Promise<readonly Finding[]> {
  const jobs = declaredOf(context.declared, kinds.jobs).filter(
    (job) => systemOf(job) === "telemetry",
  );
  if (jobs.length === 0) return [];
  const reader = jobs.find((job) => variablesOf(job).some(({ name }) => name === "READER_USER"));
  // Where there is no role that reads alone, the owner's has to do, in a session that cannot write.
  const source =
    reader ?? jobs.find(({ metadata }) => metadata.name.startsWith("timescaledb-migration-"));
  return attempt("Rows of the streams", async () => {
    requireReal(context);
    if (source === undefined) throw new Unchecked("the database is somebody else's");
    if (isStopped(context, source)) throw new Unchecked("the sink is stopped by its settings");
    const secrets = await context.live.list(kinds.secrets);
    const { namespace = "" } = source.metadata;
    const environment = new Map(environmentOf(variablesOf(source), namespace, secrets));
    if (reader !== undefined) {
      environment.set("PGUSER", environment.get("READER_USER") ?? "");
      environment.set("PGPASSWORD", environment.get("READER_PASSWORD") ?? "");
      environment.set("PGDATABASE", environment.get("DATABASE_NAME") ?? "");
    }
    return withDatabase(context, loginOfClient(environment), async (ask) => {
      const found: Finding[] = [];
      for (const stream of streams) found.push(await probeStream(ask, stream, context.windowMs));
      return found;
    });
  });
}

/** Whether what fills the database beside this job is meant to be at rest. */
function isStopped({ declared }: ValidationContext, { metadata }: Job): boolean {
  return declaredOf(declared, kinds.deployments).some(
    (one) =>
      one.metadata.namespace === metadata.namespace &&
      one.metadata.labels?.["app.kubernetes.io/component"] === "sink" &&
      one.spec?.replicas === 0,
  );
}

/** Without --apply nothing is written, and what only a writing can show stays open. */
async function writing(
  { writes, record }: ValidationContext,
  name: keyof typeof writings,
  subject: string,
  work: () => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const { what, why } = writings[name];
  if (writes) return record(what, why, work);
  return [open(subject, `not tried: it would ${what}`, "Run it again with --apply.")];
}

/** Before any Secret is opened: on simulated pods nothing could be asked with it. */
function requireReal({ simulated }: ValidationContext): void {
  if (simulated) throw new Unchecked("its pods are simulated: nothing answers in them");
}

/** The variables of an object's first container. */
export function variablesOf({ spec }: Workload | Job): readonly Variable[] {
  return spec?.template.spec?.containers[0]?.env ?? [];
}

export function systemOf({ metadata }: KubernetesObject): string | undefined {
  return metadata.labels?.["app.kubernetes.io/part-of"];
}

/** Looks at one pod of a workload of a system; nothing is found where the stack has no such workload. */
async function ofWorkload(
  context: ValidationContext,
  system: string,
  name: string,
  subject: string,
  work: (workload: Workload, pod: Pod) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  const workload = workloadsOf(context.declared).find(
    (one) => systemOf(one) === system && one.metadata.name === name,
  );
  if (workload === undefined) return [];
  return attempt(subject, async () => {
    const [pod] = await reachablePods(context, workload);
    if (pod === undefined) return [unchecked(subject, "no pod of it is ready")];
    const mend = `kubectl -n ${workload.metadata.namespace ?? "default"} logs ${pod.metadata.name}`;
    return probed(subject, mend, () => work(workload, pod));
  });
}
