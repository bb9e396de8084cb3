import type { Reading } from "./lock";
import type { UsedImage } from "./used";
import { nameOf } from "./wanted";

/** What a stack runs, one image after the other. */
export function usedText(stack: string, images: readonly UsedImage[]): string {
  const open = images.filter(({ digest }) => digest === null).length;
  const head = `Stack ${stack}: ${images.length} images, ${open} of them by their tag only`;
  const lines = images.flatMap(({ image, digest, usedBy }) => [
    `  ${image}${digest === null ? "  (tag only)" : ""}`,
    ...usedBy.map(({ workload, containers }) => `      ${workload}: ${containers.join(", ")}`),
  ]);
  return [head, ...lines].join("\n");
}

/** What came of asking the registries. */
export function readingsText(readings: readonly Reading[], dropped: readonly string[]): string {
  const lines = readings.map((reading) => `${nameOf(reading.image)}\n    ${saying(reading)}`);
  return [...lines, ...dropped.map((name) => `${name}\n    no stack has it any more`)].join("\n");
}

function saying({ image, outcome }: Reading): string {
  const digest = "digest" in image ? image.digest : "";
  switch (outcome.kind) {
    case "same":
      return `${digest}, as before`;
    case "read":
      return outcome.before === undefined
        ? digest
        : `${digest}: ANOTHER ONE than before, ${outcome.before}; its tag was moved`;
    case "kept":
      return `${digest} stays: ${outcome.why}`;
    case "tag only":
      return `tag only: ${outcome.why}`;
  }
}
