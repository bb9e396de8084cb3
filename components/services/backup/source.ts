import type { Claim } from "../../kubernetes/claim";
import { scriptText } from "../../kubernetes/config-files";
import type { Connection } from "../../kubernetes/connection";
import type { Env } from "../../kubernetes/env";
import type { Mount } from "../../kubernetes/pod";

/** A store that is there to be backed up, as a job finds it. */
export interface BackupSource {
  readonly kind: StoreKind;
  /** Has the programs that the scripts call. @default the image that the store's settings name for it */
  readonly image?: string;
  /** The store's own number: what is on its volume belongs to it. */
  readonly runAsUser: number;
  /** The store's own volume, of which snapshots are made. */
  readonly volume: Claim;
  readonly env?: Env;
  readonly connections?: readonly Connection[];
  readonly mounts?: readonly Mount[];
  /** The workloads that hold a volume of one node, which the job mounts as well. */
  readonly beside?: readonly string[];
}

/** What knows how to dump, check and restore a store of each kind: the script, and what lies beside it. */
const scripts = {
  chromadb: ["chromadb.sh", "chromadb.py"],
  files: ["files.sh", "files.py"],
  objects: ["objects.sh"],
  postgres: ["postgres.sh"],
  redis: ["redis.sh"],
  sqlite: ["sqlite.sh", "sqlite.py"],
} as const;

const common = ["take.sh", "list.sh", "restore.sh", "supervise.sh"];

export type StoreKind = keyof typeof scripts;

/** The scripts of a backup under the names by which they call each other. */
export function backupScripts(
  kind: StoreKind,
  target: "claim" | "object-store",
): Readonly<Record<string, string>> {
  const [store, ...helpers] = scripts[kind];
  const files = {
    "store.sh": store,
    "target.sh": `target-${target}.sh`,
    ...Object.fromEntries([...common, ...helpers].map((n) => [n, n])),
  };
  return Object.fromEntries(
    Object.entries(files).map(([name, file]) => [name, scriptText(__dirname, file)]),
  );
}
