import { failed, type Finding, passed, unchecked } from "../../preflight/model";
import { ask, askJson, excerpt, NoAnswer, type Site } from "./http";

/** The experiments of a probe have this name, and the time. Those that a run left behind are known by it. */
export const experimentPrefix = "platform-validate-";

interface Run {
  readonly info: { readonly run_id: string; readonly artifact_uri: string };
  readonly data?: {
    readonly metrics?: readonly { readonly key: string; readonly value: number }[];
  };
}

interface Experiment {
  readonly experiment_id: string;
  readonly name: string;
}

const artifactSubject = "An artefact of MLflow";
const metric = { key: "probe", value: 0.25 };
const artefact = "probe.txt";

/**
 * Records a run with a metric and an artefact in an experiment of its own, reads both back, and deletes
 * the artefact, the run and the experiment; also those of a probe that was cut off. Deleted runs stay in
 * MLflow's trash until `mlflow gc`.
 */
export async function probeMlflow(site: Site, now: Date): Promise<readonly Finding[]> {
  await removeLeftovers(site);
  const name = `${experimentPrefix}${now.toISOString().replace(/[-:]|\.\d+/g, "")}`;
  const { experiment_id } = await api<{ experiment_id: string }>(site, "experiments/create", {
    name,
  });
  try {
    const { run } = await api<{ run: Run }>(site, "runs/create", {
      experiment_id,
      run_name: name,
      start_time: now.getTime(),
    });
    return await roundTrip(site, run, now);
  } finally {
    await api(site, "experiments/delete", { experiment_id });
  }
}

async function roundTrip(site: Site, run: Run, now: Date): Promise<readonly Finding[]> {
  const { run_id, artifact_uri } = run.info;
  await api(site, "runs/log-metric", { run_id, ...metric, timestamp: now.getTime(), step: 0 });
  await api(site, "runs/update", { run_id, status: "FINISHED", end_time: now.getTime() });
  const read = await api<{ run: Run }>(site, `runs/get?run_id=${encodeURIComponent(run_id)}`);
  const value = read.run.data?.metrics?.find(({ key }) => key === metric.key)?.value;
  const subject = "A run of MLflow";
  const recorded =
    value === metric.value
      ? passed(subject, "recorded with a metric, read back, and deleted")
      : failed(subject, `recorded, and its metric is read back as ${value ?? "none"}`, site.logs);
  const artifacts = await artifactFinding(site, artifact_uri, run_id).catch((error: unknown) => {
    // A store out of reach keeps the server from answering; the run is there all the same.
    if (error instanceof NoAnswer) return failed(artifactSubject, error.message, storeMend(site));
    throw error;
  });
  await api(site, "runs/delete", { run_id });
  return [recorded, artifacts];
}

/** Clients have no key of the object store: what goes past the server, nobody here can write. */
async function artifactFinding(site: Site, uri: string, content: string): Promise<Finding> {
  const subject = artifactSubject;
  const folder = /^mlflow-artifacts:\/+(.*)$/.exec(uri)?.[1];
  if (folder === undefined) {
    const evidence = `the server hands none on: clients write to ${uri.split(":")[0] ?? ""} themselves`;
    return unchecked(subject, evidence);
  }
  const path = `/api/2.0/mlflow-artifacts/artifacts/${folder}/${artefact}`;
  const headers = { "content-type": "text/plain" };
  const put = await ask(site, { method: "PUT", path, headers, body: content });
  if (put.status < 200 || put.status >= 300) {
    return failed(
      subject,
      `it is refused with ${put.status}: ${excerpt(put.body)}`,
      storeMend(site),
    );
  }
  const got = await ask(site, { path });
  const removed = await ask(site, { method: "DELETE", path });
  if (got.status !== 200 || got.body !== content) {
    return failed(
      subject,
      `written, and read back with ${got.status} as something else`,
      site.logs,
    );
  }
  const isGone = removed.status >= 200 && removed.status < 300;
  return isGone
    ? passed(subject, "written through the server, read back, and deleted")
    : failed(
        subject,
        `written and read back, but deleting it is refused with ${removed.status}`,
        site.logs,
      );
}

const storeMend = ({ logs }: Site): string =>
  `Does the object store answer, with this bucket and key? ${logs}`;

async function removeLeftovers(site: Site): Promise<void> {
  const { experiments = [] } = await api<{ experiments?: readonly Experiment[] }>(
    site,
    "experiments/search",
    { max_results: 100, filter: `name LIKE '${experimentPrefix}%'` },
  );
  for (const { experiment_id, name } of experiments) {
    if (name.startsWith(experimentPrefix)) {
      await api(site, "experiments/delete", { experiment_id });
    }
  }
}

/** MLflow's own API. Its refusals tell of no secret. */
function api<T>(site: Site, path: string, value?: object): Promise<T> {
  return askJson<T>(site, {
    path: `/api/2.0/mlflow/${path}`,
    ...(value === undefined ? {} : { method: "POST" as const, value }),
  });
}
