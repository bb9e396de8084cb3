import * as pulumi from "@pulumi/pulumi";

import { homeOf, type Kind, manifestOf, type Manifests, titleOf } from "./manifests";
import { record, type RecorderOptions, type Registered } from "./recorder";

/** What a piece of program declares, as plain values. */
export class Synthesis<T> {
  constructor(
    /** What the program returned. */
    readonly value: T,
    readonly resources: readonly Registered[],
    /** What it told the user. */
    readonly messages: readonly string[],
  ) {}

  /** The same without the objects of other namespaces: titles are unique in one alone. */
  within(namespace: string): Synthesis<T> {
    const kept = this.resources.filter((resource) => (homeOf(resource) ?? namespace) === namespace);
    return new Synthesis(this.value, kept, this.messages);
  }

  /** The objects of a kind, by name. */
  objects<K extends Kind>(kind: K): Manifests[K][] {
    return this.resources
      .filter((resource) => manifestOf(resource)?.kind === kind)
      .map((resource) => resource.inputs as unknown as Manifests[K])
      .sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  }

  /** The one object of this kind and name. */
  object<K extends Kind>(kind: K, name: string): Manifests[K] {
    return this.resource(`${kind}/${name}`).inputs as unknown as Manifests[K];
  }

  /** The names of all objects of a kind. */
  names(kind: Kind): string[] {
    return this.objects(kind).map(({ metadata }) => metadata.name);
  }

  /** The one resource with this title: `Kind/name` of an object, else a logical name. */
  resource(title: string): Registered {
    const found = this.resources.filter((resource) => titleOf(resource) === title);
    const [only] = found;
    if (only === undefined || found.length > 1) {
      const titles = this.resources.map(titleOf).join(", ");
      throw new Error(`${String(found.length)} resources are called ${title} among ${titles}`);
    }
    return only;
  }

  /** The titles of what a resource waits for. */
  waits(title: string): string[] {
    return this.resource(title).dependsOn.map(titleOf);
  }

  /** The titles of all resources that resist deletion. */
  get protected(): string[] {
    return this.resources.filter(({ protect }) => protect).map(titleOf);
  }
}

/** Runs a piece of program against mocks and waits until everything is registered. */
export async function synth<T>(
  program: () => T,
  options: RecorderOptions = {},
): Promise<Synthesis<T>> {
  const restoreTraces = withoutStackTraces();
  const messages: string[] = [];
  const keep = (message: string): Promise<void> => {
    messages.push(message);
    return Promise.resolve();
  };
  const logs = [
    jest.spyOn(pulumi.log, "info").mockImplementation(keep),
    jest.spyOn(pulumi.log, "warn").mockImplementation(keep),
  ];
  try {
    const { resources, complete } = await record(options);
    const { value, completed } = constructed(program);
    await pulumi.runtime.disconnect();
    await Promise.all(
      completed.map(async ({ urn }) => {
        complete(await known(urn));
      }),
    );
    return new Synthesis(value, resources, messages);
  } finally {
    await pulumi.runtime.disconnect();
    for (const log of logs) log.mockRestore();
    restoreTraces();
  }
}

/** What a program returns, and the components that said in their constructors that they are complete. */
function constructed<T>(program: () => T): { value: T; completed: pulumi.Resource[] } {
  const component = pulumi.ComponentResource.prototype as unknown as { registerOutputs(): void };
  const calls = jest.spyOn(component, "registerOutputs");
  try {
    const value = program();
    return { value, completed: calls.mock.contexts as pulumi.Resource[] };
  } finally {
    calls.mockRestore();
  }
}

function known<T>(output: pulumi.Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => {
      resolve(value);
    });
  });
}

/**
 * The SDK takes the stack at each registration and each promise, and jest maps every frame of it to
 * its source: most of the time. One frame is enough to find what threw.
 */
function withoutStackTraces(): () => void {
  const { stackTraceLimit } = Error;
  const format: unknown = Reflect.get(Error, "prepareStackTrace");
  Error.stackTraceLimit = 1;
  Error.prepareStackTrace = String;
  return () => {
    Error.stackTraceLimit = stackTraceLimit;
    Reflect.set(Error, "prepareStackTrace", format);
  };
}
