/** Proves of the workflows what no linter asks: pinned actions, least rights, and steps that there are. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { Command } from "commander";
import { parse } from "yaml";

import { applyJob, applyWorkflow, hostOf } from "../../../cli/ci/run-host";
import { addCi } from "../../../cli/commands/ci";

interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
}
interface Job {
  readonly name?: string;
  readonly uses?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: string;
  readonly needs?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly name: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const repository = join(__dirname, "../../..");
const folder = join(repository, ".github/workflows");
const files = readdirSync(folder).map((name) => {
  const text = readFileSync(join(folder, name), "utf8");
  return { name, text, workflow: parse(text) as Workflow };
});
const action = readFileSync(join(repository, ".github/actions/setup/action.yml"), "utf8");
const jobs = files.flatMap(({ name, workflow }) =>
  Object.entries(workflow.jobs).map(([job, content]) => ({
    where: `${name} ${job}`,
    job: content,
  })),
);
const steps = [
  ...jobs.flatMap(({ where, job }) => (job.steps ?? []).map((step) => ({ where, step }))),
  ...(parse(action) as { runs: { steps: Step[] } }).runs.steps.map((step) => ({
    where: "setup",
    step,
  })),
];

it("every action of others is pinned to a commit, with its version beside it", () => {
  const uses = [...files.map(({ text }) => text), action].flatMap((text) =>
    [...text.matchAll(/uses: (.*)$/gm)].map(([, what = ""]) => what),
  );
  const others = uses.filter((what) => !what.startsWith("./"));
  expect(others.length).toBeGreaterThan(0);
  expect(
    others.filter((what) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(what)),
  ).toEqual([]);
});

it("one action has one commit everywhere", () => {
  const commits = new Map<string, Set<string>>();
  for (const { step } of steps) {
    const [name = "", commit] = (step.uses ?? "").split("@");
    if (commit !== undefined) commits.set(name, (commits.get(name) ?? new Set()).add(commit));
  }
  expect([...commits].filter(([, found]) => found.size > 1)).toEqual([]);
});

it("no workflow has a right by itself, and each job names its own", () => {
  expect(
    files.filter(({ workflow }) => Object.keys(workflow.permissions ?? { all: 1 }).length > 0),
  ).toEqual([]);
  expect(jobs.filter(({ job }) => job.permissions === undefined)).toEqual([]);
});

it("each right to write is known", () => {
  const writing = jobs.flatMap(({ where, job }) =>
    Object.entries(job.permissions ?? {})
      .filter(([, right]) => right !== "read")
      .map(([what]) => `${where}: ${what}`),
  );
  expect(writing).toEqual(["drift.yml issue: issues", "review-comment.yml comment: pull-requests"]);
});

it("each job that runs has an end", () => {
  const endless = jobs.filter(({ job }) => job.uses === undefined && !job["timeout-minutes"]);
  expect(endless).toEqual([]);
});

it("no text from outside is written into a script", () => {
  expect(steps.filter(({ step }) => step.run?.includes("${{"))).toEqual([]);
});

it("no checkout leaves its token behind", () => {
  const checkouts = steps.filter(({ step }) => step.uses?.startsWith("actions/checkout@"));
  expect(checkouts.length).toBeGreaterThan(0);
  expect(checkouts.filter(({ step }) => step.with?.["persist-credentials"] !== false)).toEqual([]);
});

describe("a workflow that runs a pull request's own code", () => {
  const open = files.filter(({ workflow }) => "pull_request" in workflow.on);

  it("is there", () => {
    expect(open.map(({ name }) => name)).toEqual(["checks.yml"]);
  });

  it("has no secret, no environment and no right but to read", () => {
    expect(
      open.filter(({ text }) => /secrets\.|github\.token|environment:|: write/.test(text)),
    ).toEqual([]);
  });

  it("never has the rights of the base", () => {
    expect(files.filter(({ text }) => text.includes("pull_request_target"))).toEqual([]);
  });
});

it("what has the comment's token checks out nothing of a pull request", () => {
  const { workflow } = files.find(({ name }) => name === "review-comment.yml")!;
  const [checkout] = workflow.jobs.comment!.steps!;
  expect(checkout?.with?.ref).toBe("${{ github.event.repository.default_branch }}");
});

/** Whether a step can write to GitHub or read from it, beyond what a checkout does. */
const hasToken = ({ env = {}, with: given = {} }: Step): boolean =>
  env.GITHUB_TOKEN !== undefined || "github-token" in given;

