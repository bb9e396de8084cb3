import { type ImageName, registryUrl } from "./image-name";

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
  /** Without platforms where the registry was not asked for them, or does not say. */
  | { readonly kind: "there"; readonly architectures?: readonly string[] }
  | { readonly kind: "absent" }
  /** It wants other credentials than those that were shown, or some where there were none. */
  | { readonly kind: "refused"; readonly status: number }
  | { readonly kind: "unknown"; readonly why: string };

const indexTypes = [
  "application/vnd.oci.image.index.v1+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
];
const manifestTypes = [
  ...indexTypes,
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.docker.distribution.manifest.v2+json",
];

/**
 * Asks a registry for one image, by the HTTP API that all of them have. HEAD counts as no pull;
 * which processors an index is for takes a GET.
 */
export async function askRegistry(
  image: ImageName,
  credentials: Credentials | undefined,
  options: RegistryOptions,
): Promise<Verdict> {
  const path = `/v2/${image.repository}/manifests/${image.reference}`;
  const url = `${registryUrl(image.registry)}${path}`;
  try {
    const first = await send("HEAD", url, undefined, options);
    const authorization =
      first.status === 401 ? await authorized(first, image, credentials, options) : undefined;
    const answer =
      authorization === undefined ? first : await send("HEAD", url, authorization, options);
    if (answer.status === 200) return await thereWith(answer, url, authorization, options);
    return verdictOf(answer);
  } catch (error) {
    return { kind: "unknown", why: reasonOf(error, options) };
  }
}

function verdictOf({ status }: Response): Verdict {
  if (status === 404) return { kind: "absent" };
  if (status === 401 || status === 403) return { kind: "refused", status };
  const limited = "it answers 429: too many requests";
  return { kind: "unknown", why: status === 429 ? limited : `it answers ${status}` };
}

async function thereWith(
  answer: Response,
  url: string,
  authorization: string | undefined,
  options: RegistryOptions,
): Promise<Verdict> {
  const type = (answer.headers.get("content-type") ?? "").split(";")[0] ?? "";
  if (!indexTypes.includes(type)) return { kind: "there" };
  const got = await send("GET", url, authorization, options);
  if (got.status !== 200) return { kind: "there" };
  const { manifests = [] } = (await got.json()) as {
    manifests?: readonly { platform?: { architecture?: string; os?: string } }[];
  };
  // Attestations are entries of no platform.
  const found = manifests.flatMap(({ platform }) =>
    platform?.os === "linux" ? (platform.architecture ?? []) : [],
  );
  return { kind: "there", architectures: [...new Set(found)].sort() };
}

/** How to ask again: the registry names either the place that gives tokens, or a password's way. */
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
  if (!/^bearer/i.test(challenge) || realm === undefined) return undefined;
  const url = new URL(realm);
  if (service !== undefined) url.searchParams.set("service", service);
  url.searchParams.set("scope", `repository:${image.repository}:pull`);
  // A registry that is asked encrypted must not make us send a password in clear.
  const isSafe = url.protocol === "https:" || registryUrl(image.registry).startsWith("http:");
  const answer = await send("GET", url.href, isSafe ? basic : undefined, options);
  if (answer.status !== 200) return undefined;
  const { token, access_token } = (await answer.json()) as {
    token?: string;
    access_token?: string;
  };
  const given = token ?? access_token;
  return given === undefined ? undefined : `Bearer ${given}`;
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
      accept: manifestTypes.join(", "),
      ...(authorization === undefined ? {} : { authorization }),
    },
  });
}

function reasonOf(error: unknown, { timeoutMs }: RegistryOptions): string {
  const { name, message, cause } = error as Error & { cause?: NodeJS.ErrnoException };
  if (name === "TimeoutError") return `it has not answered within ${timeoutMs / 1000} s`;
  return cause?.code ?? cause?.message ?? message;
}
