/** An image by its parts, as the registry wants them. */
export interface ImageName {
  /** As the image's name says it, `docker.io`: pull secrets are made out to this name. */
  readonly registry: string;
  readonly repository: string;
  /** A tag or a digest. */
  readonly reference: string;
}

/** The parts of an image's name, with what Docker adds where something is left out. */
export function parseImage(image: string): ImageName {
  const [named = "", digest] = image.split("@");
  const tagged = /^(.+):([^/:]+)$/.exec(named);
  const path = tagged?.[1] ?? named;
  const slash = path.indexOf("/");
  const first = path.slice(0, Math.max(slash, 0));
  const hasRegistry = first === "localhost" || /[.:]/.test(first);
  const registry = hasRegistry ? first : "docker.io";
  const rest = hasRegistry ? path.slice(slash + 1) : path;
  const official = registry === "docker.io" && !rest.includes("/");
  return {
    registry,
    repository: official ? `library/${rest}` : rest,
    reference: digest ?? tagged?.[2] ?? "latest",
  };
}

/** Where the API of a registry is. As Docker does, only this machine's own is asked in clear. */
export function registryUrl(registry: string): string {
  const host = registry === "docker.io" ? "registry-1.docker.io" : registry;
  const name = host.replace(/:\d+$/, "");
  const isHere = ["localhost", "127.0.0.1", "[::1]"].includes(name);
  return `${isHere ? "http" : "https"}://${host}`;
}
