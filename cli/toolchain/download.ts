import { createHash } from "node:crypto";
import { chmodSync, createWriteStream, mkdirSync, renameSync } from "node:fs";
import { basename, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";

import type { Asset, Checksum, Tool } from "./model";
import type { Network } from "./network";
import type { Platform } from "./platform";
import { run } from "./process";
import type { Step } from "./progress";

/** What a download needs to know of its surroundings. */
export interface DownloadOptions {
  readonly platform: Platform;
  readonly network: Network;
  readonly work: string;
  readonly bin: string;
  readonly step: Step;
  /** A server that says nothing for so long is given up. @default 10 s */
  readonly silenceMs?: number;
}

/**
 * Downloads a tool from its vendor. Says no, with the reason, where that does not work: the modules
 * can still be built.
 *
 * What is downloaded is verified against the SHA-256 that the vendor publishes; without one it is
 * not used. Such a sum comes from the same vendor over the same network, so it proves that the file
 * is whole, and no more than TLS who made it. Sums pinned here would prove more; they were not to be
 * had where this was written, without access to the vendors.
 */
export async function downloadTool(
  tool: Tool,
  { platform, network, work, bin, step, silenceMs = 10_000 }: DownloadOptions,
): Promise<true | string> {
  const assets = tool.release(platform);
  if (assets.length === 0) return `not published for ${platform.os}`;
  const hosts = assets.flatMap(({ url, checksum }) => [url, checksum.url].map(hostOf));
  step.update("looking for the vendor's download");
  if (!(await network.reaches([...new Set(hosts)]))) return "the vendor's server is out of reach";
  mkdirSync(bin, { recursive: true });
  mkdirSync(work, { recursive: true });
  try {
    for (const asset of assets) {
      await downloadAsset(asset, { work, bin, step, silenceMs });
    }
    return true;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function downloadAsset(
  asset: Asset,
  {
    work,
    bin,
    step,
    silenceMs,
  }: Required<Pick<DownloadOptions, "work" | "bin" | "step" | "silenceMs">>,
): Promise<void> {
  const name = basename(new URL(asset.url).pathname);
  const sums = await fetchText(asset.checksum.url, silenceMs);
  const wanted = findChecksum(asset.checksum, name, sums);
  if (wanted === undefined) throw new Error(`the vendor publishes no checksum of ${name}`);
  const file = join(work, name);
  const found = await fetchFile(asset.url, file, silenceMs, (text) => {
    step.update(`${name}, ${text}`);
  });
  if (found !== wanted) throw new Error(`${name} does not have the vendor's checksum`);

  if (asset.program !== undefined) {
    chmodSync(file, 0o755);
    renameSync(file, join(bin, asset.program));
    return;
  }
  const args = ["-xf", file, "-C", bin, `--strip-components=${asset.strip ?? 0}`];
  const tar = await run("tar", args);
  if (tar.code !== 0) throw new Error(`tar cannot unpack ${name}: ${tar.stderr.trim()}`);
}

/** The SHA-256 of a file in what the vendor publishes, in small letters. */
export function findChecksum(checksum: Checksum, file: string, text: string): string | undefined {
  const found = ((): string | undefined => {
    switch (checksum.kind) {
      case "bare":
        return text.trim();
      case "list":
        return text
          .split("\n")
          .map((line) => line.trim().split(/\s+\*?/))
          .find(([, name]) => name === file)?.[0];
      case "metadata": {
        const release = JSON.parse(text) as {
          assets?: readonly { name: string; digest?: string | null }[];
        };
        const digest = release.assets?.find((asset) => asset.name === file)?.digest;
        return digest?.replace(/^sha256:/, "");
      }
    }
  })()?.toLowerCase();
  return found !== undefined && /^[0-9a-f]{64}$/.test(found) ? found : undefined;
}

function fetchText(url: string, silenceMs: number): Promise<string> {
  return withBody(url, silenceMs, async (body) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString("utf8");
  });
}

/** Stores a file and gives its SHA-256. */
function fetchFile(
  url: string,
  path: string,
  silenceMs: number,
  onProgress: (text: string) => void,
): Promise<string> {
  return withBody(url, silenceMs, async (body, total) => {
    const hash = createHash("sha256");
    let received = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        received += chunk.length;
        onProgress(
          total > 0 ? `${megabytes(received)} of ${megabytes(total)} MB` : megabytes(received),
        );
        done(null, chunk);
      },
    });
    await pipeline(body, meter, createWriteStream(path));
    return hash.digest("hex");
  });
}

/** Reads what a server sends, and gives up one that falls silent, before its answer or within it. */
async function withBody<T>(
  url: string,
  silenceMs: number,
  read: (body: AsyncIterable<Uint8Array>, total: number) => Promise<T>,
): Promise<T> {
  const control = new AbortController();
  const timer = setTimeout(() => {
    control.abort();
  }, silenceMs);
  try {
    const response = await fetch(url, { signal: control.signal });
    if (!response.ok) throw new Error(`${hostOf(url)} answers ${response.status} for ${url}`);
    if (response.body === null) throw new Error(`${url} is empty`);
    timer.refresh();
    const body = heard(response.body, () => timer.refresh());
    return await read(body, Number(response.headers.get("content-length") ?? 0));
  } catch (error) {
    if (control.signal.aborted) throw new Error(`${hostOf(url)} does not answer`, { cause: error });
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** A body that tells of each chunk as it comes. */
async function* heard(
  body: AsyncIterable<Uint8Array>,
  onChunk: () => void,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of body) {
    onChunk();
    yield chunk;
  }
}

function hostOf(url: string): string {
  return new URL(url).hostname;
}

function megabytes(bytes: number): string {
  return (bytes / 1e6).toFixed(1);
}
