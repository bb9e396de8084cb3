/** Proves on the committed stack files which images a promotion carries, and that it changes nothing else. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { isMap, parseDocument } from "yaml";

import { told } from "../../../cli/commands/promote";
import { promotion, type PromotionOptions } from "../../../cli/promote";
import { imagesOf, repositoryOf, type System, systems } from "../../../cli/promote/images";
import { settingsIn } from "../../../cli/workspace/settings";
import fc from "../../support/fast-check";

// Each example reads whole settings several times.
jest.setTimeout(60_000);

const repository = join(__dirname, "../../..");
const file = (stack: string): string =>
  readFileSync(join(repository, `Pulumi.${stack}.yaml`), "utf8");

/** The stack's file with these settings said too. */
function having(stack: string, images: Readonly<Record<string, string | boolean>>): string {
  const document = parseDocument(file(stack));
  for (const [setting, image] of Object.entries(images)) {
    const [system = "", ...rest] = setting.split(".");
    document.setIn(["config", `platform:${system}`, ...rest], image);
  }
  return document.toString({ lineWidth: 0 });
}

const app = "docker.io/thunderline/app";
const newer = having("dev", { "thunderline.app.image": `${app}:3.0.0` });

/** A promotion from dev to staging, with something else about it. */
const promote = (options: Partial<PromotionOptions> = {}): ReturnType<typeof promotion> =>
  promotion({
    ...{ system: "thunderline", force: false },
    source: { stack: "dev", text: newer },
    target: { stack: "staging", text: file("staging") },
    ...options,
  });

/** The lines of one text that the other does not have. */
const without = (text: string, other: string): string[] => {
  const lines = new Set(other.split("\n"));
  return text.split("\n").filter((line) => !lines.has(line));
};

const imagesByKey = (stack: string, text: string, system: System): Map<string, string> =>
  new Map(imagesOf(settingsIn(text, stack), system).map(({ key, reference }) => [key, reference]));

describe("a promotion", () => {
  it("writes the image that differs, and no other line", () => {
    const { text, promotions } = promote();
    expect(promotions.map(({ key, from, to }) => [key, from, to])).toEqual([
      ["thunderline.app.image", `${app}:2.1.0`, `${app}:3.0.0`],
    ]);
    expect(without(text, file("staging"))).toEqual(["    app:", `      image: ${app}:3.0.0`]);
    expect(without(file("staging"), text)).toEqual([]);
  });

  it("does not write what the target has by its defaults", () => {
    const same = { stack: "dev", text: file("dev") };
    expect(promote({ source: same }).text).toBe(file("staging"));
  });

  it("replaces an image that the target's file says, with its comment kept", () => {
    const said = file("staging").replace(
      "    web:\n",
      `    app:\n      # held back for the audit\n      image: ${app}:2.0.0 # until June\n    web:\n`,
    );
    const { text } = promote({ target: { stack: "staging", text: said } });
    expect(without(text, said)).toEqual([`      image: ${app}:3.0.0 # until June`]);
    expect(text).toContain("# held back for the audit");
  });

  it("carries the image of a track in a list, whose other fields stay", () => {
    const image = "ghcr.io/faultmaven/faultmaven:1.1.0";
    const tracks = `  platform:faultmaven:\n    tracks: [{ name: blue, image: "${image}", release: 1 }]\n`;
    const source = { stack: "dev", text: file("dev").replace("  platform:faultmaven:\n", tracks) };
    const { text } = promote({ system: "faultmaven", source });
    expect(settingsIn(text, "staging").faultmaven.tracks).toEqual([
      { name: "blue", image, release: 1, contracts: false },
    ]);
  });

  it("keeps every other character, however the file is formatted", () => {
    const odd = file("staging").replace(
      "  platform:thunderline:\n    web:\n",
      `  platform:thunderline:\n    app: {poolSize:  20 ,   image:   '${app}:2.0.0'}\n    web:\n`,
    );
    const { text } = promote({ target: { stack: "staging", text: odd } });
    expect(text).toBe(odd.replace(`${app}:2.0.0`, `${app}:3.0.0`));
  });

  it("leaves what is switched off in the source, and says so", () => {
    const parts = { "thunderline.livebook.enabled": false };
    const source = {
      stack: "dev",
      text: having("dev", {
        ...parts,
        "thunderline.livebook.image": "ghcr.io/livebook-dev/livebook:9.9.9",
      }),
    };
    const { promotions, offInSource } = promote({ source });
    expect([promotions, offInSource]).toEqual([[], ["thunderline.livebook.image"]]);
    const options = { system: "thunderline", from: "dev", to: "staging" } as const;
    expect(told(options, promote({ source }))).toContain(
      "Not carried: thunderline.livebook.image, which is switched off in stack dev.",
    );
  });

  it("says which images only one of the stacks has", () => {
    const { promotions, onlyInSource, onlyInTarget, offInSource } = promote({
      source: { stack: "dev", text: file("dev") },
    });
    expect([promotions, onlyInSource]).toEqual([[], []]);
    expect(onlyInTarget).toContain("thunderline.mlflow.backup.clientImage");
    expect(
      told(
        { system: "thunderline", from: "dev", to: "staging" },
        { promotions, onlyInSource, onlyInTarget, offInSource },
      ),
    ).toContain("Left as it is: thunderline.mlflow.backup.clientImage");
  });
});

