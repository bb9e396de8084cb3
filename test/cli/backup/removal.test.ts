/**
 * Proves that what the cluster does not let go costs no more than it has to: one claim where it is of an
 * earlier run, nothing where it is of this one. The Jobs are played.
 */
import { madeText, verifyArchive } from "../../../cli/backup";
import { jobName } from "../../../cli/backup/job";
import { managedBy, marks } from "../../../cli/backup/marks";
import type { Api } from "../../../cli/kubernetes";
import { type Behaviour, claim, copyOf, namespace, passphrase, Scene } from "./support";

const scenes: Scene[] = [];
const job = "platform-backup-runs";
afterEach(() => {
  for (const one of scenes.splice(0)) one.remove();
});

describe("what cannot be removed", () => {
  const labels = { [marks.managedBy]: managedBy };
  const left = {
    ...{ apiVersion: "batch/v1", kind: "Job" },
    metadata: { name: jobName("runs"), namespace, labels, uid: "old" },
  };
  const stuck = async (more: readonly object[], behaviour: Behaviour = {}): Promise<Scene> => {
    const files = await copyOf({ "./a": "artefact" });
    const it = new Scene([...claim("runs"), ...more], { content: () => files, ...behaviour });
    scenes.push(it);
    const api = { ...it.api };
    Object.assign(it.api, {
      remove: async (object: Parameters<Api["remove"]>[0]) => {
        if (object.metadata.name === job) throw new Error("no leave");
        await api.remove(object);
      },
    });
    return it;
  };

  it("of an earlier run costs the data of its own claim, and nothing else", async () => {
    const it = await stuck([left, ...claim("other")]);
    const { missing, manifest } = await it.backUp();
    expect(missing).toEqual([
      { what: "claim runs", why: `what an earlier run has left is in its way: no leave` },
    ]);
    expect(manifest.entries.map(({ path }) => path)).toContain("data/other.tar.gz.age");
  });

  it("of this run costs nothing that was fetched, and is named", async () => {
    const it = await stuck([]);
    const made = await it.backUp();
    expect(made).toMatchObject({ complete: true, missing: [] });
    expect(madeText(made)).toContain(`Job ${job} is left on the cluster: no leave`);
    expect((await verifyArchive(made.file, passphrase)).state).toBe("whole");
  });

  it("is named also where nothing was fetched", async () => {
    const it = await stuck([], { exitCode: 1 });
    const [{ why } = { why: "" }] = (await it.backUp()).missing;
    expect(why).toMatch(/cannot be read there.*; Job platform-backup-runs is left on the cluster/);
  });
});
