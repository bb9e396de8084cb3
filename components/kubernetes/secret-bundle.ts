import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { SecretChoice } from "../../config/blocks";
import { Component } from "../component";
import { type Labels, objectLabels } from "../labels";
import { announceKept, type Retention, type Scope } from "../scope";
import { generationKey, type SecretRef, type SecretText } from "./env";
import { annotated, exception, releasedException } from "./exception";

export interface ChosenSecret {
  readonly choice: SecretChoice;
  /** Characters of a generated value: letters and digits only, so that it fits in a URL unchanged. */
  readonly length: number;
  /** What readers notice when they take up the next generation, if they do; each preview after it says so. */
  readonly rotating?: string;
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
 * Secret that exists already; `ref` gives all three alike. A generated entry has a value and a key for
 * each generation. Earlier ones stay until the settings discard them: what is protected cannot be
 * replaced, and a pod that restarts before its turn reads what it was started with.
 * @stateful
 */
export class SecretBundle<Key extends string> extends Component {
  readonly #args: SecretBundleArgs<Key>;
  readonly #texts: Readonly<Record<string, SecretText>>;
  readonly #ready: readonly pulumi.Resource[];
  /** The Secret of this bundle; undefined where all its entries are in other ones, and always were. */
  readonly secretName: string | undefined;

  constructor(
    name: string,
    args: SecretBundleArgs<Key>,
    opts: pulumi.ComponentResourceOptions = {},
  ) {
    super("kubernetes:SecretBundle", name, opts);
    this.#args = args;
    this.#texts = Object.fromEntries(
      Object.entries<SecretEntry>(args.entries).flatMap(([key, entry]) => {
        const text = isText(entry) ? entry : this.declared(key, entry);
        return text.generations.length === 0 ? [] : [[key, text]];
      }),
    );
    const owned = Object.keys(this.#texts).length > 0;
    this.#ready = owned ? [this.secret()] : [];
    this.secretName = owned ? args.name : undefined;
    this.announceRotations();
    this.registerOutputs();
  }

  /** The current generation. */
  ref(key: Key): SecretRef {
    const entry: SecretEntry = this.#args.entries[key];
    const rotation = rotationOf(entry);
    if (!isText(entry) && entry.choice.from === "existing") {
      const { secretName, key: theirs } = entry.choice;
      return { kind: "secret", secretName, key: theirs, rotation, ready: [] };
    }
    const around = isText(entry) ? entry.around : undefined;
    const current = this.#texts[key]?.generations.at(-1)?.number ?? 1;
    return { ...this.generation(key, current), rotation, around };
  }

  /** The declared generations before the current one, the oldest first, which a store may still have. */
  earlier(key: Key): readonly SecretRef[] {
    const entry: SecretEntry = this.#args.entries[key];
    const { generations = [] } = this.#texts[key] ?? {};
    // A value in somebody else's Secret is none of them.
    const elsewhere = !isText(entry) && entry.choice.from === "existing";
    return (elsewhere ? generations : generations.slice(0, -1)).map(({ number }) =>
      this.generation(key, number),
    );
  }

  /** Those of them that the settings have not released, which readers may still come with. */
  unreleased(key: Key): readonly SecretRef[] {
    const entry: SecretEntry = this.#args.entries[key];
    if (isText(entry)) return [];
    const { released } = retiredOf(entry.choice);
    return this.earlier(key).filter(({ rotation }) => rotation > released);
  }

  /** The values of a key, for putting together another secret; undefined where only the cluster knows them. */
  text(key: Key): SecretText | undefined {
    return this.ref(key).ready.length === 0 ? undefined : this.#texts[key];
  }

  private generation(key: string, number: number): SecretRef {
    const secretName = this.#args.name;
    const ready = this.#ready;
    return { kind: "secret", secretName, key: generationKey(key, number), rotation: number, ready };
  }

