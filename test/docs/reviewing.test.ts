/** The example in docs/REVIEWING.md is what the report says today of a recorded plan. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { pageFile, reviewingPage } from "../../cli/docs";

const repository = join(__dirname, "../..");

test("the example in docs/REVIEWING.md is up to date; a change is taken over by: npm run docs", () => {
  const written = readFileSync(pageFile(repository, "REVIEWING.md"), "utf8");
  expect(written).toBe(reviewingPage(repository));
});
