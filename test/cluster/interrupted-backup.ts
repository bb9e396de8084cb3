import { join } from "node:path";

import { backUp } from "../../cli/backup";
import { Journal } from "../../cli/journal";
import { type Api, openApi } from "../../cli/kubernetes";
import { silent } from "../../cli/progress";
import { openWorkspace } from "../../cli/workspace";
import { ReleaseStage, request } from "./release";

export const passphrase = "correct horse battery staple";

/** A backup of the release, as the command makes it. */
export async function backUpRelease(
  stage: ReleaseStage,
  file: string,
  through: (api: Api) => Api = (api) => api,
): ReturnType<typeof backUp> {
  return stage.on(async ({ context, kubeconfig }) => {
    const api = await openApi({ context, ...(kubeconfig === undefined ? {} : { kubeconfig }) });
    const head = { command: "backup", context, startedAt: new Date().toISOString() };
    const journal = new Journal(recordOf(stage), head, silent);
    return backUp(
      through(api),
      { namespace: request.namespace, release: request.release },
      { file, passphrase, journal, progress: silent, workFactor: 10 },
    );
  });
}

/** Where it keeps its record. */
export function recordOf({ workspace }: Pick<ReleaseStage, "workspace">): string {
  return join(workspace.base, "backup.json");
}

/** In a process of its own, which test/cluster/backup.test.ts kills when a Job has been made. */
async function halfBackUp(folder: string, file: string): Promise<void> {
  await backUpRelease(new ReleaseStage(openWorkspace({ base: folder }), "dev"), file, (api) => ({
    ...api,
    create: async (object) => {
      const made = await api.create(object);
      if (object.kind !== "Job") return made;
      console.log("so far");
      return new Promise<never>(() => setInterval(() => undefined, 60_000));
    },
  }));
}

if (require.main === module) {
  const [, , folder = "", file = ""] = process.argv;
  void halfBackUp(folder, file);
}
