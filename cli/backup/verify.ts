import { createHash } from "node:crypto";
import { createGunzip } from "node:zlib";

import { UserError } from "../errors";
import type { KubernetesObject, Secret } from "../kubernetes";
import { collected, Damaged, decrypted, WrongPassphrase } from "./age";
import { entriesOf, type Outside, readOutside } from "./archive";
import { documentsIn, type KeptRelease, objectsOf, shortName } from "./documents";
import type { ArchiveEntry, ArchiveManifest } from "./model";
import { paths, sealName } from "./names";

/**
 * What an archive is worth. `unchecked`: nothing is wrong outside, and what is encrypted nobody has looked
 * at, since there was no passphrase.
 */
export type State = "whole" | "incomplete" | "damaged" | "unchecked";

export interface Verified {
  readonly file: string;
  readonly state: State;
  /** Undefined where it is damaged. */
  readonly manifest: ArchiveManifest | undefined;
  /** What is damaged, in words. */
  readonly faults: readonly string[];
  /** What was read, and found to be what it says. */
  readonly checked: readonly string[];
  /** What nobody has looked at. */
  readonly unchecked: readonly string[];
}

/** What has been read back out of an archive. */
export interface Archived {
  readonly manifest: ArchiveManifest;
  readonly objects: readonly KubernetesObject[];
  readonly secrets: readonly Secret[];
  readonly releases: readonly KeptRelease[];
}

/**
 * Reads an archive back: each checksum, and with the passphrase each document and each dump.
 *
 * @throws UserError where it is no archive, or the passphrase is not its own
 */
export async function verifyArchive(file: string, passphrase?: string): Promise<Verified> {
  const outside = await readOutside(file);
  const { manifest } = outside;
  const encrypted = (manifest?.entries ?? []).filter((entry) => entry.encrypted);
  const inside =
    passphrase === undefined || manifest === undefined
      ? { faults: [], checked: [] }
      : await readInside(file, outside, passphrase);
  const faults = [...outside.faults, ...inside.faults];
  return {
    file,
    manifest,
    faults,
    state: stateOf(manifest, faults, passphrase !== undefined),
    checked: inside.checked,
    unchecked: passphrase === undefined ? encrypted.map(({ path }) => path) : [],
  };
}

function stateOf(
  manifest: ArchiveManifest | undefined,
  faults: readonly string[],
  isOpened: boolean,
): State {
  if (faults.length > 0 || manifest === undefined) return "damaged";
  if (!manifest.complete) return "incomplete";
  return isOpened ? "whole" : "unchecked";
}

/**
 * The objects, Secrets and releases of an archive.
 *
 * @throws UserError where they are damaged, or the passphrase is not the right one
 */
export async function readArchivedObjects(file: string, passphrase: string): Promise<Archived> {
  const { manifest, intact, faults } = await readOutside(file);
  const wanted = [paths.objects, paths.secrets, paths.helm];
  if (manifest === undefined || wanted.some((path) => !intact.has(path))) {
    throw new UserError(`${file} is damaged: ${faults.join("; ")}.`);
  }
  const texts = new Map<string, string>();
  for await (const { name, content } of entriesOf(file)) {
    if (!(wanted as readonly string[]).includes(name)) continue;
    texts.set(name, (await collected(decrypted(content, passphrase))).toString("utf8"));
  }
  return {
    manifest,
    objects: objectsOf(texts.get(paths.objects) ?? ""),
    secrets: objectsOf(texts.get(paths.secrets) ?? ""),
    releases: documentsIn(texts.get(paths.helm) ?? "") as readonly KeptRelease[],
  };
}

async function readInside(
  file: string,
  { manifest, sums, intact, faults: outer }: Outside,
  passphrase: string,
): Promise<Pick<Verified, "faults" | "checked">> {
  const faults: string[] = [];
  const checked: string[] = [];
  const entries = new Map((manifest?.entries ?? []).map((one) => [one.path, one]));
  let sealed: string | undefined;
  try {
    for await (const { name, content } of entriesOf(file)) {
      const entry = entries.get(name);
      if (name === sealName) {
        sealed = await sealIn(content, passphrase);
      } else if (entry !== undefined && intact.has(name)) {
        try {
          checked.push(`${name}: ${await check(entry, content, passphrase)}`);
        } catch (error) {
          // It is as it was written, so that it is the passphrase which is another one.
          if (error instanceof WrongPassphrase) throw error;
          faults.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
        }
      }
    }
  } catch (error) {
    if (error instanceof WrongPassphrase) throw error;
    // That the archive breaks off has been said.
    if (outer.length === 0) throw error;
  }
  if (sealed !== sums) {
    faults.push(`${sealName} is not what the passphrase's owner has sealed: something was changed`);
  }
  return { faults, checked };
}

