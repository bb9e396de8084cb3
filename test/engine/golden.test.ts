/**
 * Every object of every stack as the reviewers of a change see it, and the names that no refactor
 * may change. Written by `npm run golden` alone. Does not prove that a cluster takes the objects.
 */
import { goldenFiles, readGolden } from "../../cli/golden";
import { stacks } from "./rendered";

jest.setTimeout(120_000);

describe.each(stacks)("the objects of stack %s", (stack) => {
  it("are those of test/golden; a wanted change is taken over by: npm run golden", async () => {
    const rendered = await goldenFiles(stack);
    const golden = readGolden(stack);
    expect(Object.fromEntries(rendered)).toEqual(Object.fromEntries(golden));
  });
});
