import { addressOf, type Manifest, manifestOf, titleOf } from "../manifests";
import type { Registered } from "../recorder";
import type { Synthesis } from "../synth";
import { unless, type Violations } from "./pods";

export function misnamedChildren({ resources }: Synthesis<unknown>): Violations {
  return resources.flatMap(({ name, type, parent }) =>
    unless(
      parent === undefined || name === parent.name || name.startsWith(`${parent.name}-`),
      `${type} ${name} is not named after its parent ${parent?.name ?? ""}`,
    ),
  );
}

export function orphans({ resources }: Synthesis<unknown>): Violations {
  const roots = resources.filter(
    ({ parent, type }) => parent === undefined && !type.startsWith("pulumi:providers:"),
  );
  return roots.length <= 1 ? [] : roots.map(({ type, name }) => `${type} ${name} has no parent`);
}

export function unfinishedComponents({ resources }: Synthesis<unknown>): Violations {
  return resources
    .filter(({ custom, complete }) => !custom && !complete)
    .map(({ type, name }) => `${type} ${name} did not register its outputs`);
}

export function recordedArguments({ resources }: Synthesis<unknown>): Violations {
  return resources
    .filter(({ custom, inputs }) => !custom && Object.keys(inputs).length > 0)
    .map(({ type, name }) => `${type} ${name} has its arguments in the state`);
}

export function wrongTokens({ resources }: Synthesis<unknown>): Violations {
  return resources
    .filter(({ custom }) => !custom)
    .filter(
      ({ type }) => !/^platform:(kubernetes|services|observability|systems):[A-Z]\w+$/.test(type),
    )
    .map(({ type }) => `${type} names no layer and class`);
}

/** Two resources with one URN are refused by the engine; two with one object in the cluster fight. */
export function twins(synthesis: Synthesis<unknown>): Violations {
  const urns = synthesis.resources.map(({ urn }) => urn);
  const objects = manifests(synthesis).map(({ resource }) => addressOf(resource));
  return [...repeated(urns), ...repeated(objects)].map((what) => `${what} is there twice`);
}

/** Names and labels as the API server takes them, in the namespace of the system. */
export function malformedObjects(synthesis: Synthesis<unknown>): Violations {
  const namespaces = synthesis.names("Namespace");
  return manifests(synthesis).flatMap(({ resource, manifest: { kind, metadata } }) => {
    const { name, namespace, labels = {}, annotations = {} } = metadata;
    const found = [
      ...unless(
        /^(?=.{1,63}$)[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name),
        "has no DNS label as its name",
      ),
      ...unless(
        kind === "Namespace" ? namespace === undefined : namespaces.includes(namespace ?? ""),
        `is in ${namespace ?? "no namespace"}`,
      ),
      ...["name", "instance", "part-of", "managed-by"]
        .filter((label) => labels[`app.kubernetes.io/${label}`] === undefined)
        .map((label) => `has no label ${label}`),
      ...Object.values(labels)
        .filter((value) => !/^(?=.{1,63}$)[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$/.test(value))
        .map((value) => `has ${value} as a label`),
      ...Object.keys(annotations)
        .filter((key) => (key.split("/").at(-1) ?? "").length > 63)
        .map((key) => `has ${key} as an annotation`),
    ];
    return found.map((what) => `${titleOf(resource)} ${what}`);
  });
}

/** Everything that is applied is applied by the stack's own provider. */
export function foreignProviders(synthesis: Synthesis<unknown>): Violations {
  return manifests(synthesis)
    .filter(({ resource }) => !resource.provider.includes("::cluster::"))
    .map(({ resource }) => `${titleOf(resource)} has ${resource.provider || "no provider"}`);
}

function manifests(
  synthesis: Synthesis<unknown>,
): { readonly resource: Registered; readonly manifest: Manifest }[] {
  return synthesis.resources.flatMap((resource) => {
    const manifest = manifestOf(resource);
    return manifest === undefined ? [] : [{ resource, manifest }];
  });
}

function repeated(names: readonly string[]): string[] {
  return names.filter((name, index) => names.indexOf(name) !== index);
}
