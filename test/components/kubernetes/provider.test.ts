/** Proves what the provider is told and when the program refuses; what it then does, the engine tests show. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import * as pulumi from "@pulumi/pulumi";

import { provider } from "../../../components/kubernetes/provider";
import type { Registered } from "../../support/recorder";
import { settingsOf } from "../../support/settings";
import { synth, type Synthesis } from "../../support/synth";

const settings = settingsOf("dev", { cluster: { context: "platform-dev" } });
const folder = mkdtempSync(join(tmpdir(), "provider-"));
const { KUBECONFIG } = process.env;

beforeEach(() => {
  useContext("platform-dev");
});

afterAll(() => {
  if (KUBECONFIG === undefined) delete process.env.KUBECONFIG;
  else process.env.KUBECONFIG = KUBECONFIG;
  rmSync(folder, { recursive: true });
});

/** A kubeconfig file whose current context is `context`. */
function useContext(context: string): void {
  const file = join(folder, "config");
  writeFileSync(file, `apiVersion: v1\nkind: Config\ncurrent-context: ${context}\n`);
  process.env.KUBECONFIG = file;
}

/** Starts the program, and takes whatever it throws as its result. */
function started(preview: boolean): Promise<Synthesis<unknown>> {
  return synth(
    () => {
      try {
        return provider(settings);
      } catch (error) {
        return error;
      }
    },
    { preview },
  );
}

async function inputsOf(program: Promise<Synthesis<unknown>>): Promise<Registered["inputs"]> {
  return (await program).resource("cluster").inputs;
}

describe("the provider", () => {
  it("is bound to the stack's context", async () => {
    expect(await inputsOf(started(false))).toMatchObject({ context: "platform-dev" });
  });

  it("knows its cluster by a name for life, so that a new address replaces nothing", async () => {
    expect(await inputsOf(started(false))).toMatchObject({ clusterIdentifier: "platform-dev" });
  });

  it("takes another name for life where the settings give one", async () => {
    const cluster = { context: "platform-dev", identifier: "rack-1" };
    const inputs = await inputsOf(synth(() => provider(settingsOf("dev", { cluster }))));
    expect(inputs.clusterIdentifier).toBe("rack-1");
  });

  it("changes files and secrets in place", async () => {
    expect(await inputsOf(started(false))).toMatchObject({
      enableConfigMapMutable: "true",
      enableSecretMutable: "true",
    });
  });

  it("keeps nobody's kubeconfig in the state", async () => {
    expect(await inputsOf(started(false))).toMatchObject({ kubeconfig: "" });
  });
});

describe("an update of another context than the stack's", () => {
  beforeEach(() => {
    useContext("platform-prod");
  });

  it("is refused by an error that Pulumi shows without a stack trace", async () => {
    expect((await started(false)).value).toBeInstanceOf(pulumi.RunError);
  });

  it("is refused with both names and the mend", async () => {
    const { message } = (await started(false)).value as Error;
    expect(message).toMatch(
      /the context platform-dev alone .* has the context platform-prod\. .*kubectl config use-context platform-dev$/,
    );
  });

  it("is refused before anything is made", async () => {
    expect((await started(false)).resources).toEqual([]);
  });

  it("may be previewed, which changes nothing", async () => {
    expect((await started(true)).resources).toHaveLength(1);
  });
});

describe("a rendering", () => {
  const render = { directory: "/tmp/out", placeholders: true };
  const rendering = (): Promise<Synthesis<unknown>> =>
    synth(() => provider(settingsOf("dev", { render })));

  it("goes into the folder that the settings name", async () => {
    expect(await inputsOf(rendering())).toMatchObject({ renderYamlToDirectory: "/tmp/out" });
  });

  it("needs no cluster, whichever context is chosen", async () => {
    useContext("platform-prod");
    expect(await inputsOf(rendering())).not.toHaveProperty("context");
  });
});
