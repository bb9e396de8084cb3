import { containersOf, nameOf, type StackObject } from "../preflight/objects";

/** An image as a stack's pods pull it, and who runs it. */
export interface UsedImage {
  /** With the stack's registry in front, where it names one. */
  readonly image: string;
  /** Without one, it is whatever has the tag when it is pulled. */
  readonly digest: string | null;
  readonly usedBy: readonly {
    /** `Deployment thunderline/web` */
    readonly workload: string;
    readonly containers: readonly string[];
  }[];
}

/** What the rendered objects of a stack run. */
export function usedImages(objects: readonly StackObject[]): readonly UsedImage[] {
  const users = new Map<string, { workload: string; containers: string[] }[]>();
  for (const object of objects) {
    for (const { image, name } of containersOf(object)) {
      const known = users.get(image) ?? [];
      const workload = nameOf(object);
      const same = known.find((one) => one.workload === workload);
      if (same === undefined) known.push({ workload, containers: [name] });
      else same.containers.push(name);
      users.set(image, known);
    }
  }
  return [...users]
    .map(([image, usedBy]) => ({ image, digest: image.split("@")[1] ?? null, usedBy }))
    .sort((a, b) => (a.image < b.image ? -1 : 1));
}
