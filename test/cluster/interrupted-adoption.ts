import { openWorkspace, type Override } from "../../cli/workspace";
import { ReleaseStage } from "./release";

/** An adoption in a process of its own, which test/cluster/adopt.test.ts kills in the middle. */
async function adopt(folder: string, overrides: readonly Override[]): Promise<void> {
  const stage = new ReleaseStage(openWorkspace({ base: folder }), "dev");
  stage.overrides = overrides;
  await stage.apply();
}

const [, , folder = "", overrides = "[]"] = process.argv;
void adopt(folder, JSON.parse(overrides) as Override[]);
