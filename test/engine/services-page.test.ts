/** docs/SERVICES.md is what the rendered stacks make of it. Written by `npm run docs` alone. */
import { readFileSync } from "node:fs";

import { pageFile, servicesPage } from "../../cli/docs";
import { openWorkspace } from "../../cli/workspace";
import { renderedObjects, stacks } from "./rendered";

jest.setTimeout(120_000);

it("docs/SERVICES.md is up to date; a change is taken over by: npm run docs", async () => {
  const objects = await Promise.all(
    stacks.map(async (stack) => [stack, await renderedObjects(stack)] as const),
  );
  const written = readFileSync(pageFile(openWorkspace().repository, "SERVICES.md"), "utf8");
  expect(written).toBe(servicesPage(Object.fromEntries(objects)));
});
