/** What the engine writes at each step is small: it is most of the time that an update takes. */
import { rendered, stacks } from "./rendered";

jest.setTimeout(120_000);

interface SavedResource {
  readonly urn: string;
  readonly type: string;
  readonly stackTrace?: readonly { readonly sourcePosition?: string }[];
}

describe.each(stacks)("the state of stack %s", (stack) => {
  it("has all components before the first object of the cluster", async () => {
    const types = (await savedResources(stack)).map(({ type }) => type);
    const firstObject = types.findIndex((type) => type.startsWith("kubernetes:"));
    const lastComponent = types.findLastIndex((type) => type.startsWith("platform:"));
    expect(lastComponent).toBeGreaterThan(0);
    expect(firstObject).toBeGreaterThan(lastComponent);
  });

  it("says where in the program each resource was declared, and not how the program was loaded", async () => {
    const own = /^project:\/\/\/(components\/.+|index)\.ts#\d+,\d+$/;
    const declared = (await savedResources(stack)).filter(
      ({ type }) => type.startsWith("platform:") || type.startsWith("kubernetes:"),
    );
    for (const { stackTrace = [] } of declared) {
      const positions = stackTrace.map(({ sourcePosition }) => sourcePosition);
      expect(positions.at(-1)).toMatch(/^project:\/\/\/index\.ts#/);
      expect(positions.filter((position) => !own.test(position ?? ""))).toEqual([]);
    }
  });
});

async function savedResources(stack: (typeof stacks)[number]): Promise<readonly SavedResource[]> {
  const { state } = await rendered(stack);
  const { checkpoint } = JSON.parse(state) as {
    readonly checkpoint: { readonly latest: { readonly resources: readonly SavedResource[] } };
  };
  return checkpoint.latest.resources;
}
