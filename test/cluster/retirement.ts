import { join } from "node:path";

import { Journal } from "../../cli/journal";
import { type Api, openApi } from "../../cli/kubernetes";
import { silent } from "../../cli/progress";
import {
  carryOut,
  look,
  refusals,
  type Retiring,
  type StepName,
  type Timing,
} from "../../cli/retire";
import { withTarget } from "../../cli/target";
import type { Override, Workspace } from "../../cli/workspace";
import type { FaultMavenSettings } from "../../config/systems/faultmaven";

/** Where the old services are, which are no concern of the program's. */
export const namespace = "fm-legacy";

/** Document 002, 6.3, "Existing Deployments", with the replicas of each. */
export const old: Readonly<Record<string, number>> = {
  "fm-api-gateway": 3,
  "faultmaven-dashboard": 2,
  "fm-auth-service": 2,
  "fm-session-service": 1,
  "fm-case-service": 3,
  "fm-evidence-service": 1,
  "fm-knowledge-service": 2,
  "fm-agent-service": 4,
  "fm-job-worker": 0,
};

/** A stack of a workspace with its settings. */
export interface Place {
  readonly workspace: Workspace;
  readonly stack: string;
  readonly overrides: readonly Override[];
}

/** Does something with the API server of a stack's embedded cluster. */
export function withApi<T>(
  place: Place,
  work: (api: Api, faultmaven: Retiring) => Promise<T>,
): Promise<T> {
  return withTarget({ ...place, embedded: true }, async ({ context, kubeconfig, settings }) => {
    const api = await openApi({ context, ...(kubeconfig === undefined ? {} : { kubeconfig }) });
    return work(api, retiring(settings.faultmaven));
  });
}

function retiring(faultmaven: FaultMavenSettings): Retiring {
  const { legacy } = faultmaven;
  if (legacy === undefined) throw new Error("The settings name nothing old.");
  return { ...faultmaven, legacy };
}

/** A step as the command does it: looked at, refused or done. */
export async function step(
  place: Place,
  name: StepName,
  through: (api: Api) => Api = (api) => api,
): Promise<Timing> {
  return withApi(place, async (api, faultmaven) => {
    const situation = await look(api, faultmaven, new Date());
    const inTheWay = refusals(situation, name);
    if (inTheWay.length > 0) throw new Error(inTheWay.join("\n"));
    const head = { command: "retire", context: api.context, startedAt: new Date().toISOString() };
    const journal = new Journal(recordOf(place), head, silent);
    const { legacy } = faultmaven;
    const site = { api: through(api), legacy, journal, progress: silent, patienceMs: 120_000 };
    return carryOut(site, situation, name);
  });
}

/** Where a step keeps its record. */
export function recordOf({ workspace }: Pick<Place, "workspace">): string {
  return join(workspace.base, "retire.json");
}
