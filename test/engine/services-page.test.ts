/**
 * docs/SERVICES.md and docs/POLICY.md are what the rendered stacks make of them. Written by `npm run docs`
 * alone.
 */
import { readFileSync } from "node:fs";

import { pageFile, policyPage, servicesPage } from "../../cli/docs";
import { openWorkspace } from "../../cli/workspace";
import { renderedObjects, stacks } from "./rendered";

jest.setTimeout(120_000);

it.each([
  ["SERVICES.md", servicesPage],
  ["POLICY.md", policyPage],
] as const)(
  "docs/%s is up to date; a change is taken over by: npm run docs",
  async (page, written) => {
    const objects = await Promise.all(
      stacks.map(async (stack) => [stack, await renderedObjects(stack)] as const),
    );
    const found = readFileSync(pageFile(openWorkspace().repository, page), "utf8");
    expect(found).toBe(written(Object.fromEntries(objects)));
  },
);
