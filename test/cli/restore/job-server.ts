import type { Kubectl } from "../../../cli/cluster";
import { ChildFailure } from "../../../cli/process";
import type { Job } from "../../../cli/restore/objects";

type Verb = "create" | "get" | "patch" | "delete";

/** A request that fails: before the API server has taken it, or after, when only its answer is lost. */
export interface Failure {
  readonly verb: Verb;
  readonly taken: boolean;
}

/** Jobs as an API server keeps them: one of a name, each with an identity, changed on conditions. */
export class JobServer {
  readonly jobs = new Map<string, Job>();
  readonly failures: Failure[] = [];
  /** What happens on the cluster just before the next request of a kind. */
  readonly before = new Map<Verb, () => void>();
  /** What the container of every Job that has ended wrote; it ends with 0. */
  log = "";
  #count = 0;

  /** A Job that is there, as if somebody had made it. */
  add(job: Job): Job {
    this.#count += 1;
    const identity = { uid: `uid-${this.#count}`, resourceVersion: `${this.#count}` };
    const made: Job = { ...job, metadata: { ...job.metadata, ...identity } };
    this.jobs.set(job.metadata.name, made);
    return made;
  }

  readonly kubectl: Kubectl = async (args, input) => {
    const verb = args[0] as Verb;
    const event = this.before.get(verb);
    this.before.delete(verb);
    event?.();
    const failure = this.failures.find((one) => one.verb === verb);
    if (failure?.taken === false) throw fault(verb, "Unable to connect to the server");
    const answer = this.#answer(args, input);
    if (failure !== undefined) throw fault(verb, "context deadline exceeded");
    return answer;
  };

  #answer([verb = "", what = "", name = "", ...more]: readonly string[], input = ""): string {
    if (verb === "get" && what === "pods") return JSON.stringify({ items: [ended] });
    if (verb === "logs") return this.log;
    if (verb === "get" && what === "jobs.batch") {
      return JSON.stringify({ items: [...this.jobs.values()] });
    }
    if (verb === "get") {
      const job = this.jobs.get(name);
      if (job === undefined && !more.includes("--ignore-not-found")) throw notFound(verb);
      return job === undefined ? "" : JSON.stringify(job);
    }
    if (verb === "create") {
      const job = JSON.parse(input) as Job;
      if (this.jobs.has(job.metadata.name)) throw fault(verb, "(AlreadyExists): already exists");
      return JSON.stringify(this.add(job));
    }
    if (verb === "patch") return this.#patch(name, more);
    if (verb === "delete") return this.#delete(name, input);
    throw new Error(`nobody expected ${verb} ${what} ${name}`);
  }

  #patch(name: string, args: readonly string[]): string {
    const job = this.jobs.get(name);
    if (job === undefined) throw notFound("patch");
    const { metadata, spec } = JSON.parse(args.at(-1) ?? "") as Pick<Job, "metadata" | "spec">;
    if (metadata.uid !== job.metadata.uid) throw conflict("patch");
    this.jobs.set(name, { ...job, spec: { ...job.spec, ...spec } });
    return "";
  }

  #delete(path: string, input: string): string {
    const name = path.split("/").at(-1) ?? "";
    const job = this.jobs.get(name);
    if (job === undefined) throw notFound("delete");
    const { preconditions } = JSON.parse(input) as { preconditions: Record<string, string> };
    const { uid, resourceVersion } = { ...job.metadata, ...preconditions };
    if (uid !== job.metadata.uid || resourceVersion !== job.metadata.resourceVersion) {
      throw conflict("delete");
    }
    this.jobs.delete(name);
    return "";
  }
}

const ended = {
  kind: "Pod",
  metadata: { name: "pod", namespace: "acme" },
  spec: { containers: [] },
  status: { containerStatuses: [{ name: "one", state: { terminated: { exitCode: 0 } } }] },
};

function fault(verb: string, output: string): ChildFailure {
  return new ChildFailure(`kubectl ${verb}`, 1, `Error from server ${output}`);
}

const notFound = (verb: string): ChildFailure => fault(verb, "(NotFound): not found");
const conflict = (verb: string): ChildFailure => fault(verb, "(Conflict): Precondition failed");
