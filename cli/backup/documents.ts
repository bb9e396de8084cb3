import { parseAllDocuments, stringify } from "yaml";

import type { HelmRelease } from "../helm";
import type { KubernetesObject } from "../kubernetes";
import { Damaged } from "./age";

/** A release as it is kept: `values` is what was set, `record` all that Helm has written down. */
export interface KeptRelease {
  readonly name: string;
  readonly namespace: string;
  readonly revision: number;
  readonly status: string;
  readonly chart: string;
  readonly values: unknown;
  readonly record: unknown;
}

/** kubectl reads YAML 1.1, in which a bare `off` is no text. */
const yamlOfKubernetes = { version: "1.1", lineWidth: 0, aliasDuplicateObjects: false } as const;

/** Objects as one text, which `kubectl apply --filename -` takes. */
export function documentsOf(objects: readonly object[]): string {
  return objects.map((one) => `---\n${stringify(one, yamlOfKubernetes)}`).join("");
}

export function releaseDocument(release: HelmRelease): KeptRelease {
  const { name, namespace, revision, status, chart, values, record } = release;
  return { name, namespace, revision, status, chart, values, record };
}

/**
 * Reads them back.
 *
 * @throws Damaged where one of them is no YAML
 */
export function documentsIn(text: string): readonly unknown[] {
  const all = parseAllDocuments(text, yamlOfKubernetes);
  if (!Array.isArray(all)) return [];
  return all.map((document, index) => {
    const [fault] = document.errors;
    if (fault !== undefined) {
      throw new Damaged(`document ${String(index + 1)} is no YAML: ${fault.message}`);
    }
    return document.toJS({ maxAliasCount: 0 }) as unknown;
  });
}

/** @throws Damaged where one of them is no object */
export function objectsOf(text: string): readonly KubernetesObject[] {
  return documentsIn(text).map((one, index) => {
    const { apiVersion, kind, metadata } = (one ?? {}) as Partial<KubernetesObject>;
    if (apiVersion === undefined || kind === undefined || metadata?.name === undefined) {
      throw new Damaged(`document ${String(index + 1)} is no object`);
    }
    return one as KubernetesObject;
  });
}

/** `Deployment web`, as the manifest lists it; of another namespace with that. */
export function shortName({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.name}`;
}
