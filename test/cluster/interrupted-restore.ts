import { clusterOf } from "../../cli/commands/cluster-of";
import { silent } from "../../cli/progress";
import { backupOf, backupsAmong } from "../../cli/restore/backups";
import { stopWriters } from "../../cli/restore/quiesce";
import { ClusterRunner } from "../../cli/restore/runner";
import { systemObjects } from "../../cli/restore/system";
import { writersOf } from "../../cli/restore/writers";
import { ensureToolchain } from "../../cli/toolchain";
import { openWorkspace, readSettings } from "../../cli/workspace";

/**
 * A restore of a store of Thunderline's that gets as far as its Job, or the stop of the writers before it,
 * and never further: the process that test/cluster/restore.test.ts kills. On an embedded cluster the command itself does not get there,
 * because no pod tells it which backups there are.
 */
async function halfRestore(stack: string, store: string, until: string): Promise<void> {
  const run = "interrupted";
  const workspace = openWorkspace();
  const tools = await ensureToolchain();
  const { context } = readSettings(workspace, stack).cluster;
  const kubectl = await clusterOf({ workspace, tools, stack, context, embedded: true });
  const at = { kubectl, namespaces: ["thunderline"], keda: false, progress: silent };
  const objects = await systemObjects(at);
  const backup = backupOf("thunderline", store, backupsAmong(objects.cronJobs));
  const runner = new ClusterRunner({
    ...{ kubectl, backup, progress: silent, namespaces: at.namespaces, run },
    ...{ deadlineSeconds: 600, sharedClaims: [] },
  });
  const claim = await runner.claim({ AT: "20261121T020000Z", OVERWRITE: "yes" });
  await stopWriters(at, writersOf(backup, objects), run);
  if (until === "its Job") await claim.begin();
  console.log("so far");
  setInterval(() => undefined, 60_000);
}

const [, , stack = "", store = "", until = ""] = process.argv;
void halfRestore(stack, store, until);
