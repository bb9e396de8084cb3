import type { Path } from "../../config/faults";
import type { Settings } from "../../config/settings";
import { valueAt } from "../../config/shape";
import { UserError } from "../errors";
import { type Image, imagesOf, repositoryOf, type System } from "./images";

/** An image of the target that becomes what the source has. */
export interface Promotion {
  /** The setting in the target. */
  readonly path: Path;
  readonly key: string;
  readonly from: string;
  readonly to: string;
}

/** What a promotion would do. */
export interface PromotionPlan {
  readonly promotions: readonly Promotion[];
  /** Images that only one of the two stacks has, because it is set up in another way. */
  readonly onlyInSource: readonly string[];
  readonly onlyInTarget: readonly string[];
  /** Images that differ and that nothing in the source runs: nobody has tried them there. */
  readonly offInSource: readonly string[];
}

/** A stack by its name, with its settings. */
export interface Side {
  readonly stack: string;
  readonly settings: Settings;
}

/**
 * Which images of the target differ from the source's. Effective values are compared, so that it does
 * not matter whether a stack file says them or the defaults of its environment.
 *
 * @throws UserError where more than a version would have to be carried
 */
export function planPromotion(system: System, source: Side, target: Side): PromotionPlan {
  const ours = byKey(imagesOf(source.settings, system));
  const theirs = byKey(imagesOf(target.settings, system));
  const differing = [...theirs.values()].flatMap((image) => {
    const wanted = ours.get(image.key);
    return wanted === undefined || wanted.reference === image.reference ? [] : [{ image, wanted }];
  });
  const carried = differing.filter(({ wanted }) => !wanted.off);
  const obstacles = new Set(
    carried.flatMap(({ image, wanted }) =>
      obstacle({ side: source, image: wanted }, { side: target, image }),
    ),
  );
  if (obstacles.size > 0) {
    throw new UserError(
      [`Versions alone cannot be carried from ${source.stack} to ${target.stack}:`]
        .concat([...obstacles].map((line) => `  ${line}`))
        .join("\n"),
      `Nothing was written. Make these alike in Pulumi.${target.stack}.yaml by hand, as a change that is reviewed.`,
    );
  }
  return {
    promotions: carried.map(({ image, wanted }) => ({
      path: image.path,
      key: image.key,
      from: image.reference,
      to: wanted.reference,
    })),
    onlyInSource: [...ours.keys()].filter((key) => !theirs.has(key)),
    onlyInTarget: [...theirs.keys()].filter((key) => !ours.has(key)),
    offInSource: differing.filter(({ wanted }) => wanted.off).map(({ image }) => image.key),
  };
}

interface Place {
  readonly side: Side;
  readonly image: Image;
}

/** What stands in the way of carrying one image. */
function obstacle(source: Place, target: Place): string[] {
  const { key } = target.image;
  const [here, there] = [source, target].map(({ image }) => repositoryOf(image.reference));
  if (here !== there) {
    return [
      `${key}: ${source.side.stack} takes it from ${here ?? ""}, ${target.side.stack} from ${there ?? ""}`,
    ];
  }
  return [...liveObstacle(source, target), ...releaseObstacle(source, target)];
}

/** The image of a track beside the live one would reach users where that track is the live one. */
function liveObstacle(source: Place, target: Place): string[] {
  const [system = "", list] = target.image.path;
  if (list !== "tracks") return [];
  const [ours, theirs] = [source, target].map(({ side }) =>
    valueAt(side.settings, [system, "live"]),
  );
  if (ours === theirs) return [];
  return [
    `${String(system)}.live: ${String(ours)} in ${source.side.stack}, ${String(theirs)} in ${target.side.stack}; a track that only one of them shows to users is not the same`,
  ];
}

/** A track's image and its release belong together: the release decides whether a migration runs. */
function releaseObstacle(source: Place, target: Place): string[] {
  const [ours, theirs] = [source, target].map(({ side, image }) =>
    valueAt(side.settings, [...image.path.slice(0, -1), "release"]),
  );
  if (ours === theirs) return [];
  const release = target.image.key.replace(/image$/, "release");
  return [
    `${release}: ${String(ours)} in ${source.side.stack}, ${String(theirs)} in ${target.side.stack}; the image comes with its migration`,
  ];
}

function byKey(images: readonly Image[]): Map<string, Image> {
  return new Map(images.map((image) => [image.key, image]));
}
