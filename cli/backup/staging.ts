import { createHash } from "node:crypto";
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  closeSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { pipeline } from "node:stream/promises";

import { UserError } from "../errors";
import { encryptedWhole } from "./age";
import { canonicalTar, type TarFile } from "./canonical";
import type { Sealing } from "./fetch";
import type { ArchiveEntry, ArchiveManifest } from "./model";
import { manifestName, sealName, sumsName } from "./names";

/** What an entry is said to be, beside what is measured of it. */
export type Said = Pick<ArchiveEntry, "path" | "kind" | "encrypted" | "holds"> &
  Partial<Pick<ArchiveEntry, "content" | "note">>;

/**
 * The entries of an archive before it is one: a folder beside it, for the owner alone, with nothing in the
 * clear that a passphrase should keep. What a run that was killed has left there goes first.
 */
export class Staging {
  readonly #folder: string;
  #entries: ArchiveEntry[] = [];

  /** @throws UserError where the file is there already: a backup is never written over */
  constructor(
    readonly file: string,
    private readonly sealing: Sealing,
  ) {
    if (existsSync(file)) {
      throw new UserError(
        `There is a file ${file} already, and a backup is never written over.`,
        "Give another name with --out.",
      );
    }
    if (!existsSync(dirname(resolve(file)))) {
      throw new UserError(`There is no folder ${dirname(resolve(file))}.`);
    }
    this.#folder = `${resolve(file)}.unfinished`;
    rmSync(this.#folder, { recursive: true, force: true });
    mkdirSync(this.#folder, { mode: 0o700 });
  }

  get entries(): readonly ArchiveEntry[] {
    return this.#entries;
  }

  /** Where an entry that comes as a stream is written, before it is added. */
  fileFor(path: string): string {
    return join(this.#folder, sha256(path));
  }

  /** Adds a text, encrypted where it is said to be. */
  async write(said: Said, text: string): Promise<void> {
    const { passphrase, workFactor } = this.sealing;
    const bytes = said.encrypted ? await encryptedWhole(text, passphrase, workFactor) : text;
    writeFileSync(this.fileFor(said.path), bytes, { mode: 0o600 });
    await this.add(said);
  }

  /** Adds what has been written into its file. */
  async add(said: Said): Promise<void> {
    const file = this.fileFor(said.path);
    this.#entries.push({ ...said, bytes: statSync(file).size, sha256: await sha256Of(file) });
  }

  /** Adds to what the reader of an entry has to know; says whether there is such an entry. */
  note(path: string, note: string): boolean {
    const index = this.#entries.findIndex((entry) => entry.path === path);
    const entry = this.#entries[index];
    if (entry === undefined) return false;
    const notes = entry.note === undefined ? note : `${entry.note}; ${note}`;
    this.#entries[index] = { ...entry, note: notes };
    return true;
  }

  /** Takes an entry away, or what of it was written in vain. */
  drop(path: string): void {
    this.#entries = this.#entries.filter((entry) => entry.path !== path);
    rmSync(this.fileFor(path), { force: true });
  }

  /** Makes the archive of it, at once: nobody sees half of it under its name. */
  async finish(manifest: ArchiveManifest): Promise<void> {
    const { passphrase, workFactor } = this.sealing;
    const text = `${JSON.stringify(manifest, undefined, 2)}\n`;
    const sealed = sumsOf(text, manifest.entries);
    const seal = await encryptedWhole(sealed, passphrase, workFactor);
    const sums = withSeal(sealed, sha256(seal));
    const whole = join(this.#folder, "whole");
    const files: TarFile[] = [
      inMemory(manifestName, Buffer.from(text)),
      inMemory(sumsName, Buffer.from(sums)),
      inMemory(sealName, seal),
      ...manifest.entries.map(({ path, bytes }) => ({
        name: path,
        size: bytes,
        content: createReadStream(this.fileFor(path)),
      })),
    ];
    await pipeline(canonicalTar(files), createWriteStream(whole, { mode: 0o600 }));
    const descriptor = openSync(whole, "r");
    fsyncSync(descriptor);
    closeSync(descriptor);
    chmodSync(whole, 0o600);
    renameSync(whole, this.file);
    this.remove();
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The checksums that are sealed, as `sha256sum --check` reads them. */
export function sumsOf(manifest: string, entries: readonly ArchiveEntry[]): string {
  return [
    `${sha256(manifest)}  ${manifestName}`,
    ...entries.map((one) => `${one.sha256}  ${one.path}`),
    "",
  ].join("\n");
}

/** With the checksum of the seal itself. */
export function withSeal(sums: string, seal: string): string {
  return `${sums}${seal}  ${sealName}\n`;
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

function inMemory(name: string, content: Buffer): TarFile {
  return { name, size: content.length, content: [content] };
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest("hex");
}
