import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { SecretChoice } from "../../config/blocks";
import { Component } from "../component";
import { objectLabels } from "../labels";
import { announceKept, type Retention, type Scope } from "../scope";
import type { SecretRef, SecretText } from "./env";

export interface ChosenSecret {
  readonly choice: SecretChoice;
  /** Characters of a generated value: letters and digits only, so that it fits in a URL unchanged. */
  readonly length: number;
}

/** A secret of its own, or one that is put together from others, such as a database's address. */
export type SecretEntry = ChosenSecret | SecretText;

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
  readonly #texts: Readonly<Record<string, SecretText>>;
  /** The Secret of this bundle; undefined where all its entries are in other ones, and always were. */
  readonly secretName: string | undefined;

  constructor(
    name: string,
    args: SecretBundleArgs<Key>,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("kubernetes:SecretBundle", name, opts);
    const entries = Object.entries<SecretEntry>(args.entries);
    this.#texts = Object.fromEntries(
      entries.flatMap(([key, entry]) => {
        const text = isText(entry) ? entry.text : this.value(key, entry, args);
        return text === undefined ? [] : [[key, { text, rotation: rotationOf(entry) }]];
      }),
    );
    const owned = Object.keys(this.#texts).length > 0;
    const ready = owned ? [this.secret(args)] : [];
    this.secretName = owned ? args.name : undefined;
    this.#refs = Object.fromEntries(
      entries.map(([key, entry]) => [key, reference(args.name, key, entry, ready)]),
    ) as Record<Key, SecretRef>;
    this.registerOutputs();
  }

  ref(key: Key): SecretRef {
    return this.#refs[key];
  }

  /** The value of a key, for putting together another secret; undefined where only the cluster knows it. */
  text(key: Key): SecretText | undefined {
    return this.#refs[key].ready.length === 0 ? undefined : this.#texts[key];
  }

  private value(
    key: string,
    entry: ChosenSecret,
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

  private secret(args: SecretBundleArgs<Key>): pulumi.Resource {
    const { scope } = args;
    const values = Object.entries(this.#texts).map(([key, { text }]) => [
      key,
      scope.placeholders ? `<${scope.namespace}/${args.name}/${key}>` : text,
    ]);
    const secret = new k8s.core.v1.Secret(
      this.child(),
      {
        metadata: {
          name: args.name,
          namespace: scope.namespace,
          labels: objectLabels(scope, args.name),
        },
        stringData: Object.fromEntries(values) as Record<string, pulumi.Input<string>>,
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
  entry: SecretEntry,
  ready: readonly pulumi.Resource[],
): SecretRef {
  const rotation = rotationOf(entry);
  if (!isText(entry) && entry.choice.from === "existing") {
    const { secretName, key: theirs } = entry.choice;
    return { kind: "secret", secretName, key: theirs, rotation, ready: [] };
  }
  const around = isText(entry) ? entry.around : undefined;
  return { kind: "secret", secretName: bundle, key, rotation, around, ready };
}

function isText(entry: SecretEntry): entry is SecretText {
  return "text" in entry;
}

/** Secrets that a store keeps have no generation to raise; they stay at the first. */
function rotationOf(entry: SecretEntry): number {
  if (isText(entry)) return entry.rotation;
  return "rotation" in entry.choice ? entry.choice.rotation : 1;
}

function generationsOf(choice: SecretChoice): number {
  if (choice.from === "generated") return "rotation" in choice ? choice.rotation : 1;
  return "keepGenerations" in choice ? choice.keepGenerations : 0;
}
