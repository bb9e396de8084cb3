import { ChildFailure } from "../../cli/process";
import { describeLifecycle } from "./lifecycle";
import { Stage } from "./stage";

describe("stack dev on its embedded cluster", () => {
  describeLifecycle("dev", false);
});

describe("an update of stack dev with another context than the stack's own", () => {
  const stage = new Stage("dev");
  afterAll(() => stage.end());

  it("is refused before any resource exists", async () => {
    const refused = stage.up(stage.settings("cluster", { context: "another" }));
    const error = await refused.then(
      () => undefined,
      (failure: unknown) => failure,
    );
    expect(error).toBeInstanceOf(ChildFailure);
    expect((error as ChildFailure).output).toContain("kubectl config use-context another");
    const made = stage.resources().filter(({ type }) => !type.startsWith("pulumi:pulumi:"));
    expect(made).toEqual([]);
  }, 180_000);
});
