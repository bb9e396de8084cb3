import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { Component } from "../component";
import { shortHash } from "../hash";
import { type Labels, nameLabel, objectLabels, selectorLabels } from "../labels";
import { grant } from "./api-access";
import { connect } from "./connection";
import { exception } from "./exception";
import { type PodArgs, podDependencies, podTemplate } from "./pod";

interface BatchArgs extends PodArgs {
  /** Seconds until a run that does not end is ended. */
  readonly deadlineSeconds: number;
  /** Failed pods until a run counts as failed. @default 3 */
  readonly retries?: number;
}

export interface OneShotJobArgs extends BatchArgs {
  /**
   * Whether an update waits for the end, and makes a run that failed anew. Off, a run that takes hours
   * holds nothing up, and a failed one stays as it is until its content changes. @default true
   */
  readonly awaited?: boolean;
}

export interface ScheduledJobArgs extends BatchArgs {
  /** Five cron fields, in UTC. */
  readonly schedule: string;
  readonly suspended: boolean;
  /** Of the CronJob, for programs that look for it. */
  readonly annotations?: Labels;
  /** The store of which a run makes a copy, so that people are told when the newest is too old. */
  readonly backupOf?: string;
  /**
   * The workloads on whose node it has to run, by name: a volume of one node is mounted by several
   * pods only there. One of them has to be up.
   */
  readonly beside?: readonly string[];
}

const tokens = ["OneShotJob", "ScheduledJob"] as const;

/**
 * What all programs that end have in common: an account, their connections, and a bounded run. One
 * kind of job may become the other: account and policies then stay the same resources, or the removal
 * of the old ones would take the new ones of the same name with it.
 */
abstract class Batch extends Component {
  protected readonly dependencies: readonly pulumi.Resource[];

  protected constructor(
    token: (typeof tokens)[number],
    name: string,
    args: BatchArgs,
    opts: pulumi.ComponentResourceOptions,
  ) {
    const aliases = tokens
      .filter((other) => other !== token)
      .map((other) => ({ type: `platform:kubernetes:${other}` }));
    super(`kubernetes:${token}`, name, pulumi.mergeOptions(opts, { aliases }));
    const { scope } = args;
    const labels = selectorLabels(scope, args.name);
    const account = new k8s.core.v1.ServiceAccount(
      this.child(),
      {
        metadata: {
          name: args.name,
          namespace: scope.namespace,
          labels: objectLabels(scope, args.name),
        },
        automountServiceAccountToken: false,
      },
      this.childOptions(scope.exists),
    );
    const side = { scope, name: args.name, labels, opts: this.childOptions(scope.exists) };
    const paths = (args.connections ?? []).flatMap((connection) =>
      connect(side, this.child(), connection.to),
    );
    const granted =
      args.apiAccess === undefined
        ? []
        : grant(
            this.child(),
            { scope, name: args.name, access: args.apiAccess },
            this.childOptions([...scope.exists, account]),
          );
    this.dependencies = [...podDependencies(args), account, ...granted, ...paths];
  }
}

/**
 * A program that runs once for each content: its name follows from all that it is, so the same
 * content never runs again and another one always does. No TTL removes it, because a Job that is
 * gone would be made, and run, again. Whoever depends on it waits until it has succeeded.
 */
export class OneShotJob extends Batch {
  /** The finished Job. */
  readonly done: readonly pulumi.Resource[];

  constructor(name: string, args: OneShotJobArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("OneShotJob", name, args, opts);
    const spec = jobSpec(args);
    const job = new k8s.batch.v1.Job(
      this.child(),
      {
        metadata: {
          name: `${args.name}-${shortHash(spec)}`,
          namespace: args.scope.namespace,
          labels: objectLabels(args.scope, args.name, args.image),
          annotations: {
            "kubernetes.io/description": args.description,
            ...(args.awaited === false ? unawaited : retried),
            ...tokenException(args),
          },
        },
        spec,
      },
      {
        ...this.childOptions(this.dependencies),
        // The provider's own ten minutes would give up on a migration that is still at work.
        customTimeouts: { create: `${args.deadlineSeconds + 60}s` },
      },
    );
    args.scope.inventory.jobs.push(args.name);
    this.done = [job];
    this.registerOutputs();
  }
}

/** A run that failed is made anew by the next update instead of standing in its way. */
const retried = { "pulumi.com/replaceUnready": "true" };

const unawaited = {
  "pulumi.com/skipAwait": "true",
  ...exception("wait-skipped-with-reason", "it takes hours, and nothing waits for it"),
};

function tokenException({ apiAccess }: BatchArgs): Labels {
  if (apiAccess === undefined) return {};
  const { resource, verbs } = apiAccess;
  const reason = `it may ${verbs.join(" and ")} ${resource} of its namespace, and nothing else`;
  return exception("no-service-account-token", reason);
}

/** A program that runs by the clock, one run at a time. */
export class ScheduledJob extends Batch {
  constructor(name: string, args: ScheduledJobArgs, opts: pulumi.ComponentResourceOptions = {}) {
    super("ScheduledJob", name, args, opts);
    new k8s.batch.v1.CronJob(
      this.child(),
      {
        metadata: {
          name: args.name,
          namespace: args.scope.namespace,
          labels: objectLabels(args.scope, args.name, args.image),
          annotations: {
            ...args.annotations,
            "kubernetes.io/description": args.description,
            ...tokenException(args),
          },
        },
        spec: {
          schedule: args.schedule,
          timeZone: "Etc/UTC",
          // A run that was missed, as during an upgrade of the cluster, is made up for within an hour.
          startingDeadlineSeconds: 3600,
          suspend: args.suspended,
          concurrencyPolicy: "Forbid",
          successfulJobsHistoryLimit: 3,
          failedJobsHistoryLimit: 3,
          jobTemplate: { spec: jobSpec(args, onNodeOf(args.beside)) },
        },
      },
      this.childOptions(this.dependencies),
    );
    const { schedule, suspended, backupOf } = args;
    args.scope.inventory.schedules.push({ name: args.name, schedule, suspended, backupOf });
    this.registerOutputs();
  }
}

/** Any of several, because which of them is up may be a setting, as with two tracks of releases. */
function onNodeOf(workloads: readonly string[] = []): Partial<k8s.types.input.core.v1.PodSpec> {
  if (workloads.length === 0) return {};
  const labelSelector = {
    matchExpressions: [{ key: nameLabel, operator: "In", values: [...workloads] }],
  };
  const term = { topologyKey: "kubernetes.io/hostname", labelSelector };
  return { affinity: { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } } };
}

function jobSpec(
  args: BatchArgs,
  spec: Partial<k8s.types.input.core.v1.PodSpec> = {},
): k8s.types.input.batch.v1.JobSpec {
  return {
    backoffLimit: args.retries ?? 3,
    activeDeadlineSeconds: args.deadlineSeconds,
    template: podTemplate(args, undefined, { restartPolicy: "Never", ...spec }),
  };
}
