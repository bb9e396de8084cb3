/**
 * Proves that an archive gives back what was put into it, that no byte of it can be changed unseen, that
 * another passphrase is told apart from damage, and that no secret can be read in it without the
 * passphrase. The cluster is in memory; that a real one's objects are found, test/cluster shows.
 */
import { createHash } from "node:crypto";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

import {
  type ArchiveManifest,
  exits,
  readArchivedObjects,
  verifiedText,
  verifyArchive,
} from "../../../cli/backup";
import { collected, WrongPassphrase } from "../../../cli/backup/age";
import { entriesOf } from "../../../cli/backup/archive";
import { canonicalTar } from "../../../cli/backup/canonical";
import { sumsOf, withSeal } from "../../../cli/backup/staging";
import { UserError } from "../../../cli/errors";
import fc from "../../support/fast-check";
import {
  claim,
  configMap,
  copyOf,
  dumpFiles,
  passphrase,
  pod,
  postgres,
  record,
  Scene,
  secret,
  tarOf,
} from "./support";

jest.setTimeout(60_000);

const scenes: Scene[] = [];
const scene = (...args: ConstructorParameters<typeof Scene>): Scene => {
  const made = new Scene(...args);
  scenes.push(made);
  return made;
};
afterAll(() => {
  for (const one of scenes) one.remove();
});

/** A namespace with a database, a folder of files, a release, and secrets where they are often found. */
async function usual(): Promise<{ readonly scene: Scene; readonly file: string }> {
  const [files, dump] = [await copyOf({ "./run/a": "artefact" }), await tarOf(dumpFiles)];
  const made = scene(
    [
      secret("db", { superuser: "s3cret-of-the-superuser" }),
      configMap("settings", { url: "postgres://u:s3cret-in-a-map@db/app" }),
      record("thunder", { password: "s3cret-in-the-values" }),
      ...claim("db"),
      ...claim("runs"),
      pod("db-0", "db", postgres),
      pod("mlflow", "runs", { env: [{ name: "TOKEN", value: "s3cret-in-a-pod" }] }),
    ],
    { content: (name) => (name === "db" ? dump : files) },
  );
  const { file } = await made.backUp();
  return { scene: made, file };
}

