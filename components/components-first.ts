import * as pulumi from "@pulumi/pulumi";

import { Component } from "./component";

/**
 * Has the engine know every component before it makes the first object. To be called before anything is
 * declared.
 *
 * The engine writes its whole state three times for a component and twice for an object. A component is
 * next to nothing, and is as deep in the platform as its parents are many: in the order of declaration
 * the last ones come when most objects are in the state, and each waits its turn among their writes.
 *
 * A component that waits for something itself is not waited for, nor is what is in it.
 */
export function registerComponentsFirst(): void {
  const first = new Set<pulumi.Resource>();
  // Until then the program declares, without a pause.
  const registered = new Promise<void>((resolve) => {
    setImmediate(() => {
      pulumi.all([...first].map(({ urn }) => urn)).apply(() => {
        resolve();
      });
    });
  });
  pulumi.runtime.registerStackTransformation(({ resource, type, props, opts }) => {
    const { parent, dependsOn } = opts;
    if (resource instanceof Component) {
      const waits = dependsOn !== undefined || !(parent === undefined || first.has(parent));
      if (!waits) first.add(resource);
      return undefined;
    }
    if (!type.startsWith("kubernetes:")) return undefined;
    // The SDK looks into whatever the promise gives; its type knows of a list alone.
    const after = registered.then(() => dependsOn ?? []) as Promise<pulumi.Resource[]>;
    return { props, opts: { ...opts, dependsOn: after } };
  });
}
