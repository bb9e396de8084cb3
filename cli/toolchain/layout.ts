import { join, resolve } from "node:path";

import type { Item } from "./model";

/** Where the cache is, outside the repository: nothing in it is worth keeping. */
export function cacheRoot(env: NodeJS.ProcessEnv, home: string): string {
  if (env.PLATFORM_CACHE) return resolve(env.PLATFORM_CACHE);
  return join(env.XDG_CACHE_HOME || join(home, ".cache"), "platform");
}

/** The paths inside the cache. */
export class Layout {
  constructor(readonly root: string) {}

  /** The finished item; it exists as a whole or not at all. */
  item(item: Item, fingerprint: string): string {
    const id = item.kind === "files" ? fingerprint : `${item.version}-${fingerprint}`;
    return join(this.root, "tools", item.name, id);
  }

  /** Holds what is being made for a lock's owner; in the same file system as the result. */
  aside(name: string): string {
    return join(this.root, "aside", name);
  }

  lock(name: string): string {
    return join(this.root, "locks", name);
  }

  log(name: string): string {
    return join(this.root, "logs", `${name}.log`);
  }

  /** Remembers which versions programs outside the cache have. */
  answers(name: string): string {
    return join(this.root, "installed", `${name}.json`);
  }

  /** A home for Pulumi with just these plugins in it. */
  pulumiHome(id: string): string {
    return join(this.root, "pulumi-home", id);
  }
}
