import { gunzipSync, gzipSync } from "node:zlib";

import { parseAllDocuments } from "yaml";

import { UserError } from "../errors";
import type { KubernetesObject } from "../kubernetes/kinds";

/** What Helm keeps in each record of a release, as far as it is read here. */
export interface HelmRecord {
  readonly name: string;
  readonly namespace: string;
  /** The revision. */
  readonly version: number;
  readonly info?: {
    readonly status?: string;
    readonly first_deployed?: string;
    readonly last_deployed?: string;
    readonly deleted?: string;
    readonly description?: string;
  };
  readonly chart?: {
    readonly metadata?: {
      readonly name?: string;
      readonly version?: string;
      readonly appVersion?: string;
      readonly deprecated?: boolean;
    };
    /** The chart's own values. */
    readonly values?: unknown;
  };
  /** What was set on top of the chart's own values. May hold secrets. */
  readonly config?: unknown;
  readonly manifest?: string;
  readonly hooks?: readonly { readonly manifest?: string; readonly events?: readonly string[] }[];
  readonly [field: string]: unknown;
}

/** What is kept as a record of Helm's, and is none that can be read. */
export class UnreadableRecord extends UserError {
  constructor(secretName: string) {
    super(
      `Secret ${secretName} is no record of a release that can be read.`,
      "Does `helm status` read it? This command reads the records of Helm 3.",
    );
    this.name = "UnreadableRecord";
  }
}

/**
 * Helm's record: JSON, compressed, in base64, which Kubernetes puts in base64 once more.
 *
 * @throws UnreadableRecord where it cannot be read
 */
export function decodeRecord(secretName: string, data: string): HelmRecord {
  try {
    const packed = Buffer.from(Buffer.from(data, "base64").toString("latin1"), "base64");
    const isCompressed = packed[0] === 0x1f && packed[1] === 0x8b;
    const text = (isCompressed ? gunzipSync(packed) : packed).toString("utf8");
    const record = JSON.parse(text) as unknown;
    if (isRecord(record)) return record;
  } catch {
    // Told below, as what can be read and is no record.
  }
  throw new UnreadableRecord(secretName);
}

function isRecord(value: unknown): value is HelmRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A record as Helm writes it. */
export function encodeRecord(record: HelmRecord): string {
  const packed = gzipSync(Buffer.from(JSON.stringify(record), "utf8")).toString("base64");
  return Buffer.from(packed, "latin1").toString("base64");
}

/** The objects of a manifest, and those of its lists. What has no metadata is none. */
export function objectsIn(manifest: string): readonly KubernetesObject[] {
  return parseAllDocuments(manifest).flatMap((document) => unfolded(document.toJS()));
}

function unfolded(value: unknown): readonly KubernetesObject[] {
  const { kind, items, metadata } = (value ?? {}) as {
    readonly kind?: unknown;
    readonly items?: unknown;
    readonly metadata?: unknown;
  };
  if (kind === "List") return Array.isArray(items) ? items.flatMap(unfolded) : [];
  return typeof metadata === "object" && metadata !== null ? [value as KubernetesObject] : [];
}
