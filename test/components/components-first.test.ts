/** Proves in which order the engine hears of resources; test/engine/state.test.ts of the whole platform. */
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { Component } from "../../components/component";
import { registerComponentsFirst } from "../../components/components-first";
import { titleOf } from "../support/manifests";
import { synth, type Synthesis } from "../support/synth";

class Folder extends Component {
  constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubernetes:Folder", name, opts);
    this.registerOutputs();
  }
}

function configMap(name: string, opts: pulumi.CustomResourceOptions = {}): pulumi.Resource {
  return new k8s.core.v1.ConfigMap(name, { metadata: { name } }, opts);
}

/** The titles of what a program registers, without the stack itself. */
async function orderOf(program: () => void): Promise<string[]> {
  const { resources } = await stackOf(program);
  return resources.slice(1).map(titleOf);
}

/** What a program declares that runs as the engine runs it: in a stack. */
function stackOf(program: () => void): Promise<Synthesis<unknown>> {
  return synth(() =>
    pulumi.runtime.runInPulumiStack(() => {
      registerComponentsFirst();
      program();
      return Promise.resolve();
    }),
  );
}

describe("a program that registers its components first", () => {
  it("registers an object after those that are declared after it, and after those inside others", async () => {
    const registered = await orderOf(() => {
      configMap("early");
      const outer = new Folder("outer");
      const inner = new Folder("inner", { parent: outer });
      new Folder("innermost", { parent: inner });
    });
    expect(registered).toEqual(["outer", "inner", "innermost", "ConfigMap/early"]);
  });

  it("keeps what an object waits for", async () => {
    const synthesis = await stackOf(() => {
      const first = configMap("first");
      configMap("second", { dependsOn: [first] });
      configMap("third", { dependsOn: first });
    });
    expect(synthesis.waits("ConfigMap/second")).toEqual(["ConfigMap/first"]);
    expect(synthesis.waits("ConfigMap/third")).toEqual(["ConfigMap/first"]);
  });

  it("does not wait for a component that waits for an object, nor for what is in it", async () => {
    const registered = await orderOf(() => {
      const late = new Folder("late", { dependsOn: [configMap("early")] });
      new Folder("inner", { parent: late });
    });
    expect(registered).toEqual(["ConfigMap/early", "late", "inner"]);
  });
});
