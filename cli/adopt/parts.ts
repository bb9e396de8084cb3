import type { System } from "../restore/system";

/** The programs whose data can be taken over. */
export type Kind = "postgres" | "minio" | "redis" | "chromadb" | "mlflow" | "livebook";

/** A part of a system that keeps data on one volume. */
export interface Part {
  readonly kind: Kind;
  /** Where its settings are, below those of the system. */
  readonly setting: readonly string[];
}

/** Those of each system that lives in one namespace. */
export const parts: Readonly<Partial<Record<System, readonly Part[]>>> = {
  thunderline: [
    { kind: "postgres", setting: ["postgres"] },
    { kind: "minio", setting: ["objectStore"] },
    { kind: "mlflow", setting: ["mlflow"] },
    { kind: "livebook", setting: ["livebook"] },
  ],
  faultmaven: [
    { kind: "postgres", setting: ["postgres"] },
    { kind: "redis", setting: ["redis"] },
    { kind: "chromadb", setting: ["chromadb"] },
    { kind: "minio", setting: ["files", "objectStore"] },
  ],
  philotes: [
    { kind: "postgres", setting: ["postgres"] },
    { kind: "minio", setting: ["objectStore"] },
  ],
};

const images: readonly (readonly [Kind, RegExp])[] = [
  ["postgres", /(^|\/)(postgres|postgresql|pgvector|postgis|timescaledb)(-[a-z]+)?$/],
  ["minio", /(^|\/)minio$/],
  ["redis", /(^|\/)(redis|valkey)$/],
  ["chromadb", /(^|\/)chroma(db)?$/],
  ["mlflow", /(^|\/)mlflow$/],
  ["livebook", /(^|\/)livebook$/],
];

/** What an image runs, by its name; undefined where it is none of these. */
export function kindOf(image: string): Kind | undefined {
  const { repository } = splitImage(image);
  return images.find(([, name]) => name.test(repository))?.[0];
}

/** `docker.io/pgvector/pgvector` and `0.8.0-pg16`. */
export function splitImage(image: string): { readonly repository: string; readonly tag: string } {
  const [name = ""] = image.split("@");
  const colon = name.lastIndexOf(":");
  return colon > name.lastIndexOf("/")
    ? { repository: name.slice(0, colon), tag: name.slice(colon + 1) }
    : { repository: name, tag: "" };
}

/** PostgreSQL's major version: `16` of `16.4-alpine`, and of `0.8.0-pg16`. */
export function postgresMajor(image: string): number | undefined {
  const { repository, tag } = splitImage(image);
  const found = /(?:^|-)pg(\d+)/.exec(tag) ?? /^v?(\d+)/.exec(tag);
  const isPlain = /(^|\/)postgres(ql)?$/.test(repository);
  if (found?.[1] === undefined || (!isPlain && !/pg\d/.test(tag))) return undefined;
  return Number(found[1]);
}
