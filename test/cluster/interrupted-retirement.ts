import type { Api } from "../../cli/kubernetes";
import { openWorkspace, type Override } from "../../cli/workspace";
import { step } from "./retirement";

/** Gets so far and no further: as many Deployments are stopped, and the next is about to be. */
const enough = 4;

/** A retirement in a process of its own, which test/cluster/retire.test.ts kills in the middle. */
async function halfRetire(folder: string, overrides: readonly Override[]): Promise<void> {
  const place = { workspace: openWorkspace({ base: folder }), stack: "dev", overrides };
  let changed = 0;
  await step(place, "apply", (api) => {
    const patch: Api["patch"] = async (object, change) => {
      if (changed === enough) {
        console.log("so far");
        await new Promise(() => setInterval(() => undefined, 60_000));
      }
      changed += 1;
      await api.patch(object, change);
    };
    return { ...api, patch };
  });
}

const [, , folder = "", overrides = "[]"] = process.argv;
void halfRetire(folder, JSON.parse(overrides) as Override[]);
