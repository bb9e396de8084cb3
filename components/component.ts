import * as pulumi from "@pulumi/pulumi";

type Layer = "kubernetes" | "services" | "observability" | "systems";

/**
 * The base of every component. It keeps three rules in one place: the type token names the layer and
 * the class, arguments never reach the state, and children are named after their parent.
 */
export abstract class Component extends pulumi.ComponentResource {
  readonly #name: string;

  protected constructor(
    token: `${Layer}:${string}`,
    name: string,
    opts: pulumi.ComponentResourceOptions,
  ) {
    super(`platform:${token}`, name, {}, opts);
    this.#name = name;
  }

  /** The logical name of a child; the child that gives the component its purpose has no suffix. */
  protected child(suffix?: string): string {
    return suffix === undefined ? this.#name : `${this.#name}-${suffix}`;
  }

  /** Options of a child that has to wait for `dependsOn`. */
  protected childOptions(dependsOn: readonly pulumi.Resource[] = []): pulumi.CustomResourceOptions {
    return { parent: this, dependsOn: [...dependsOn] };
  }
}
