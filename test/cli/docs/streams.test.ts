/** docs/STREAMS.md is what the declarations of the streams make of it. Written by `npm run docs` alone. */
import { readFileSync } from "node:fs";

import { pageFile, streamsPage } from "../../../cli/docs";
import { openWorkspace } from "../../../cli/workspace";

it("docs/STREAMS.md is up to date; a change is taken over by: npm run docs", () => {
  const written = readFileSync(pageFile(openWorkspace().repository, "STREAMS.md"), "utf8");
  expect(written).toBe(streamsPage());
});
