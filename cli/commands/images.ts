import { type Command, InvalidArgumentError, Option } from "commander";

import { lockedImages } from "../../config/image-lock";
import {
  nameOf,
  readImages,
  readingsText,
  type UsedImage,
  usedImages,
  usedText,
  wantedImages,
  writeLock,
} from "../images";
import { readObjects } from "../preflight/objects";
import { during, showSteps } from "../progress";
import { renderObjects } from "../render";
import { ensureToolchain } from "../toolchain";
import { listStacks, openWorkspace, readSettings, requireStack } from "../workspace";

interface ImagesOptions {
  readonly stack?: string;
  readonly json?: true;
  readonly lock?: true;
  readonly through?: string;
  readonly timeout: number;
}

/** `images`: what each stack runs, and the lock of its digests. */
export function addImages(program: Command): void {
  program
    .command("images")
    .summary("tell which images each stack runs, and lock their digests")
    .description(
      "Renders the stacks and lists their images as they are pulled, through the stack's registry where\n" +
        "it names one: by which digest or by the tag only, and which containers run them.\n" +
        "With --lock: asks the registries for the digest of each tag that the settings name and writes\n" +
        "config/images.lock.json. The next update pulls by these digests. What a registry does not tell\n" +
        "stays as it was, and the lock says why. Needs no cluster; shows no credentials, and uses none.",
    )
    .addOption(
      new Option("-s, --stack <stack>", "this stack alone, by its file Pulumi.<stack>.yaml"),
    )
    .option("--json", "the same as JSON")
    .addOption(new Option("--lock", "reads the digests anew").conflicts("stack"))
    .option("--through <registry>", "with --lock: asks this registry, a mirror of all others")
    .addOption(
      new Option("--timeout <seconds>", "for one answer of a registry")
        .argParser(seconds)
        .default(5),
    )
    .addHelpText(
      "after",
      "\nExit codes:\n" +
        "  0  it was listed, or the lock was written, also where a registry told nothing\n" +
        "  1  it could not be done; the message says why\n" +
        "\nExamples:\n" +
        "  npm run images -- --stack prod\n" +
        "  npm run images -- --json\n" +
        "  npm run images -- --lock && git diff config/images.lock.json\n" +
        "  npm run images -- --lock --through mirror.example.com/cache",
    )
    .action((options: ImagesOptions) => (options.lock === true ? lock(options) : list(options)));
}

async function list({ stack, json }: ImagesOptions): Promise<void> {
  const workspace = openWorkspace();
  const stacks = stack === undefined ? listStacks(workspace) : [requireStack(workspace, stack)];
  await ensureToolchain({ only: "engine" }); // Has a progress of its own.
  const progress = showSteps();
  const used: Record<string, readonly UsedImage[]> = {};
  for (const one of stacks) {
    const { files } = await during(progress, `Rendering stack ${one}`, () =>
      renderObjects(one, { workspace }),
    );
    used[one] = usedImages(readObjects(files));
  }
  console.log(
    json === true
      ? JSON.stringify(used, undefined, 2)
      : Object.entries(used)
          .map(([one, images]) => usedText(one, images))
          .join("\n\n"),
  );
}

async function lock({ json, through, timeout }: ImagesOptions): Promise<void> {
  const workspace = openWorkspace();
  const settings = listStacks(workspace).map((stack) => readSettings(workspace, stack));
  const wanted = wantedImages(settings);
  const today = new Date().toISOString().slice(0, 10);
  const readings = await during(showSteps(), `Asking for ${wanted.length} images`, () =>
    readImages(wanted, lockedImages, { timeoutMs: timeout * 1000, through, today }),
  );
  writeLock(
    workspace.repository,
    readings.map(({ image }) => image),
  );
  const dropped = lockedImages.map(nameOf).filter((name) => !wanted.includes(name));
  console.log(
    json === true
      ? JSON.stringify({ readings, dropped }, undefined, 2)
      : readingsText(readings, dropped),
  );
}

function seconds(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value > 0 && value <= 120) return value;
  throw new InvalidArgumentError("Expected a whole number of seconds from 1 to 120.");
}
