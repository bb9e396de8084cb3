import type { Api, Kind, KubernetesObject } from "../kubernetes";
import { Limit } from "../preflight/limit";

/** Enough for a far cluster, and no burden on its API server. */
const atOnce = 10;

/** The namespaces of a stack as they are now; each kind is read once. What may not be read throws for its reader alone. */
export class Live {
  readonly #read = new Map<string, Promise<readonly KubernetesObject[]>>();
  readonly #limit = new Limit(atOnce);

  constructor(
    private readonly api: Api,
    readonly namespaces: readonly string[],
  ) {}

  /** All objects of a kind in the stack's namespaces. */
  list<T extends KubernetesObject>(kind: Kind<T>): Promise<readonly T[]> {
    const key = `${kind.apiVersion} ${kind.kind}`;
    let known = this.#read.get(key) as Promise<readonly T[]> | undefined;
    if (known === undefined) {
      known = this.#all(kind);
      this.#read.set(key, known);
    }
    return known;
  }

  /** An object that is in no namespace. */
  read(kind: Kind, name: string): Promise<KubernetesObject | undefined> {
    return this.#limit.run(() => this.api.read(kind, name));
  }

  serves(kind: Kind): Promise<boolean> {
    return this.#limit.run(() => this.api.serves(kind));
  }

  async #all<T extends KubernetesObject>(kind: Kind<T>): Promise<readonly T[]> {
    const found = await Promise.all(
      this.namespaces.map((namespace) => this.#limit.run(() => this.api.list(kind, { namespace }))),
    );
    return found.flat();
  }
}
