import type { HelmRelease } from "../../helm";
import { commandText } from "../command-text";
import { maskedText, maskedValues } from "../mask";
import { type Audit, countsOf } from "../model";
import type { Workload } from "../workload";

/** A release as it may be shown: no record, and values without what is secret. */
export interface ReleaseRow {
  readonly name: string;
  readonly namespace: string;
  readonly chart: string;
  readonly chartVersion: string;
  readonly appVersion?: string;
  readonly revision: number;
  readonly status: string;
  readonly deployedAt?: string;
  readonly deprecated: boolean;
  /** What was set on top of the chart's own values. */
  readonly values: unknown;
}

/** A workload as it may be shown. */
export type WorkloadRow = Pick<
  Workload,
  "namespace" | "kind" | "name" | "owner" | "release" | "state" | "desired" | "ready"
> & { readonly images: readonly string[] };

export function releaseRow(release: HelmRelease): ReleaseRow {
  const { name, namespace, chart, chartVersion, appVersion, revision } = release;
  const { status, deployedAt, deprecated, values } = release;
  return {
    ...{ name, namespace, chart, chartVersion },
    ...(appVersion === undefined ? {} : { appVersion }),
    ...{ revision, status },
    ...(deployedAt === undefined ? {} : { deployedAt }),
    deprecated,
    values: maskedValues(values),
  };
}

export function workloadRow(workload: Workload): WorkloadRow {
  const { namespace, kind, name, owner, release, state, desired, ready, podSpec } = workload;
  return {
    ...{ namespace, kind, name, owner },
    ...(release === undefined ? {} : { release }),
    state,
    ...(desired === undefined ? {} : { desired }),
    ready,
    images: podSpec.containers.map(({ image = "" }) => maskedText(image)),
  };
}

/** An audit for programs. */
export function auditData({ context, at, inventory, findings }: Audit): object {
  return {
    ...{ context, at, counts: countsOf(findings) },
    findings: findings.map(({ mend, ...finding }) => ({
      ...finding,
      mend: { text: mend.text, commands: mend.commands.map(commandText) },
    })),
    releases: inventory.releases.map(releaseRow),
    workloads: inventory.workloads.map(workloadRow),
  };
}
