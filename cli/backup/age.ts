import { UserError } from "../errors";

/** As `age --passphrase` has it: about a second, and 256 MiB, for each guess. */
export const usualWorkFactor = 18;

/** Nothing that was encrypted with this passphrase, or something that was changed at its head. */
export class WrongPassphrase extends UserError {
  constructor() {
    super("This is not the passphrase that it was encrypted with.");
    this.name = "WrongPassphrase";
  }
}

/** Something encrypted that has been changed, or is not whole. */
export class Damaged extends Error {
  constructor(what: string) {
    super(what);
    this.name = "Damaged";
  }
}

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/**
 * Encrypts what comes, as it comes, into a file of age (age-encryption.org/v1): what is in an archive can
 * be opened without this program, by `age --decrypt`.
 */
export async function* encrypted(
  source: Bytes,
  passphrase: string,
  workFactor = usualWorkFactor,
): AsyncGenerator<Buffer> {
  const { Encrypter } = await import("age-encryption");
  const encrypter = new Encrypter();
  encrypter.setPassphrase(passphrase);
  encrypter.setScryptWorkFactor(workFactor);
  yield* parts(await encrypter.encrypt(streamOf(source)));
}

/**
 * Decrypts what comes. What it has given is authentic; that it is all there is known at the end alone.
 *
 * @throws WrongPassphrase
 * @throws Damaged
 */
export async function* decrypted(source: Bytes, passphrase: string): AsyncGenerator<Buffer> {
  const { Decrypter } = await import("age-encryption");
  const decrypter = new Decrypter();
  decrypter.addPassphrase(passphrase);
  try {
    yield* parts(await decrypter.decrypt(streamOf(source)));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (why.startsWith("no identity matched")) throw new WrongPassphrase();
    throw new Damaged(`it was changed, or is not whole: ${why}`);
  }
}

/** All of a text that fits into memory. */
export async function encryptedWhole(
  text: string | Buffer,
  passphrase: string,
  workFactor = usualWorkFactor,
): Promise<Buffer> {
  return collected(encrypted([Buffer.from(text)], passphrase, workFactor));
}

/** The whole of something that fits into memory. */
export async function collected(source: Bytes): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const part of source) all.push(part);
  return Buffer.concat(all);
}

/** A part of nothing would be taken for the end. */
function streamOf(source: Bytes): ReadableStream<Uint8Array> {
  const read = (async function* () {
    for await (const part of source) if (part.length > 0) yield new Uint8Array(part);
  })();
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await read.next();
      if (done === true) controller.close();
      else controller.enqueue(value);
    },
    cancel: async () => {
      await read.return(undefined);
    },
  });
}

async function* parts(stream: ReadableStream<Uint8Array>): AsyncGenerator<Buffer> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      if (value.length > 0) yield Buffer.from(value.buffer, value.byteOffset, value.length);
    }
  } finally {
    reader.releaseLock();
  }
}
