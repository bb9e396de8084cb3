import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";

import { encrypted } from "./age";
import { fetchCommand, fetchedCommand } from "./job";
import type { Containers } from "./pods";
import { NoResult, wordsOf, type Written } from "./work";

export interface Sealing {
  readonly passphrase: string;
  readonly workFactor: number;
}

/** A connection breaks more easily than a file that waits. */
const attempts = 3;

/** Nothing has come for so long: it will not. */
const stallSeconds = 300;

/**
 * Fetches a result into a file, encrypted, and holds it against what its Job has said of it.
 *
 * @throws NoResult where what came is not what was written
 */
export async function fetchResult(
  containers: Containers,
  written: Written,
  file: string,
  sealing: Sealing,
  onBytes: (bytes: number) => void,
): Promise<void> {
  const { result } = written;
  let why = "";
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      const came = await stream(containers, written, file, sealing, onBytes);
      if (came.bytes === result.bytes && came.sha256 === result.sha256) {
        await letGo(containers, written);
        return;
      }
      why =
        came.bytes === result.bytes
          ? `what came has the checksum ${came.sha256}, and the Job has written ${result.sha256}`
          : `${String(came.bytes)} bytes came, and the Job has written ${String(result.bytes)}`;
    } catch (error) {
      why = wordsOf(error);
    }
  }
  throw new NoResult(`the result could not be fetched: ${why}`);
}

async function stream(
  containers: Containers,
  { container }: Written,
  file: string,
  { passphrase, workFactor }: Sealing,
  onBytes: (bytes: number) => void,
): Promise<{ readonly bytes: number; readonly sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  const broken = new AbortController();
  const stalled = setTimeout(() => {
    broken.abort();
  }, stallSeconds * 1000);
  async function* measured(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const part of source) {
      stalled.refresh();
      hash.update(part);
      bytes += part.length;
      onBytes(bytes);
      yield part;
    }
  }
  const coming = new PassThrough();
  const writing = pipeline(
    coming,
    measured,
    (source: AsyncIterable<Buffer>) => encrypted(source, passphrase, workFactor),
    createWriteStream(file, { mode: 0o600 }),
  );
  try {
    const executing = containers.exec(container, fetchCommand, coming, broken.signal);
    // A disk that is full ends the writing first.
    await Promise.race([executing, writing.then(() => executing)]);
    const { exitCode, stderr } = await executing;
    coming.end();
    await writing;
    if (exitCode !== 0) {
      throw new NoResult(
        exitCode === undefined
          ? `the connection broke after ${String(bytes)} bytes`
          : `it cannot be read there: ${stderr.trim()}`,
      );
    }
    return { bytes, sha256: hash.digest("hex") };
  } finally {
    clearTimeout(stalled);
    broken.abort();
    coming.destroy();
    await writing.catch(() => undefined);
  }
}

/** The Job goes in any case; this only lets it end well. */
async function letGo(containers: Containers, { container }: Written): Promise<void> {
  const nowhere = new PassThrough();
  nowhere.resume();
  try {
    await containers.exec(container, fetchedCommand, nowhere, AbortSignal.timeout(10_000));
  } catch {
    // It was read back, and that is what counts.
  }
}
