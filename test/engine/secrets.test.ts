/** Secrets are in Secret objects and in encrypted state, and nowhere else. */
import { parse } from "yaml";

import { type KubernetesObject, rendered, stacks } from "./rendered";

jest.setTimeout(120_000);

interface Secret extends KubernetesObject {
  readonly stringData: Readonly<Record<string, string>>;
}

describe.each(stacks)("a secret's value of stack %s", (stack) => {
  it("is one of its own in a rendering that asks for values", async () => {
    const values = await secretValues(stack);
    expect(values.length).toBeGreaterThan(8);
    expect(new Set(values).size).toBe(values.length);
  });

  it("is in no object but a Secret", async () => {
    const values = await secretValues(stack);
    const { files } = await rendered(stack, true);
    const others = files.filter(({ text }) => (parse(text) as KubernetesObject).kind !== "Secret");
    const leaks = others.filter(({ text }) => values.some((value) => text.includes(value)));
    expect(leaks.map(({ path }) => path)).toEqual([]);
  });

  it("is nowhere in the state in clear, nor in what the engine says", async () => {
    const values = await secretValues(stack);
    const { state, output } = await rendered(stack, true);
    expect(values.filter((value) => state.includes(value) || output.includes(value))).toEqual([]);
  });

  it("is a placeholder in a rendering that does not ask for values", async () => {
    const { files } = await rendered(stack);
    const secrets = files
      .map(({ text }) => parse(text) as Secret)
      .filter(({ kind }) => kind === "Secret");
    const shown = secrets.flatMap(({ stringData }) => Object.values(stringData));
    const placeholder = /<[a-z-]+\/[a-z-]+\/[\w-]+>/g;
    const others = shown.filter((value) => value.replace(placeholder, "") === value);
    expect(others).toEqual([]);
    // Around one there may be text, as in a file for Grafana, but nothing as long as a generated value.
    const around = shown.map((value) => value.replace(placeholder, ""));
    expect(around.filter((text) => /[A-Za-z0-9]{20}/.test(text))).toEqual([]);
  });
});

async function secretValues(stack: (typeof stacks)[number]): Promise<string[]> {
  const { files } = await rendered(stack, true);
  const secrets = files
    .map(({ text }) => parse(text) as Secret)
    .filter(({ kind }) => kind === "Secret");
  return secrets.flatMap(({ stringData }) => Object.values(stringData));
}
