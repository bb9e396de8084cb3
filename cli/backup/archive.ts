import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { pipeline } from "node:stream/promises";

import { extract } from "tar-stream";

import { UserError } from "../errors";
import { canonicalTar, type TarFile } from "./canonical";
import { type ArchiveEntry, archiveFormat, type ArchiveManifest } from "./model";
import { manifestName, sealName, sumsName } from "./names";
import { sumsOf, withSeal } from "./staging";

/** What of an archive everybody can see. */
export interface Outside {
  /** Undefined where it cannot be read. */
  readonly manifest: ArchiveManifest | undefined;
  /** The checksums that the seal has to have. */
  readonly sums: string;
  /** The entries whose checksums hold. */
  readonly intact: ReadonlySet<string>;
  /** What is damaged, in words. */
  readonly faults: readonly string[];
}

interface Measured {
  readonly sha256: string;
  readonly bytes: number;
  /** Of those that are small and are read first. */
  readonly text: string;
}

/** What is kept in memory while an archive is read. */
const read = [manifestName, sumsName];

/**
 * Reads all of an archive, without a passphrase: each byte counts.
 *
 * @throws UserError where the file is no archive of this program
 */
export async function readOutside(file: string): Promise<Outside> {
  if (!existsSync(file)) throw new UserError(`There is no file ${file}.`);
  const found = new Map<string, Measured>();
  const faults: string[] = [];
  try {
    if (!(await isCanonical(file, found))) {
      faults.push("the archive has other bytes than its files make: it was changed between them");
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    faults.push(`the archive cannot be read to its end: ${why}`);
  }
  const head = found.get(manifestName);
  if (head === undefined || [...found.keys()][0] !== manifestName) {
    throw new UserError(
      `${file} is no archive of \`npm run backup\`, or its beginning is destroyed.`,
    );
  }
  const manifest = manifestIn(head.text, file);
  if (manifest === undefined) faults.push(`${manifestName} is damaged`);
  const sums = sumsOf(head.text, manifest?.entries ?? []);
  const intact = new Set<string>();
  for (const entry of manifest?.entries ?? []) {
    const fault = faultOf(entry, found.get(entry.path));
    if (fault === undefined) intact.add(entry.path);
    else faults.push(fault);
  }
  const seal = found.get(sealName);
  if (seal === undefined) faults.push(`${sealName} is missing`);
  const said = found.get(sumsName)?.text;
  if (manifest !== undefined && seal !== undefined && said !== withSeal(sums, seal.sha256)) {
    faults.push(
      `${sumsName} has other checksums than ${manifestName} and ${sealName}: one of them was changed`,
    );
  }
  const known = [...read, sealName, ...(manifest?.entries ?? []).map(({ path }) => path)];
  for (const name of found.keys()) {
    if (!known.includes(name)) faults.push(`${name} is not in ${manifestName}`);
  }
  return { manifest, sums, intact, faults };
}

function faultOf({ path, bytes, sha256 }: ArchiveEntry, it?: Measured): string | undefined {
  if (it === undefined) return `${path} is missing`;
  if (it.bytes !== bytes) {
    return `${path} has ${String(it.bytes)} bytes, and was written with ${String(bytes)}`;
  }
  return it.sha256 === sha256 ? undefined : `${path} has another checksum than it was written with`;
}

function manifestIn(text: string, file: string): ArchiveManifest | undefined {
  let manifest: Partial<ArchiveManifest> | null;
  try {
    manifest = JSON.parse(text) as Partial<ArchiveManifest> | null;
  } catch {
    return undefined;
  }
  const format: unknown = manifest?.format;
  if (
    typeof format === "string" &&
    format !== archiveFormat &&
    /^platform-backup\/\d+$/.test(format)
  ) {
    throw new UserError(
      `${file} is an archive of the format ${format}, and this program reads ${archiveFormat}.`,
    );
  }
  const isWhole =
    format === archiveFormat &&
    [manifest?.entries, manifest?.missing, manifest?.leftOut, manifest?.releases].every((one) =>
      Array.isArray(one),
    );
  return isWhole ? (manifest as ArchiveManifest) : undefined;
}

/** Whether the bytes of a file are those of the tar of what is in it; measures that meanwhile. */
async function isCanonical(file: string, found: Map<string, Measured>): Promise<boolean> {
  const raw = createHash("sha256");
  const again = createHash("sha256");
  async function* measured(): AsyncGenerator<TarFile> {
    for await (const one of entriesOf(file, (part) => raw.update(part))) {
      yield { ...one, content: measuring(one, found) };
    }
  }
  for await (const part of canonicalTar(measured())) again.update(part);
  return raw.digest("hex") === again.digest("hex");
}

async function* measuring(
  { name, content }: TarFile,
  found: Map<string, Measured>,
): AsyncGenerator<Uint8Array> {
  const hash = createHash("sha256");
  const kept: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of content) {
    hash.update(part);
    bytes += part.length;
    if (read.includes(name)) kept.push(part);
    yield part;
  }
  const text = Buffer.concat(kept).toString("utf8");
  found.set(name, { sha256: hash.digest("hex"), bytes, text });
}

/** The files of a tar, each of which has to be read before the next one comes. */
export async function* entriesOf(
  source: string | AsyncIterable<Uint8Array>,
  onBytes: (part: Buffer) => void = () => undefined,
): AsyncGenerator<TarFile & { readonly type: string }> {
  const tar = extract();
  const from = typeof source === "string" ? createReadStream(source) : source;
  async function* seen(): AsyncGenerator<Buffer> {
    for await (const part of from) {
      onBytes(part as Buffer);
      yield part as Buffer;
    }
  }
  const reading = pipeline(seen(), tar as unknown as NodeJS.WritableStream);
  reading.catch(() => undefined);
  for await (const entry of tar) {
    const { name, size, type } = entry.header;
    yield { name, size, type, content: entry as AsyncIterable<Uint8Array> };
    entry.resume();
  }
  await reading;
}
