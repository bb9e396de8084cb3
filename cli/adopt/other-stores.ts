import { givenAs, plainValue } from "./credentials";
import { splitImage } from "./parts";
import {
  byDump,
  type Case,
  existing,
  folderInVolume,
  isSame,
  refused,
  runsAs,
  type Setting,
  userSetting,
  type Verdict,
} from "./verdict";

/** Whether our MinIO can serve the volume of the old one: ours has its data in the volume itself. */
export function judgeMinio(it: Case): Verdict {
  const { container, pod } = it.user;
  const folder = servedFolder(it);
  const unfit = elsewhere(it, folder) ?? newer(it, releaseDay) ?? oldFormat(it);
  if (unfit !== undefined) return unfit;
  const root = givenAs(["MINIO_ROOT_PASSWORD", "MINIO_SECRET_KEY"], container, pod, it.keys);
  const rootUser = givenAs(["MINIO_ROOT_USER", "MINIO_ACCESS_KEY"], container, pod, it.keys);
  const access = ofClients(it, ["MINIO_ACCESS_KEY", "AWS_ACCESS_KEY_ID"]);
  const secret = ofClients(it, ["MINIO_SECRET_KEY", "AWS_SECRET_ACCESS_KEY"]);
  const bucket = it.clients
    .flatMap(({ spec }) => spec.template.spec.containers)
    .flatMap((client) => ["MINIO_BUCKET", "S3_BUCKET"].map((name) => plainValue(client, name)))
    .find((value) => value !== undefined);
  const ownKeys =
    access.from === "secret" && secret.from === "secret" && !isSame(access, rootUser)
      ? [
          { path: ["accessKey"], value: existing(access.at), must: false },
          { path: ["secretKey"], value: existing(secret.at), must: false },
        ]
      : [];
  return {
    adopt: true,
    settings: [
      ...userSetting(it, runsAs(it.user)),
      ...(bucket === undefined || bucket === it.ours.bucket
        ? []
        : [{ path: ["bucket"], value: bucket, must: false }]),
      ...(root.from === "secret"
        ? [{ path: ["rootPassword"], value: existing(root.at), must: false }]
        : []),
      ...ownKeys,
    ],
    notes: [
      `the name of MinIO's root becomes "root"; its policies and users are in the volume and stay`,
      ...(bucket === undefined
        ? [`no client says which bucket it uses: see that ${it.name}.bucket is the old one`]
        : []),
      ...(ownKeys.length === 0
        ? ["clients get an access key of their own, for this bucket alone"]
        : []),
    ],
  };
}

/** What follows `server`, or what the image takes without it. */
function servedFolder({ user }: Case): string {
  const { container } = user;
  const words = [...(container.command ?? []), ...(container.args ?? [])];
  const served = words.slice(words.indexOf("server") + 1).find((word) => word.startsWith("/"));
  if (words.includes("server") && served !== undefined) return served;
  return (
    plainValue(container, "MINIO_VOLUMES") ??
    plainValue(container, "MINIO_DATA_DIR") ??
    (container.image.includes("bitnami") ? "/bitnami/minio/data" : user.mountPath)
  );
}

function ofClients({ clients, keys }: Case, names: readonly string[]): ReturnType<typeof givenAs> {
  for (const { spec } of clients) {
    const pod = spec.template.spec;
    for (const container of pod.containers) {
      const given = givenAs(names, container, pod, keys);
      if (given.from === "secret") return given;
    }
  }
  return { from: "nowhere" };
}

/** `20250422` of `RELEASE.2025-04-22T22-12-26Z`, and of Bitnami's `2025.4.22`. */
function releaseDay(tag: string): number | undefined {
  const found = /(\d{4})[-.](\d{1,2})[-.](\d{1,2})/.exec(tag);
  if (found === null) return undefined;
  const [, year, month, day] = found;
  return Number(year) * 10_000 + Number(month) * 100 + Number(day);
}

/** The first release of MinIO that does not start on its old format, files as they are; ours does not either. */
const withoutFiles = 20_221_029;

function oldFormat({ user }: Case): Verdict | undefined {
  const { image } = user.container;
  return (releaseDay(splitImage(image).tag) ?? 0) >= withoutFiles
    ? undefined
    : refused(
        `${image} may keep its objects in the format "fs", which MinIO reads no more since RELEASE.2022-10-29`,
        `Copy the buckets (mc mirror) into ours. Go on without this volume: --leave`,
      );
}

