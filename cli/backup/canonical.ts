import { once } from "node:events";

import { type Pack, pack } from "tar-stream";

/** A file on its way into a tar. */
export interface TarFile {
  readonly name: string;
  readonly size: number;
  readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Not a time of its own, so that the same files make the same bytes. */
const never = new Date(0);

/**
 * The one tar that there is of some files. An archive is held against it byte by byte when it is read, so
 * that a change in a header or in the room between files is found as one in a file is.
 */
export async function* canonicalTar(
  files: Iterable<TarFile> | AsyncIterable<TarFile>,
): AsyncGenerator<Uint8Array> {
  const tar = pack();
  const filling = fill(tar, files).catch((error: unknown) => {
    tar.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  });
  // Whoever reads hears of it first.
  filling.catch(() => undefined);
  for await (const part of tar) yield part as Uint8Array;
  await filling;
}

async function fill(tar: Pack, files: Iterable<TarFile> | AsyncIterable<TarFile>): Promise<void> {
  for await (const { name, size, content } of files) {
    const sink = tar.entry({ name, size, mode: 0o600, mtime: never, type: "file" });
    const closed = new Promise<void>((resolve, reject) => {
      sink.on("close", () => {
        resolve();
      });
      sink.on("error", reject);
    });
    closed.catch(() => undefined);
    for await (const part of content) {
      if (!sink.write(part)) await Promise.race([once(sink as never, "drain"), closed]);
    }
    sink.end(undefined);
    await closed;
  }
  tar.finalize();
}