async function sealIn(
  content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  passphrase: string,
): Promise<string | undefined> {
  try {
    return (await collected(decrypted(content, passphrase))).toString("utf8");
  } catch (error) {
    // Whether it is damaged or another passphrase is meant, the rest shows.
    if (error instanceof WrongPassphrase || error instanceof Damaged) return undefined;
    throw error;
  }
}

type Content = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Reads an entry as whoever needs it would, and says what is in it. */
async function check(entry: ArchiveEntry, content: Content, passphrase: string): Promise<string> {
  const clear = entry.encrypted ? decrypted(content, passphrase) : content;
  switch (entry.kind) {
    case "objects":
    case "secrets":
      return checkObjects(entry, (await collected(clear)).toString("utf8"));
    case "helm": {
      const releases = documentsIn((await collected(clear)).toString("utf8"));
      requireSame(releases.length, entry.holds.length, "releases");
      return counted(releases.length, "release");
    }
    case "volumes":
      JSON.parse((await collected(clear)).toString("utf8"));
      return counted(entry.holds.length, "claim");
    case "copy":
    case "postgres":
      return checkData(entry, clear);
  }
}

function checkObjects({ holds }: ArchiveEntry, text: string): string {
  const names = objectsOf(text).map(shortName);
  requireSame(names.join("\n"), holds.join("\n"), "objects");
  return counted(names.length, "object");
}

function requireSame(found: unknown, expected: unknown, what: string): void {
  if (found !== expected) throw new Damaged(`it has other ${what} than the list says`);
}

async function checkData(entry: ArchiveEntry, clear: Content): Promise<string> {
  const hash = createHash("sha256");
  let bytes = 0;
  async function* measured(): AsyncGenerator<Uint8Array> {
    for await (const part of clear) {
      hash.update(part);
      bytes += part.length;
      yield part;
    }
  }
  const said = entry.kind === "copy" ? await checkCopy(measured()) : await checkDump(measured());
  if (bytes !== entry.content?.bytes || hash.digest("hex") !== entry.content.sha256) {
    throw new Damaged("it is not what the Job has written");
  }
  return said;
}

async function checkCopy(content: AsyncIterable<Uint8Array>): Promise<string> {
  let files = 0;
  let bytes = 0;
  for await (const one of entriesOf(gunzipped(content))) {
    for await (const part of one.content) bytes += part.length;
    if (one.type === "file") files += 1;
  }
  return `${counted(files, "file")} of ${String(bytes)} bytes`;
}

async function* gunzipped(source: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const gunzip = createGunzip();
  const feeding = (async () => {
    for await (const part of source) {
      if (!gunzip.write(part)) await new Promise((resolve) => gunzip.once("drain", resolve));
    }
    gunzip.end();
  })();
  feeding.catch((error: unknown) => gunzip.destroy(error as Error));
  for await (const part of gunzip) yield part as Uint8Array;
  await feeding;
}

/** What pg_dumpall writes last, and pg_dump first. */
const dumpedAll = "PostgreSQL database cluster dump complete";
const magic = "PGDMP";

async function checkDump(content: AsyncIterable<Uint8Array>): Promise<string> {
  const heads = new Map<string, string>();
  let roles = "";
  let databases: readonly string[] = [];
  for await (const one of entriesOf(content)) {
    const name = one.name.replace(/^\.\//, "");
    let head = "";
    const text: Uint8Array[] = [];
    for await (const part of one.content) {
      if (head === "") head = Buffer.from(part.subarray(0, magic.length)).toString("latin1");
      if (!name.endsWith(".dump")) text.push(part);
    }
    const whole = Buffer.concat(text).toString("utf8");
    if (name === "globals.sql") roles = whole;
    if (name === "databases") databases = whole.split("\n").filter((line) => line !== "");
    if (name.endsWith(".dump")) heads.set(name, head);
  }
  if (!roles.includes(dumpedAll)) throw new Damaged("the dump of the roles has no end");
  const missing = databases.filter((_, index) => heads.get(`${String(index + 1)}.dump`) !== magic);
  if (databases.length === 0 || missing.length > 0) {
    throw new Damaged(`there is no dump of ${missing.join(", ") || "any database"}`);
  }
  return `dumps of ${databases.join(", ")}, and the roles`;
}

export function counted(number: number, what: string): string {
  return `${String(number)} ${what}${number === 1 ? "" : "s"}`;
}
