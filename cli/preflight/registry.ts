import { createHash } from "node:crypto";

import { type ImageName, registryUrl } from "./image-name";
import { Unchecked } from "./model";

/** What a pull secret knows of one registry. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface RegistryOptions {
  /** For one answer, in milliseconds. */
  readonly timeoutMs: number;
}

/** What a registry says of an image. */
export type Verdict =
  /** Without architectures where the registry does not say them. */
  | { readonly kind: "there"; readonly architectures?: readonly string[] }
  | { readonly kind: "absent" }
  /** It wants other credentials than those that were shown, or some where there were none. */
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "unknown"; readonly why: string };

const manifestTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/**
 * Asks a registry for one image, by the HTTP API that all of them have. HEAD counts as no pull; for
 * which processors an image is takes a GET, which some of them count.
 */
export async function askRegistry(
  image: ImageName,
  credentials: Credentials | undefined,
  options: RegistryOptions,
): Promise<Verdict> {
  try {
    const { answer, authorization } = await head(image, credentials, options);
    if (answer.status === 200) {
      const architectures = await architecturesIn(image, authorization, options);
      return { kind: "there", ...(architectures === undefined ? {} : { architectures }) };
    }
    return verdictOf(answer);
  } catch (error) {
    return { kind: "unknown", why: reasonOf(error, options) };
  }
}

/** The digest of an image, or why the registry tells none. */
export type DigestAnswer =
  { readonly kind: "read"; readonly digest: string } | Exclude<Verdict, { readonly kind: "there" }>;

const digestPattern = /^sha256:[0-9a-f]{64}$/;

/** Asks a registry which bytes an image's tag means now: of all processors, where it is made for several. */
export async function readDigest(
  image: ImageName,
  credentials: Credentials | undefined,
  options: RegistryOptions,
): Promise<DigestAnswer> {
  try {
    const { answer, authorization } = await head(image, credentials, options);
    if (answer.status !== 200) return verdictOf(answer);
    const said = answer.headers.get("docker-content-digest") ?? "";
    if (digestPattern.test(said)) return { kind: "read", digest: said };
    // Not every registry says it with a HEAD; a digest is the hash of what a GET gives.
    const whole = await send("GET", manifestOf(image), authorization, options);
    if (whole.status !== 200) return verdictOf(whole);
    const hash = createHash("sha256").update(Buffer.from(await whole.arrayBuffer()));
    return { kind: "read", digest: `sha256:${hash.digest("hex")}` };
  } catch (error) {
    return { kind: "unknown", why: reasonOf(error, options) };
  }
}

/** The answer to whoever may see the image, and by what right. */
async function head(
  image: ImageName,
  credentials: Credentials | undefined,
  options: RegistryOptions,
): Promise<{ readonly answer: Response; readonly authorization: string | undefined }> {
  const url = manifestOf(image);
  const first = await send("HEAD", url, undefined, options);
  const authorization =
    first.status === 401 ? await authorized(first, image, credentials, options) : undefined;
  const answer =
    authorization === undefined ? first : await send("HEAD", url, authorization, options);
  return { answer, authorization };
}

function manifestOf(image: ImageName): string {
  return urlOf(image, `manifests/${image.reference}`);
}

function verdictOf({ status }: Response): Exclude<Verdict, { readonly kind: "there" }> {
  if (status === 404) return { kind: "absent" };
  if (status === 401 || status === 403) return { kind: "refused", status };
  const limited = "it answers 429: too many requests";
  return { kind: "unknown", why: status === 429 ? limited : `it answers ${status}` };
}

interface Manifest {
  /** Of an index: the images in it, by their platforms. */
  readonly manifests?: readonly { readonly platform?: Platform }[];
  /** Of an image for one platform: where that is said. */
  readonly config?: { readonly digest?: string };
}

interface Platform {
  readonly architecture?: string;
  readonly os?: string;
}

/** The processors that an image is made for. That they cannot be read takes nothing from its being there. */
async function architecturesIn(
  image: ImageName,
  authorization: string | undefined,
  options: RegistryOptions,
): Promise<readonly string[] | undefined> {
  const get = async (path: string): Promise<unknown> => {
    const answer = await send("GET", urlOf(image, path), authorization, options);
    return answer.status === 200 ? answer.json() : {};
  };
  try {
    const { manifests, config } = (await get(`manifests/${image.reference}`)) as Manifest;
    // Attestations are entries of no platform.
    if (manifests !== undefined) return ofLinux(manifests.map(({ platform = {} }) => platform));
    if (config?.digest === undefined) return undefined;
    const only = (await get(`blobs/${config.digest}`)) as Platform;
    return only.architecture === undefined ? undefined : ofLinux([only]);
  } catch {
    return undefined;
  }
}

function ofLinux(platforms: readonly Platform[]): readonly string[] {
  const found = platforms.flatMap(({ os, architecture }) =>
    os === "linux" ? (architecture ?? []) : [],
  );
  return [...new Set(found)].sort();
}

function urlOf({ registry, repository }: ImageName, path: string): string {
  return `${registryUrl(registry)}/v2/${repository}/${path}`;
}

/**
 * How to ask again: the registry names either the place that gives tokens, or a password's way. Nothing
 * where it is refused.
 *
 * @throws Unchecked where nobody has refused anything, and there is no way to ask all the same
 */
async function authorized(
  { headers }: Response,
  image: ImageName,
  credentials: Credentials | undefined,
  options: RegistryOptions,
): Promise<string | undefined> {
  const challenge = headers.get("www-authenticate") ?? "";
  const basic = credentials === undefined ? undefined : basicOf(credentials);
  if (/^basic/i.test(challenge)) return basic;
  const { realm, service } = parametersOf(challenge);
  if (!/^bearer/i.test(challenge) || realm === undefined) {
    throw new Unchecked("it asks for a login that is neither a password nor a token");
  }
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", `repository:${image.repository}:pull`);
  // A registry that is asked encrypted must not make us send a password in clear.
  const isSafe = url.protocol === "https:" || registryUrl(image.registry).startsWith("http:");
  const answer = await send("GET", url.href, isSafe ? basic : undefined, options);
  if (answer.status === 401 || answer.status === 403) {
    if (isSafe || basic === undefined) return undefined;
    throw new Unchecked("its token service is not encrypted, so that it was shown no password");
  }
  if (answer.status !== 200) throw new Unchecked(`its token service answers ${answer.status}`);
  const { token, access_token } = (await answer.json()) as {
    token?: string;
    access_token?: string;
  };
  const given = token ?? access_token;
  if (given === undefined) throw new Unchecked("its token service gives no token");
  return `Bearer ${given}`;
}

function parametersOf(challenge: string): Readonly<Record<string, string>> {
  const found = challenge.matchAll(/(\w+)="([^"]*)"/g);
  return Object.fromEntries([...found].map(([, name = "", value = ""]) => [name, value]));
}

function basicOf({ username, password }: Credentials): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function send(
  method: "GET" | "HEAD",
  url: string,
  authorization: string | undefined,
  { timeoutMs }: RegistryOptions,
): Promise<Response> {
  return fetch(url, {
    method,
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      // What is no manifest has one type alone, whatever is asked for.
      accept: [...manifestTypes, "*/*;q=0.1"].join(", "),
      ...(authorization === undefined ? {} : { authorization }),
    },
  });
}

function reasonOf(error: unknown, { timeoutMs }: RegistryOptions): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === "TimeoutError") return `it has not answered within ${timeoutMs / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
}