  /** What was generated once stays even when another value is read: it is protected. */
  private declared(key: string, { choice, length }: ChosenSecret): SecretText {
    const { scope, retention } = this.#args;
    const { released, discarded } = retiredOf(choice);
    const generated = numbers(discarded + 1, generatedOf(choice)).map((number) => ({
      number,
      text: new random.RandomPassword(
        this.child(generationKey(key, number)),
        { length, special: false },
        { parent: this, protect: retention.protect && number > released },
      ).result,
    }));
    const given = choice.from === "setting" ? scope.encrypted[choice.key] : undefined;
    // Behind those that were generated before, which keep their keys.
    const last = generatedOf(choice) + 1;
    const generations =
      given === undefined ? generated : [...generated, { number: last, text: given }];
    return { generations, rotation: choice.rotation ?? 1 };
  }

  private secret(): pulumi.Resource {
    const { scope, name, retention } = this.#args;
    const values = Object.entries(this.#texts).flatMap(([entry, { generations }]) =>
      generations.map(({ number, text }) => {
        const key = generationKey(entry, number);
        return [key, scope.placeholders ? `<${scope.namespace}/${name}/${key}>` : text];
      }),
    );
    const secret = new k8s.core.v1.Secret(
      this.child(),
      {
        metadata: {
          name,
          namespace: scope.namespace,
          labels: objectLabels(scope, name),
          ...annotated(...this.exceptions()),
        },
        stringData: Object.fromEntries(values) as Record<string, pulumi.Input<string>>,
      },
      { ...this.childOptions(scope.exists), protect: retention.protect },
    );
    announceKept(`secret ${scope.namespace}/${name}`, retention, secret);
    return secret;
  }

  /** Of generated values that the settings let go. They have no annotations; their Secret speaks for them. */
  private exceptions(): Labels[] {
    const { scope, retention, entries } = this.#args;
    if (!scope.posture.protectData) return [];
    const chosen = Object.entries<SecretEntry>(entries).flatMap(([key, entry]) =>
      isText(entry) ? [] : [{ key, choice: entry.choice }],
    );
    if (!chosen.some(({ choice }) => generatedOf(choice) > retiredOf(choice).discarded)) return [];
    if (!retention.protect) return [releasedException(scope.posture, retention)];
    return chosen.flatMap(({ key, choice }) => {
      const { released, discarded } = retiredOf(choice);
      return numbers(discarded + 1, Math.min(released, generatedOf(choice))).map((number) =>
        exception("data-protected", "the settings release it", generationKey(key, number)),
      );
    });
  }

  /** Says in the preview whom the next generation of a secret disturbs, so that nobody is surprised. */
  private announceRotations(): void {
    const { scope, name, retention, entries } = this.#args;
    for (const [key, entry] of Object.entries<SecretEntry>(entries)) {
      if (!retention.inUse || isText(entry) || entry.rotating === undefined) continue;
      const rotation = rotationOf(entry);
      if (rotation === 1) continue;
      const which = `generation ${String(rotation)} of ${key} in secret ${scope.namespace}/${name}`;
      void pulumi.log.info(`${which}: ${entry.rotating}`, this);
    }
  }
}

function isText(entry: SecretEntry): entry is SecretText {
  return "generations" in entry;
}

function rotationOf(entry: SecretEntry): number {
  return (isText(entry) ? entry.rotation : entry.choice.rotation) ?? 1;
}

/** How many values have been generated so far. */
function generatedOf(choice: SecretChoice): number {
  if (choice.from === "generated") return choice.rotation ?? 1;
  return "keepGenerations" in choice ? (choice.keepGenerations ?? 0) : 0;
}

/** Up to which generation values are no longer protected, and no longer declared. */
function retiredOf(choice: SecretChoice): { released: number; discarded: number } {
  const { released = 0, discarded = 0 } =
    "released" in choice || "discarded" in choice ? choice : {};
  return { released, discarded };
}

function numbers(first: number, last: number): number[] {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}
