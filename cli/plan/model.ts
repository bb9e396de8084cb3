/** What the engine does with a resource, in its own words but for the parts of a replacement. */
export type Operation =
  "same" | "create" | "update" | "replace" | "delete" | "import" | "read" | "refresh" | "forget";

/** A resource as it is declared. The engine has put `[secret]` in place of secrets. */
export interface ResourceState {
  readonly urn: string;
  /** `kubernetes:apps/v1:Deployment`. */
  readonly type: string;
  readonly id?: string;
  readonly parent?: string;
  readonly protect: boolean;
  readonly retainOnDelete: boolean;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What the cluster said of it last; that of a preview is a forecast. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** What becomes of one resource. */
export interface PlannedResource {
  readonly urn: string;
  readonly type: string;
  readonly operation: Operation;
  readonly before?: ResourceState;
  readonly after?: ResourceState;
  /** Paths of properties that make the engine replace it, `spec.selector`. */
  readonly replacedFor: readonly string[];
  /**
   * What the engine says is different, by its path: the only trace of a secret that changes, because
   * both its values read `[secret]`. @default nothing was said
   */
  readonly differs?: Readonly<Record<string, "add" | "update" | "delete">>;
}

/** An object at which the engine has failed, in a preview or in an update. */
export interface FailedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  /** What the engine says of it, without colours. */
  readonly message: string;
  /** As the program declares it; secrets are masked. */
  readonly declared: Readonly<Record<string, unknown>>;
}

/** A rule of the policy pack that is not kept. */
export interface Violation {
  readonly policy: string;
  /** A mandatory one stops the update. */
  readonly level: "mandatory" | "advisory";
  readonly urn?: string;
  readonly message: string;
}

/** All that an update would do, unchanged resources too. */
export interface Plan {
  readonly stack: string;
  readonly resources: readonly PlannedResource[];
  readonly violations: readonly Violation[];
  /** Errors that the engine ended with. */
  readonly errors: readonly string[];
  /** The objects that some of these errors are about. @default unknown */
  readonly failures?: readonly FailedObject[];
  /** Warnings of the program and of the engine. */
  readonly warnings: readonly string[];
}
