import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { SecretChoice } from "../../config/blocks";
import { Component } from "../component";
import { objectLabels } from "../labels";
import { announceKept, type Retention, type Scope } from "../scope";
import type { SecretRef } from "./env";

export interface SecretEntry {
  readonly choice: SecretChoice;
  /** Characters of a generated value: letters and digits only, so that it fits in a URL unchanged. */
  readonly length: number;
}

export interface SecretBundleArgs<Key extends string> {
  readonly scope: Scope;
  /** The name of the Secret. */
  readonly name: string;
  readonly entries: Readonly<Record<Key, SecretEntry>>;
  readonly retention: Retention;
}

/**
 * Secrets of one purpose in one Secret. Each entry is generated, an encrypted setting, or a key of a
 * Secret that exists already; `ref` gives all three alike. A generated entry has one value for each
 * generation, and earlier ones stay: what is protected cannot be replaced, and may still be in use.
 * @stateful
 */
export class SecretBundle<Key extends string> extends Component {
  readonly #refs: Readonly<Record<Key, SecretRef>>;
  /** The Secret of this bundle; undefined where all its entries are in other ones, and always were. */
  readonly secretName: string | undefined;

  constructor(
    name: string,
    args: SecretBundleArgs<Key>,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("kubernetes:SecretBundle", name, opts);
    const values: Record<string, pulumi.Output<string>> = {};
    for (const [key, entry] of Object.entries<SecretEntry>(args.entries)) {
      const value = this.value(key, entry, args);
      if (value !== undefined) values[key] = value;
    }
    const owned = Object.keys(values).length > 0;
    const ready = owned ? [this.secret(args, values)] : [];
    this.secretName = owned ? args.name : undefined;
    this.#refs = Object.fromEntries(
      Object.entries<SecretEntry>(args.entries).map(([key, { choice }]) => [
        key,
        reference(args.name, key, choice, ready),
      ]),
    ) as Record<Key, SecretRef>;
    this.registerOutputs();
  }

  ref(key: Key): SecretRef {
    return this.#refs[key];
  }

  private value(
    key: string,
    entry: SecretEntry,
    args: SecretBundleArgs<Key>,
  ): pulumi.Output<string> | undefined {
    const { choice, length } = entry;
    const generations = Array.from(
      { length: generationsOf(choice) },
      (_, index) =>
        new random.RandomPassword(
          this.child(index === 0 ? key : `${key}-${String(index + 1)}`),
          { length, special: false },
          { parent: this, protect: args.retention.protect },
        ),
    );
    // What was generated once stays in the Secret even when another one is read: both are protected.
    return choice.from === "setting"
      ? args.scope.encrypted[choice.key]
      : generations.at(-1)?.result;
  }

  private secret(
    args: SecretBundleArgs<Key>,
    values: Record<string, pulumi.Output<string>>,
  ): pulumi.Resource {
    const { scope } = args;
    const shown = Object.keys(values).map((key) => [
      key,
      `<${scope.namespace}/${args.name}/${key}>`,
    ]);
    const secret = new k8s.core.v1.Secret(
      this.child(),
      {
        metadata: {
          name: args.name,
          namespace: scope.namespace,
          labels: objectLabels(scope.system, args.name),
        },
        stringData: scope.placeholders
          ? (Object.fromEntries(shown) as Record<string, string>)
          : values,
      },
      { ...this.childOptions(scope.exists), protect: args.retention.protect },
    );
    announceKept(`secret ${scope.namespace}/${args.name}`, args.retention, secret);
    return secret;
  }
}

function reference(
  bundle: string,
  key: string,
  choice: SecretChoice,
  ready: readonly pulumi.Resource[],
): SecretRef {
  const rotation = rotationOf(choice);
  return choice.from === "existing"
    ? { kind: "secret", secretName: choice.secretName, key: choice.key, rotation, ready: [] }
    : { kind: "secret", secretName: bundle, key, rotation, ready };
}

/** Secrets that a store keeps have no generation to raise; they stay at the first. */
function rotationOf(choice: SecretChoice): number {
  return "rotation" in choice ? choice.rotation : 1;
}

function generationsOf(choice: SecretChoice): number {
  if (choice.from === "generated") return rotationOf(choice);
  return "keepGenerations" in choice ? choice.keepGenerations : 0;
}
