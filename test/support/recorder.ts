import { createHash } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";
import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb";

/** A resource as it was handed to the engine, with every default and inheritance of the SDK in it. */
export interface Registered {
  readonly type: string;
  readonly name: string;
  /** As the engine makes it: the types of all parents, then the logical name. */
  readonly urn: string;
  readonly parent: Registered | undefined;
  readonly custom: boolean;
  /** Plain values; what was secret is named in `secretPaths`. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly secretPaths: readonly string[];
  readonly protect: boolean;
  /** Whether what is no longer declared stays in the cluster as it is. */
  readonly retainOnDelete: boolean;
  /** How long its creation and its update may take, `600s`; empty where the provider decides. */
  readonly timeouts: { readonly create: string; readonly update: string };
  /** What it waits for, by option or by value. */
  readonly dependsOn: readonly Registered[];
  readonly ignoreChanges: readonly string[];
  /** All URNs by which the engine finds it in an earlier state: its own, and those of its aliases and its parents'. */
  readonly knownAs: readonly string[];
  readonly provider: string;
  /** Of a component: whether its constructor said that it is complete. The SDK would say so too, but later. */
  readonly complete: boolean;
}

export interface RecorderOptions {
  readonly stack?: string;
  readonly preview?: boolean;
}

type Writable = { -readonly [Key in keyof Registered]: Registered[Key] };

const secretSignature = "1b47061264138c4ac30d75fd1eb44270";
const signatureKey = "4dabf18193072939515e22adb298388d";

/**
 * Stands in for the engine and its providers. It reads the requests themselves, because they say what
 * no transformation and no mock can: inherited protection, resolved dependencies, aliases.
 */
export async function record({ stack = "test", preview = false }: RecorderOptions): Promise<{
  readonly resources: readonly Registered[];
  /** Notes that the component with this URN is complete. */
  readonly complete: (urn: string) => void;
}> {
  const resources: Writable[] = [];
  const byUrn = new Map<string, Writable>();
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => ({
        id: `${name}-id`,
        state: created(type, name, inputs as Record<string, unknown>),
      }),
      call: ({ token }) => {
        throw new Error(`the program calls ${token}, which has no mock`);
      },
    },
    "platform",
    stack,
    preview,
  );
  const monitor = monitorOfMocks();
  const registerResource = monitor.registerResource.bind(monitor);
  monitor.registerResource = async (request, callback) => {
    await registerResource(request, (error, response) => {
      if (response !== undefined) {
        const resource = registered(request, byUrn);
        byUrn.set(response.getUrn(), resource);
        resources.push(resource);
      }
      callback(error, response);
    });
  };
  return {
    resources,
    complete: (urn) => {
      const resource = byUrn.get(urn);
      if (resource !== undefined) resource.complete = true;
    },
  };
}

/** The mocks' monitor, which the SDK types as the engine's client. */
interface Monitor {
  registerResource(
    request: RegisterResourceRequest,
    callback: (error: unknown, response: Response | undefined) => void,
  ): Promise<void>;
}

interface Response {
  getUrn(): string;
}

function monitorOfMocks(): Monitor {
  return pulumi.runtime.getMonitor() as unknown as Monitor;
}

function registered(
  request: RegisterResourceRequest,
  byUrn: ReadonlyMap<string, Registered>,
): Writable {
  const parent = byUrn.get(request.getParent());
  const type = request.getType();
  const name = request.getName();
  const types = (parent?.knownAs ?? [undefined]).flatMap((urn) =>
    [type, ...aliasTypes(request)].map((own) =>
      urn === undefined ? own : `${typesOf(urn)}$${own}`,
    ),
  );
  const secretPaths: string[] = [];
  const inputs = plain(request.getObject()?.toJavaScript() ?? {}, [], secretPaths);
  return {
    type,
    name,
    urn: `${types[0] ?? ""}::${name}`,
    parent,
    custom: request.getCustom(),
    inputs: inputs as Record<string, unknown>,
    secretPaths,
    protect: request.getProtect() ?? false,
    retainOnDelete: request.getRetainondelete() ?? false,
    timeouts: {
      create: request.getCustomtimeouts()?.getCreate() ?? "",
      update: request.getCustomtimeouts()?.getUpdate() ?? "",
    },
    dependsOn: request.getDependenciesList().map((urn) => known(byUrn, urn)),
    ignoreChanges: request.getIgnorechangesList(),
    knownAs: types.map((known) => `${known}::${name}`),
    provider: request.getProvider(),
    complete: false,
  };
}

/** Aliases of this program differ in the type alone. */
function aliasTypes(request: RegisterResourceRequest): string[] {
  return request
    .getAliasesList()
    .map((alias) => alias.getSpec()?.getType() ?? "")
    .filter((type) => type !== "");
}

function typesOf(urn: string): string {
  return urn.slice(0, urn.lastIndexOf("::"));
}

function known(byUrn: ReadonlyMap<string, Registered>, urn: string): Registered {
  const resource = byUrn.get(urn);
  if (resource === undefined) throw new Error(`${urn} was registered after what depends on it`);
  return resource;
}

/** Takes the secrets' wrappings off and notes where they were. */
function plain(value: unknown, path: readonly string[], secretPaths: string[]): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) {
    return value.map((item, index) => plain(item, [...path, String(index)], secretPaths));
  }
  const fields = value as Record<string, unknown>;
  if (fields[signatureKey] === secretSignature) {
    secretPaths.push(path.join("."));
    return plain(fields.value, path, secretPaths);
  }
  return Object.fromEntries(
    Object.entries(fields).map(([key, item]) => [key, plain(item, [...path, key], secretPaths)]),
  );
}

/** What a provider answers: the inputs, and the fields that only it can fill. */
function created(
  type: string,
  name: string,
  inputs: Record<string, unknown>,
): Record<string, unknown> {
  switch (type) {
    case "random:index/randomPassword:RandomPassword":
      return { ...inputs, result: pulumi.secret(generatedPassword(name, Number(inputs.length))) };
    case "kubernetes:core/v1:Service":
      return { ...inputs, spec: { clusterIP: "10.96.0.1", ...(inputs.spec as object) } };
    default:
      return inputs;
  }
}

/** What a RandomPassword comes out as: always the same for one name, and in no other text by accident. */
export function generatedPassword(name: string, length: number): string {
  const digest = createHash("sha512").update(name).digest("hex");
  return digest.repeat(Math.ceil(length / digest.length)).slice(0, length);
}
