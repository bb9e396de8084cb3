import { parseImage } from "../preflight/image-name";

/** Names that any application may give its image. */
const general = new Set(["api", "app", "backend", "frontend", "main", "server", "service", "web"]);

/** Every application has one of its own: two of them are no duplicate. */
const stores =
  /^(postgres(ql)?|pgvector|timescaledb.*|mysql|mariadb|mongo(db)?|redis|valkey|memcached|minio|etcd|kafka|redpanda|rabbitmq|elasticsearch|opensearch|chroma(db)?|busybox|alpine|python|node|curl|kubectl|mc)$/;

/** What serves, or stands in front of, applications that have nothing to do with each other. */
const generic =
  /^(nginx(-unprivileged)?|httpd|apache2?|caddy|haproxy|envoy|php|wordpress|drupal|nextcloud|ghost|oauth2-proxy|ruby|golang|openjdk|eclipse-temurin|tomcat|debian|ubuntu|git-sync|adminer|pgadmin4?|phpmyadmin|.*[-_]exporter)$/;

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

/** Whether two that run this program may be two applications all the same. */
export function isGeneric(family: string): boolean {
  return isStore(family) || generic.test(family);
}