/** Whether our MLflow finds its one file of SQLite at the same place of the volume. */
export function judgeMlflow(it: Case): Verdict {
  const { container } = it.user;
  const words = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
  const named = plainValue(container, "MLFLOW_BACKEND_STORE_URI") ?? words;
  const file = /sqlite:\/\/(\/[^\s"']+)/.exec(named)?.[1]?.replace(/^\/+/, "/");
  if (file === undefined) {
    return refused("its runs are in no file of SQLite that its pod names", byDump);
  }
  const found = folderInVolume(file, it.user);
  if (found !== "mlflow.db") {
    return refused(
      `its runs are in ${found ?? file} of the volume, and ours reads mlflow.db`,
      `Rename the file in the volume, or: ${byDump}`,
    );
  }
  const unfit = newer(it, versionNumber);
  return (
    unfit ?? {
      adopt: true,
      settings: userSetting(it, runsAs(it.user)),
      notes: [
        "MLflow brings the file to its own schema only when told to: run `mlflow db upgrade` on it if the versions differ, with a copy at hand",
        "ours serves artifacts from the bucket: those that lie in the old volume are not found by it",
      ],
    }
  );
}

/** Livebook and ChromaDB keep files anywhere below the folder that they are given. */
export function judgeFiles(it: Case): Verdict {
  return (
    elsewhere(it, it.user.mountPath) ??
    newer(it, versionNumber) ?? {
      adopt: true,
      settings: userSetting(it, runsAs(it.user)),
      notes: [],
    }
  );
}

/**
 * Redis reads its append-only file alone where it has one to keep, and ours keeps one: on a volume with a
 * snapshot alone it would start empty, and write that over the snapshot.
 */
export function judgeRedis(it: Case): Verdict {
  const { container, pod } = it.user;
  const words = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
  if (!/--appendonly[\s"']+yes\b/.test(words) || /--append(filename|dirname)\b/.test(words)) {
    return refused(
      "it is not started with `--appendonly yes` and the usual names: ours would start empty beside a snapshot, and write over it",
      `Turn it on in the old server (CONFIG SET appendonly yes, and in its arguments), or: ${byDump}`,
    );
  }
  const password = givenAs(["REDIS_PASSWORD"], container, pod, it.keys);
  const settings: readonly Setting[] = [
    ...userSetting(it, runsAs(it.user)),
    ...(password.from === "secret"
      ? [{ path: ["password"], value: existing(password.at), must: false }]
      : []),
  ];
  // The image works in /data.
  const folder = /--dir[\s"']+(\/[^\s"']*)/.exec(words)?.[1] ?? "/data";
  return elsewhere(it, folder) ?? newer(it, versionNumber) ?? { adopt: true, settings, notes: [] };
}

function elsewhere(it: Case, folder: string): Verdict | undefined {
  const found = folderInVolume(folder, it.user);
  return found === "." || found === ""
    ? undefined
    : refused(`its data are in ${found ?? folder}, and ours has them in the volume itself`, byDump);
}

/** What an older program wrote a newer one reads, not the other way round. */
function newer(
  { user, ours, name }: Case,
  numberOf: (tag: string) => number | undefined,
): Verdict | undefined {
  const { image } = user.container;
  const old = numberOf(splitImage(image).tag);
  const next = numberOf(splitImage(String(ours.image)).tag);
  if (old === undefined || next === undefined) {
    return refused(
      `the image ${old === undefined ? image : String(ours.image)} does not say which version it is`,
      `See which one runs, and give the image by that version: the old one's and ${name}.image.`,
    );
  }
  return old <= next
    ? undefined
    : refused(
        `${image} is newer than ours, ${String(ours.image)}`,
        `Set ${name}.image to that version or a later one.`,
      );
}

/** `2022000` of `v2.22.0`: enough to say which of two is newer. */
function versionNumber(tag: string): number | undefined {
  const found = /^v?(\d+)\.(\d+)(?:\.(\d+))?/.exec(tag);
  if (found === null) return undefined;
  return Number(found[1]) * 1e6 + Number(found[2]) * 1e3 + Number(found[3] ?? 0);
}
