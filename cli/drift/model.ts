/** Who changed a field, as the API server remembers it. */
export interface Hand {
  readonly manager: string;
  /** `scale`, where it came by way of a subresource. */
  readonly subresource?: string;
  /** UTC; the API server does not always keep it. */
  readonly time?: string;
}

/** A field that is not as it was applied. */
export interface DriftedField {
  /** `spec.template.spec.containers[web].image` */
  readonly path: string;
  /** `added`: nobody declared it, so no update takes it away. */
  readonly kind: "changed" | "removed" | "added";
  /** As text, where it may be shown. */
  readonly declared?: string;
  readonly live?: string;
  /** Left out where nobody is known: a field that is gone has no owner. */
  readonly by?: Hand;
  /** An update is refused until whoever set the field has put it back. */
  readonly conflicts?: true;
}

/** `Deployment` of `kubernetes:apps/v1:Deployment`, and of its patch. */
export function kindOf(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1).replace(/Patch$/, "");
}

/** An object on which something has drifted. */
export interface DriftedObject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly urn: string;
}

/** What differs between the state of a stack and its cluster. */
export interface Drift {
  readonly stack: string;
  /** `real` or `embedded`. */
  readonly cluster: string;
  readonly context: string;
  /** How many objects were compared. */
  readonly objects: number;
  /** Secrets were left out, because the identity may not read them. */
  readonly withoutSecrets: boolean;
  readonly deleted: readonly DriftedObject[];
  readonly changed: readonly (DriftedObject & { readonly fields: readonly DriftedField[] })[];
  /** What the engine says besides, such as that a workload is not healthy. That is no drift. */
  readonly warnings: readonly string[];
}

/** Whether anything has drifted. */
export function hasDrifted({ deleted, changed }: Drift): boolean {
  return deleted.length + changed.length > 0;
}
