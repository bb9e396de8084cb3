import { copyFileSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { openWorkspace } from "../workspace";
import { type FloorResource, withNeeds } from "./needs";

/** What a floor is made of. */
export interface FloorOptions {
  /** The state of a rendering of the program. */
  readonly state: string;
  readonly stack: string;
  /** The context that its provider names, as the program's does. */
  readonly context: string;
  /** The components too, without anything in them. @default true */
  readonly components?: boolean;
}

interface SavedResource {
  readonly urn: string;
  readonly type: string;
  readonly custom: boolean;
  readonly inputs?: unknown;
}

/** As the program's own provider has them. */
const providerSettings = {
  kubeconfig: "",
  enableConfigMapMutable: true,
  enableSecretMutable: true,
  kubeClientSettings: { qps: 200, burst: 400 },
};

/** Writes the floor's program and its stack into a folder, which it gives back. */
export function writeFloor(folder: string, options: FloorOptions): string {
  const { stack, context } = options;
  mkdirSync(folder, { recursive: true });
  const put = (name: string, content: object): void => {
    writeFileSync(join(folder, name), JSON.stringify(content));
  };
  symlinkSync(join(openWorkspace().repository, "node_modules"), join(folder, "node_modules"));
  copyFileSync(join(__dirname, "programs", "floor.cjs"), join(folder, "floor.cjs"));
  put("Pulumi.yaml", {
    name: "floor",
    main: "floor.cjs",
    runtime: { name: "nodejs", options: { typescript: false } },
  });
  put(`Pulumi.${stack}.yaml`, { config: {} });
  put("package.json", { name: "floor", private: true });
  put("resources.json", {
    provider: { ...providerSettings, context, clusterIdentifier: context },
    resources: floorResources(options),
  });
  return folder;
}

/** The resources of a rendering's state as plain values, with the orders that they need. */
export function floorResources({
  state,
  components = true,
}: Pick<FloorOptions, "state" | "components">): readonly FloorResource[] {
  const { checkpoint } = JSON.parse(state) as {
    readonly checkpoint: { readonly latest: { readonly resources: readonly SavedResource[] } };
  };
  const wanted = checkpoint.latest.resources.filter(
    ({ type, custom }) => !type.startsWith("pulumi:") && (custom || components),
  );
  return withNeeds(
    wanted.map(({ urn, type, custom, inputs = {} }) => ({
      type: custom ? type : type.replace(/^\w+:/, "component:"),
      name: urn.slice(urn.lastIndexOf("::") + 2),
      inputs: plain(inputs),
    })),
  );
}

/** What the engine writes in place of a secret: a mark of this value under this key, and the text. */
const mark = {
  key: "4dabf18193072939515e22adb298388d",
  secret: "1b47061264138c4ac30d75fd1eb44270",
};

function plain(value: unknown, under = ""): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => plain(one));
  const fields = value as Readonly<Record<string, unknown>>;
  if (fields[mark.key] === mark.secret) {
    const stand = standIn(String(fields.ciphertext));
    // Of a Secret, the whole map is one secret.
    return { $secret: /^(data|stringData)$/.test(under) ? { value: stand } : stand };
  }
  const own = Object.entries(fields).filter(([key]) => !key.startsWith("__"));
  return Object.fromEntries(own.map(([key, one]) => [key, plain(one, key)]));
}

/**
 * Another value of about the same length: the floor needs none of the program's secrets. It can be read
 * as base64, which a Secret asks for.
 */
function standIn(ciphertext: string): string {
  // What encryption and its own base64 add: the mark of the version, the nonce and the tag.
  const length = Math.floor((ciphertext.length * 3) / 4) - 40;
  return "xxxx".repeat(Math.max(1, Math.floor(length / 4)));
}
