/** Proves the rules that all components share; each system's invariants prove that they are followed. */
import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { Component } from "../../components/component";
import { faultmaven } from "../support/faultmaven";
import { philotes } from "../support/philotes";
import { settingsOf } from "../support/settings";
import { synth, type Synthesis } from "../support/synth";
import { telemetry } from "../support/telemetry";
import { thunderline } from "../support/thunderline";

class Pair extends Component {
  constructor(name: string, secret: string, opts: pulumi.ComponentResourceOptions = {}) {
    super("kubernetes:Pair", name, opts);
    const first = this.make(undefined, []);
    this.make("second", [first]);
    this.registerOutputs({ secret });
  }

  private make(suffix: string | undefined, waits: pulumi.Resource[]): pulumi.Resource {
    const metadata = { name: suffix ?? "first" };
    return new k8s.core.v1.ConfigMap(this.child(suffix), { metadata }, this.childOptions(waits));
  }
}

describe("a component", () => {
  let synthesis: Synthesis<unknown>;
  beforeAll(async () => {
    synthesis = await synth(() => new Pair("acme", "not for the state", { protect: true }));
  });

  it("names its main child like itself, and the others after itself", () => {
    const names = ["ConfigMap/first", "ConfigMap/second"].map(
      (title) => synthesis.resource(title).name,
    );
    expect(names).toEqual(["acme", "acme-second"]);
  });

  it("is the parent of its children", () => {
    expect(synthesis.resource("ConfigMap/second").parent?.type).toBe("platform:kubernetes:Pair");
  });

  it("orders its children by dependencies, not by parentage", () => {
    expect(synthesis.waits("ConfigMap/second")).toEqual(["ConfigMap/first"]);
  });

  it("keeps its arguments out of the state", () => {
    const component = synthesis.resources.find(({ custom }) => !custom);
    expect(component?.inputs).toEqual({});
  });
});

describe("the classes of components", () => {
  it.each([
    ["Thunderline", thunderline],
    ["FaultMaven", faultmaven],
    ["Philotes", philotes],
    ["Telemetry", telemetry],
  ])("of %s have a token each, of their layer and their name", async (_system, build) => {
    const classes = new Set<string>();
    const note: pulumi.ResourceTransformation = ({ resource, type }) => {
      if (type.startsWith("platform:")) classes.add(`${resource.constructor.name} is ${type}`);
      return undefined;
    };
    await build(settingsOf("prod"), {}, { transformations: [note] });
    const layered = /^(\w+) is platform:(kubernetes|services|observability|systems):\1$/;
    expect([...classes].filter((one) => !layered.test(one))).toEqual([]);
  });
});