describe("an archive", () => {
  let whole: string;
  let bytes: Buffer;
  beforeAll(async () => {
    whole = (await usual()).file;
    bytes = readFileSync(whole);
  });

  const changedTo = (content: Buffer): string => {
    const file = join(scenes[0]?.folder ?? "", "changed.tar");
    writeFileSync(file, content);
    return file;
  };

  it("is whole when all of it has been read back", async () => {
    const verified = await verifyArchive(whole, passphrase);
    expect(verified).toMatchObject({ state: "whole", faults: [], unchecked: [] });
    expect(verified.checked).toEqual([
      "objects.yaml.age: 8 objects",
      "secrets.yaml.age: 2 objects",
      "helm.yaml.age: 1 release",
      "data/db.postgres.tar.age: dumps of app, postgres, and the roles",
      "data/runs.tar.gz.age: 1 file of 8 bytes",
      "volumes.json: 2 claims",
    ]);
    expect(exits[verified.state]).toBe(0);
  });

  it("is its owner's alone", () => {
    expect(statSync(whole).mode & 0o777).toBe(0o600);
  });

  it("gives its objects, Secrets and releases back", async () => {
    const { objects, secrets, releases } = await readArchivedObjects(whole, passphrase);
    expect(objects).toContainEqual(
      expect.objectContaining(
        configMap("settings", { url: "postgres://u:s3cret-in-a-map@db/app" }),
      ),
    );
    const found = secrets.find(({ metadata }) => metadata.name === "db");
    expect(Buffer.from(found?.data?.superuser ?? "", "base64").toString()).toBe(
      "s3cret-of-the-superuser",
    );
    expect(releases).toMatchObject([
      { name: "thunder", values: { password: "s3cret-in-the-values" } },
    ]);
  });

  it("gives back any names and contents", async () => {
    const text = fc.string({ unit: "binary", maxLength: 60 });
    const texts = fc.dictionary(fc.stringMatching(/^[a-z.-]{1,20}$/), text, {
      noNullPrototype: true,
    });
    const name = fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/);
    await fc.assert(
      fc.asyncProperty(name, texts, texts, async (called, open, hidden) => {
        const made = scene([configMap(called, open), secret(called, hidden)]);
        const { file } = await made.backUp();
        expect(await verifyArchive(file, passphrase)).toMatchObject({ state: "whole" });
        const { objects, secrets } = await readArchivedObjects(file, passphrase);
        expect(objects).toContainEqual(configMap(called, open));
        expect(secrets).toEqual([secret(called, hidden)]);
        made.remove();
      }),
      { numRuns: 25 },
    );
  });

  it("is never whole after a byte of it was changed, wherever that is", async () => {
    const place = fc.integer({ min: 0, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(place, fc.integer({ min: 1, max: 255 }), async (index, change) => {
        const changed = Buffer.from(bytes);
        changed[index] = (changed[index] ?? 0) ^ change;
        for (const by of [passphrase, undefined]) {
          expect(await stateOf(changedTo(changed), by)).toBe("damaged");
        }
      }),
      { numRuns: 150 },
    );
  });

  it("is never whole after a part of it was cut off, or something was added", async () => {
    const length = fc.integer({ min: 0, max: bytes.length - 1 });
    await fc.assert(
      fc.asyncProperty(length, async (end) => {
        expect(await stateOf(changedTo(bytes.subarray(0, end)), passphrase)).toBe("damaged");
      }),
      { numRuns: 50 },
    );
    for (const more of [Buffer.alloc(1), Buffer.alloc(512), Buffer.from("more")]) {
      const changed = changedTo(Buffer.concat([bytes, more]));
      expect(await stateOf(changed, passphrase)).toBe("damaged");
    }
  });

  it("shows the owner of the passphrase that somebody has changed its list and all checksums", async () => {
    const { file } = await scene([...claim("runs")], { log: () => "nothing\n" }).backUp();
    expect(await stateOf(file, passphrase)).toBe("incomplete");
    const forged = changedTo(await claimedComplete(file));
    expect(await stateOf(forged, undefined)).toBe("unchecked");
    expect((await verifyArchive(forged, passphrase)).faults).toEqual([
      "seal.age is not what the passphrase's owner has sealed: something was changed",
    ]);
  });

  it("is told apart from one of another passphrase, which is no damage", async () => {
    await expect(verifyArchive(whole, "another passphrase")).rejects.toThrow(WrongPassphrase);
    await expect(readArchivedObjects(whole, "another passphrase")).rejects.toThrow(WrongPassphrase);
  });

  it("is unchecked without a passphrase, with an exit code of its own", async () => {
    const verified = await verifyArchive(whole);
    expect(verified.state).toBe("unchecked");
    expect(exits[verified.state]).toBe(3);
    expect(verified.unchecked).toContain("data/db.postgres.tar.age");
    expect(verifiedText(verified)).toContain("nobody has looked at what is encrypted");
  });

  it("shows no secret to anybody without the passphrase", () => {
    const secrets = [
      ...["s3cret-of-the-superuser", "s3cret-in-a-map", "s3cret-in-the-values", "s3cret-in-a-pod"],
      ...["artefact", "CREATE ROLE"],
    ];
    for (const view of views(bytes)) {
      for (const one of secrets) {
        // In base64 a text looks in three ways, by where it begins.
        const shapes = [0, 1, 2].map((shift) =>
          Buffer.from(`${"x".repeat(shift)}${one}`)
            .toString("base64")
            .slice(4, -4),
        );
        for (const shape of [one, ...shapes]) expect(view.includes(shape)).toBe(false);
      }
    }
  });

  it.each(["no tar at all", ""])("is not taken for one where it is %p", async (text) => {
    await expect(verifyArchive(changedTo(Buffer.from(text)), passphrase)).rejects.toThrow(
      UserError,
    );
  });

  it("is never written over", async () => {
    const made = scene([]);
    writeFileSync(join(made.folder, "1.tar"), "precious");
    await expect(made.backUp()).rejects.toThrow("never written over");
    expect(readFileSync(join(made.folder, "1.tar"), "utf8")).toBe("precious");
  });
});

/** The archive of somebody who wants it to look whole, and has no passphrase. */
async function claimedComplete(file: string): Promise<Buffer> {
  const files = new Map<string, Buffer>();
  for await (const { name, content } of entriesOf(file)) files.set(name, await collected(content));
  const manifest = JSON.parse(files.get("manifest.json")?.toString() ?? "") as ArchiveManifest;
  const text = `${JSON.stringify({ ...manifest, complete: true, missing: [] }, undefined, 2)}\n`;
  const seal = createHash("sha256")
    .update(files.get("seal.age") ?? "")
    .digest("hex");
  files.set("manifest.json", Buffer.from(text));
  files.set("SHA256SUMS", Buffer.from(withSeal(sumsOf(text, manifest.entries), seal)));
  const all = [...files].map(([name, content]) => ({
    name,
    size: content.length,
    content: [content],
  }));
  return collected(canonicalTar(all));
}

/** The bytes, and whatever in them can be unpacked. */
function views(bytes: Buffer): readonly Buffer[] {
  const found = [bytes];
  for (let at = bytes.indexOf("\x1f\x8b"); at >= 0; at = bytes.indexOf("\x1f\x8b", at + 1)) {
    try {
      found.push(gunzipSync(bytes.subarray(at)));
    } catch {
      // It only looks like the beginning of something.
    }
  }
  return found;
}

/** That it cannot be read at all counts as damage here. */
async function stateOf(file: string, by: string | undefined): Promise<string> {
  try {
    return (await verifyArchive(file, by)).state;
  } catch (error) {
    if (error instanceof UserError && !(error instanceof WrongPassphrase)) return "damaged";
    throw error;
  }
}
