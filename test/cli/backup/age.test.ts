/**
 * Proves that what is encrypted comes back as a stream, by the passphrase alone and unchanged alone, and
 * which fault is told of what. The format and its cryptography are the library's.
 */
import {
  collected,
  Damaged,
  decrypted,
  encrypted,
  encryptedWhole,
  WrongPassphrase,
} from "../../../cli/backup/age";
import fc from "../../support/fast-check";

const passphrase = "correct horse battery staple";
const workFactor = 2;
const chunk = 64 * 1024;

/** By age-encryption 0.3.1, with the work factor 10. */
const byAge =
  "YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IHNjcnlwdCA4VTlBbVRqbTBDL3lhOG1lYlg0UEFBIDEwCm9VSUVoNHRkbzZObk9LNThW" +
  "dGo5NE5zL05lMEhFdDh6cVpwN1c1Q1J3RFEKLS0tICt5V05WbjZEcU9jV1R3QkszcWJNOTFmVUVjUEpqOFU0azdQcmNkZy9WSjQK" +
  "TZBfbfRSsDWjWfX4Ibu/kUgWAAWBOtant2dLvFrY6AZ7R5V8Gcbet3Ttpg0=";

const read = (bytes: Uint8Array, by = passphrase): Promise<Buffer> =>
  collected(decrypted([bytes], by));

describe("something encrypted", () => {
  it("is read where age has written it", async () => {
    expect((await read(Buffer.from(byAge, "base64"))).toString()).toBe("made by age\n");
  });

  it.each([0, 1, chunk - 1, chunk, chunk + 1, 3 * chunk])(
    "comes back with %s bytes",
    async (size) => {
      const text = Buffer.alloc(size, "text");
      expect(await read(await encryptedWhole(text, passphrase, workFactor))).toEqual(text);
    },
  );

  it("comes back however it is cut into parts on the way", async () => {
    const parts = fc.array(fc.uint8Array({ maxLength: 50_000 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(parts, fc.integer({ min: 1, max: 70_000 }), async (texts, size) => {
        const bytes = await collected(encrypted(texts, passphrase, workFactor));
        const cut = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        );
        expect(await collected(decrypted(cut, passphrase))).toEqual(Buffer.concat(texts));
      }),
      { numRuns: 30 },
    );
  });

  it("is refused with another passphrase, in words of its own", async () => {
    const bytes = await encryptedWhole("text", passphrase, workFactor);
    await expect(read(bytes, "another")).rejects.toThrow(WrongPassphrase);
  });

  it("is refused when any of its bits has been changed", async () => {
    const bytes = await encryptedWhole(Buffer.alloc(300, "text"), passphrase, workFactor);
    for (let index = 0; index < bytes.length * 8; index += 1) {
      const changed = Buffer.from(bytes);
      changed[index >> 3] = (changed[index >> 3] ?? 0) ^ (1 << (index & 7));
      // A larger work factor would only take longer; it is authenticated as the rest is.
      if (/^-> scrypt \S+ (?!2$)\d+$/m.test(changed.toString("latin1"))) continue;
      await expect(read(changed)).rejects.toThrow();
    }
  });

  it("is refused when it ends early, between two of its parts too", async () => {
    const bytes = await encryptedWhole(Buffer.alloc(2 * chunk + 5), passphrase, workFactor);
    for (const missing of [1, 5 + 16, 5 + 16 + chunk + 16, bytes.length - 50]) {
      await expect(read(bytes.subarray(0, bytes.length - missing))).rejects.toThrow(Damaged);
    }
  });

  it("is refused when it would keep its reader busy for hours", async () => {
    const bytes = await encryptedWhole("text", passphrase, workFactor);
    const changed = Buffer.from(bytes.toString("latin1").replace(/ 2\n/, " 30\n"), "latin1");
    await expect(read(changed)).rejects.toThrow("scrypt work factor is too high");
  });
});
