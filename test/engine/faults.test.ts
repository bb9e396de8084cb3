/** Bad settings end the program before anything is made, in words and without a stack trace. */
import { ChildFailure } from "../../cli/process";
import { renderObjects } from "../../cli/render";

jest.setTimeout(120_000);

async function failureOf(overrides: { key: string; value: unknown }[]): Promise<string> {
  const failure = await renderObjects("dev", { overrides }).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(ChildFailure);
  return (failure as ChildFailure).output;
}

describe("a stack with faults in its settings", () => {
  it("is refused with every fault at once", async () => {
    const value = { web: { scaling: { replicas: 0 } }, worker: { enabeld: false } };
    const output = await failureOf([{ key: "platform:thunderline", value }]);
    expect(output).toContain("The settings of stack dev have 2 faults:");
    expect(output).toContain("platform:thunderline.web.scaling.replicas: got 0");
    expect(output).toContain("did you mean enabled?");
  });

  it("shows no stack trace and creates nothing", async () => {
    const output = await failureOf([{ key: "platform:environment", value: "production" }]);
    expect(output).toContain(
      'platform:environment: got "production", expected one of dev, staging, prod',
    );
    expect(output).not.toMatch(/^\s+at /m);
    expect(output).not.toContain("kubernetes:");
  });
});
