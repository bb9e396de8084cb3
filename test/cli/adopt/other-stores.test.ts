/** Proves which volumes of the smaller stores ours can read; that a server starts on one, no test shows. */
import type { Container } from "../../../cli/adopt/objects";
import { judgeMinio, judgeRedis } from "../../../cli/adopt/other-stores";
import type { Case, Verdict } from "../../../cli/adopt/verdict";
import { holding } from "./support";

function verdict(
  judge: (it: Case) => Verdict,
  image: string,
  container: Container,
  mountPath: string,
): Verdict {
  const one = holding(container, mountPath);
  const [user] = one.users;
  if (user === undefined) throw new Error("nobody mounts it");
  const ours = { image, runAsUser: 999 };
  return judge({
    holding: one,
    user,
    name: "platform:a.store",
    ours,
    keys: new Map(),
    clients: [],
  });
}

describe("the volume of a Redis", () => {
  const redis = (args: readonly string[], image = "redis:7.0.15"): Verdict =>
    verdict(judgeRedis, "redis:7.4.2", { name: "redis", image, args }, "/data");

  it.each([
    [["redis-server", "--appendonly", "yes"]],
    [["sh", "-c", 'redis-server --appendonly "yes" --dir /data']],
  ])("is taken over where its server keeps the file that ours reads: %j", (args) => {
    expect(redis(args)).toMatchObject({ adopt: true });
  });

  it.each([
    ["nothing said", []],
    ["a snapshot alone", ["redis-server", "--save", "60", "1"]],
    ["the file turned off", ["redis-server", "--appendonly", "no"]],
    ["a file of configuration", ["redis-server", "/etc/redis.conf"]],
    ["another name", ["redis-server", "--appendonly", "yes", "--appendfilename", "a.aof"]],
  ])("is refused with %s, because ours would start empty and write over it", (_, args) => {
    expect(redis(args)).toMatchObject({
      adopt: false,
      why: expect.stringContaining("ours would start empty beside a snapshot") as unknown,
    });
  });

  it("is refused with its data in another folder", () => {
    expect(redis(["redis-server", "--appendonly", "yes", "--dir", "/data/a"])).toMatchObject({
      why: "its data are in a, and ours has them in the volume itself",
    });
  });

  it.each(["redis:latest", "redis", "redis@sha256:0123"])(
    "is refused where nobody says its version: %s",
    (image) => {
      expect(redis(["redis-server", "--appendonly", "yes"], image)).toMatchObject({
        why: `the image ${image} does not say which version it is`,
      });
    },
  );
});

describe("the volume of a MinIO", () => {
  const minio = (tag: string): Verdict =>
    verdict(
      judgeMinio,
      "minio/minio:RELEASE.2025-04-22T22-12-26Z",
      { name: "minio", image: `minio/minio:${tag}`, args: ["server", "/data"] },
      "/data",
    );

  it("is taken over in the format that every server since then has", () => {
    expect(minio("RELEASE.2022-10-29T06-21-33Z")).toMatchObject({ adopt: true });
  });

  it("is refused where it may be in the old format, which ours does not read", () => {
    expect(minio("RELEASE.2022-05-26T05-48-41Z")).toMatchObject({
      why: expect.stringContaining('may keep its objects in the format "fs"') as unknown,
    });
  });

  it("is refused where nobody says its version", () => {
    expect(minio("latest")).toMatchObject({
      why: "the image minio/minio:latest does not say which version it is",
    });
  });
});
