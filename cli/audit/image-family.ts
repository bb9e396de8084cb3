import { parseImage } from "../preflight/image-name";

/** Names that any application may give its image. */
const general = new Set(["api", "app", "backend", "frontend", "main", "server", "service", "web"]);

/** Every application has one of its own: two of them are no duplicate. */
const stores =
  /^(postgres(ql)?|pgvector|timescaledb.*|mysql|mariadb|mongo(db)?|redis|valkey|memcached|minio|etcd|kafka|redpanda|rabbitmq|elasticsearch|opensearch|chroma(db)?|busybox|alpine|python|node|curl|kubectl|mc)$/;

/**
 * What a program is called whoever has built the image: `mlflow` of `ghcr.io/mlflow/mlflow:v2.9.2` and of
 * `docker.io/burakince/mlflow:2.22.0`. Where the name could be anybody's, its owner's is in front of it:
 * `thunderline/app`.
 */
export function imageFamily(image: string): string {
  const path = parseImage(image).repository.toLowerCase().split("/");
  const name = path.at(-1) ?? "";
  const owner = path.at(-2);
  return general.has(name) && owner !== undefined ? `${owner}/${name}` : name;
}

export function isStore(family: string): boolean {
  return stores.test(family);
}
