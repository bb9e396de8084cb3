import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  type Figure,
  figuresAsText,
  figuresVariable,
  readFigures,
  report,
} from "../../../cli/testing";

const killed: Figure = {
  area: "faults",
  claim: "a killed update is ended by the next one",
  ...{ trials: 20, of: "points", seen: "0 orphans" },
};
const pods: Figure = {
  area: "security",
  claim: "every pod is restricted",
  ...{ trials: 54, of: "pods", seen: "0 findings" },
};

let folder: string;
let said: jest.SpyInstance;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "figures-"));
  said = jest.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

describe("figures", () => {
  it("are kept in the file that the command names, area by area", () => {
    const file = join(folder, "figures");
    jest.replaceProperty(process, "env", { [figuresVariable]: file });
    report(killed);
    report(pods);
    expect(readFigures(file)).toEqual([pods, killed]);
  });

  it("are only said where no command asks for them", () => {
    report(killed);
    expect(said).toHaveBeenCalledWith(
      "proven: a killed update is ended by the next one: 20 points, 0 orphans\n",
    );
  });

  it("are none where no proof came to its end", () => {
    expect(readFigures(join(folder, "none"))).toEqual([]);
  });

  it("stand under their areas, and an area without any is left out", () => {
    expect(figuresAsText([pods, killed])).toBe(
      [
        "security",
        "  every pod is restricted: 54 pods, 0 findings",
        "",
        "faults",
        "  a killed update is ended by the next one: 20 points, 0 orphans",
      ].join("\n"),
    );
  });
});