describe("a promotion is refused", () => {
  it("where the image comes from somewhere else", () => {
    const source = {
      stack: "dev",
      text: having("dev", { "thunderline.app.image": "mirror.example.com/app:3.0.0" }),
    };
    expect(() => promote({ source })).toThrow(
      `thunderline.app.image: dev takes it from mirror.example.com/app, staging from ${app}`,
    );
  });

  it("where the image is of a release with a migration that the target does not have", () => {
    const tracks = `  platform:faultmaven:\n    tracks: [{ name: blue, image: "ghcr.io/faultmaven/faultmaven:1.1.0", release: 2 }]\n`;
    const source = { stack: "dev", text: file("dev").replace("  platform:faultmaven:\n", tracks) };
    expect(() => promote({ system: "faultmaven", source })).toThrow(
      "faultmaven.tracks[blue].release: 2 in dev, 1 in staging",
    );
  });

  it("where a track is the live one in only one of the stacks", () => {
    const tracks = (live: string, version: string, ...names: string[]): string =>
      `  platform:faultmaven:\n    live: ${live}\n    tracks:\n${names
        .map((name) => `      - { name: ${name}, image: "${image}:${version}", release: 1 }\n`)
        .join("")}`;
    const image = "ghcr.io/faultmaven/faultmaven";
    const saying = (stack: string, text: string) => ({
      ...{ stack, text: file(stack).replace("  platform:faultmaven:\n", text) },
    });
    const source = saying("dev", tracks("blue", "1.1.0", "blue"));
    const target = saying("staging", tracks("green", "1.0.0", "blue", "green"));
    expect(() => promote({ system: "faultmaven", source, target })).toThrow(
      /from dev to staging:\n {2}faultmaven\.live: blue in dev, green in staging; a track that only one of them shows to users is not the same$/,
    );
  });

  it("where an image has no fixed version", () => {
    const source = {
      stack: "dev",
      text: having("dev", { "thunderline.app.image": `${app}:latest` }),
    };
    expect(() => promote({ source })).toThrow("an image with a digest or the tag of one release");
  });

  it("where an alias would carry it into other settings too", () => {
    const shared = file("staging")
      .replace("    web:\n", `    app: { image: &shared "${app}:2.0.0" }\n    web:\n`)
      .replace("    api:\n", "    api:\n      image: *shared\n");
    expect(settingsIn(shared, "staging").philotes.api.image).toBe(`${app}:2.0.0`);
    expect(() => promote({ target: { stack: "staging", text: shared } })).toThrow(
      "cannot be written into Pulumi.staging.yaml",
    );
  });

  it.each([
    ["dev", "prod", "expected a stack of staging"],
    ["staging", "dev", "expected a stack of prod"],
    ["prod", "staging", "prod is the last stage"],
    ["dev", "dev", "expected two stacks"],
  ])("from %s to %s: %s", async (from, to, words) => {
    const [source, target] = [from, to].map((stack) => ({ stack, text: file(stack) })) as [
      PromotionOptions["source"],
      PromotionOptions["target"],
    ];
    expect(() => promote({ source, target })).toThrow(words);
  });
});

it("a stage may be skipped where that is asked for", () => {
  const target = { stack: "prod", text: file("prod") };
  const { promotions } = promote({ target, force: true });
  expect(promotions).toHaveLength(1);
});

describe.each(systems)("of %s, whatever versions there are", (system) => {
  const known = [...imagesByKey("dev", file("dev"), system).entries()].filter(
    ([key]) => !key.includes("["),
  );
  /** Other versions for some images, in the file of each stack; not 0, which the settings of ChromaDB refuse. */
  const versions = fc.dictionary(
    fc.constantFrom(...known.map(([key]) => key)),
    fc
      .tuple(fc.integer({ min: 1, max: 99 }), fc.nat(99), fc.nat(99))
      .map((numbers) => numbers.join(".")),
  );
  const said = (tags: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      known.flatMap(([key, image]) =>
        Object.hasOwn(tags, key) ? [[key, `${repositoryOf(image)}:${tags[key] ?? ""}`]] : [],
      ),
    );

  it("both stacks have the same ones afterwards, nothing else differs, and a second time changes nothing", () => {
    fc.assert(
      fc.property(versions, versions, (ours, theirs) => {
        const source = { stack: "dev", text: having("dev", said(ours)) };
        const before = { stack: "staging", text: having("staging", said(theirs)) };
        const { text, onlyInTarget, offInSource } = promote({ system, source, target: before });
        const after = { stack: "staging", text };

        const [dev, staging] = [source, after].map((one) =>
          imagesByKey(one.stack, one.text, system),
        ) as [Map<string, string>, Map<string, string>];
        for (const key of onlyInTarget) staging.delete(key);
        for (const key of offInSource) for (const images of [dev, staging]) images.delete(key);
        expect(staging).toEqual(dev);

        expect(blanked(after, system)).toEqual(blanked(before, system));

        expect(promote({ system, source, target: after }).text).toBe(text);
      }),
      { numRuns: 6 },
    );
  });
});

/** A stack's settings without the images of a system. */
function blanked({ stack, text }: PromotionOptions["target"], system: System): unknown {
  const settings = settingsIn(text, stack);
  const document = parseDocument(JSON.stringify(settings));
  for (const { path } of imagesOf(settings, system)) document.setIn(path, "an image");
  expect(isMap(document.contents)).toBe(true);
  return document.toJS();
}