describe("a job with the credentials of a cluster", () => {
  const isCredentials = ({ run }: Step): boolean => run?.includes("ci -- credentials") === true;
  const able = jobs.filter(({ job }) => (job.steps ?? []).some(isCredentials));

  it("is known", () => {
    expect(able.map(({ where }) => where)).toEqual([
      ...["apply-stack.yml apply", "apply.yml review", "drift.yml look"],
      "restore-drill.yml newest-backups",
    ]);
  });

  it("has no right to write on GitHub", () => {
    expect(
      able.filter(({ job }) => Object.values(job.permissions ?? {}).some((one) => one !== "read")),
    ).toEqual([]);
  });

  // They are in the environment of each step that follows.
  it("has no step with a token of GitHub once they are there", () => {
    const later = able.flatMap(({ job: { steps: all = [] } }) =>
      all.slice(all.findIndex(isCredentials)),
    );
    expect(later.length).toBeGreaterThan(able.length);
    expect(later.filter(hasToken)).toEqual([]);
  });
});

it("no step has a token of GitHub and the state of a stack but the one that needs both", () => {
  const both = steps.filter(({ step }) => hasToken(step) && step.env?.PULUMI_BACKEND_URL);
  expect(both.map(({ step }) => step.run)).toEqual(['npm run ci -- unlock --stack "$STACK"']);
});

it("every command of ours that a step runs is there", () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
    scripts: Record<string, string>;
  };
  const program = new Command();
  addCi(program);
  const known = program.commands[0]!.commands.map((command) => command.name());
  const texts = steps.map(({ step }) => step.run ?? "").join("\n");
  const layers = ["unit", "engine", "cluster", "data"].map((layer) => `test:${layer}`);
  const called = [...texts.matchAll(/npm run "?([\w:$]+)/g)].flatMap(([, name = ""]) =>
    name === "test:$LAYER" ? layers : [name],
  );
  expect([...new Set(called)].filter((name) => scripts[name] === undefined)).toEqual([]);
  const subcommands = [...texts.matchAll(/npm run ci -- ([\w-]+)/g)].map(([, name = ""]) => name);
  expect([...new Set(subcommands)].sort()).toEqual([...known].sort());
});

it("the jobs that take locks are looked for where they are", () => {
  const { workflow } = files.find(({ name }) => `.github/workflows/${name}` === applyWorkflow)!;
  const calling = Object.entries(workflow.jobs).filter(([, job]) => job.uses !== undefined);
  expect(calling.map(([name]) => name)).toEqual(["dev", "staging", "prod"]);
  const [called] = Object.values(
    files.find(({ name }) => name === "apply-stack.yml")!.workflow.jobs,
  );
  for (const [name, job] of calling) {
    expect(job.with?.stack).toBe(name);
    expect(applyJob(name)).toBe(`${name} / ${called?.name ?? ""}`);
  }
});

describe("main is applied", () => {
  const { jobs: applied } = files.find(({ name }) => name === "apply.yml")!.workflow;
  const [stack] = Object.values(
    files.find(({ name }) => name === "apply-stack.yml")!.workflow.jobs,
  );

  it("to one stack after the other, and to prod after its review", () => {
    const order = Object.entries(applied).map(([name, { needs }]) => [name, needs]);
    expect(order).toEqual([
      ["dev", undefined],
      ["staging", "dev"],
      ["review", "staging"],
      ["prod", "review"],
    ]);
  });

  it("with the review that was made before the approval", () => {
    const kept = applied.review?.steps?.find(({ uses }) => uses?.includes("upload-artifact"));
    expect(applied.prod?.with).toEqual({ stack: "prod", reviewed: kept?.with?.name });
    expect(applied.review?.environment).toBe("prod-read");
  });

  it("one at a time for each stack, and never cut short by the next", () => {
    expect(stack).toMatchObject({
      environment: "${{ inputs.stack }}",
      concurrency: { group: "apply-${{ inputs.stack }}", "cancel-in-progress": false },
    });
  });

  it("after its machine has a name by which a lock is known to be its own", () => {
    const runs = (stack?.steps ?? []).map(({ run = "", uses = "" }) => run || uses.split("@")[0]);
    const place = (part: string): number => runs.findIndex((one) => one?.includes(part));
    const [run, attempt] = ["$GITHUB_RUN_ID", "$GITHUB_RUN_ATTEMPT"] as const;
    const named = place(`sudo hostname "${hostOf({ run, attempt, stack: "$STACK" })}"`);
    expect(named).toBeGreaterThan(0);
    expect(named).toBeLessThan(place("ci -- unlock"));
    expect(place("ci -- forward")).toBeLessThan(place("ci -- unlock"));
    expect(place("ci -- unlock")).toBeLessThan(place("npm run apply"));
    expect(place("ci -- credentials")).toBeLessThan(place("npm run preflight"));
    expect(runs.at(-1)).toContain("--mine");
  });

  it("to prod after a preflight without the rights of the identity that only reads, and one with the deployer's", () => {
    const preflights = (job: Job | undefined): string[] =>
      (job?.steps ?? []).flatMap(({ run }) => (run?.includes("npm run preflight") ? [run] : []));
    expect(preflights(applied.review)).toEqual(["npm run preflight -- --stack prod --skip rights"]);
    expect(preflights(stack)).toEqual(['npm run preflight -- --stack "$STACK"']);
  });
});
