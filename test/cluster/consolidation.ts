import { join } from "node:path";

import { withSettings } from "../../cli/adopt/proposal";
import { backUp, type Containers } from "../../cli/backup";
import {
  advance,
  type Advanced,
  deleteLeftovers,
  findRemaining,
  goAllBack,
  type Phase,
  planConsolidation,
  releasesOf,
  type Releases,
  type Removed,
  type Request,
  type Site,
  Store,
} from "../../cli/consolidate";
import { propose } from "../../cli/consolidate/proposal";
import { Journal } from "../../cli/journal";
import {
  type Api,
  type Kind,
  kinds,
  type KubernetesObject,
  type Where,
} from "../../cli/kubernetes";
import { silent } from "../../cli/progress";
import type { Override, Workspace } from "../../cli/workspace";
import { copyOf, resultLine, waiting } from "../cli/backup/support";
import { BrokenCluster } from "./broken";

/** Pods of a backup's Job as they are while their result is fetched, named after the claim. */
async function listed<T extends KubernetesObject>(
  api: Api,
  kind: Kind<T>,
  where: Where = {},
): Promise<readonly T[]> {
  const job = /^batch\.kubernetes\.io\/job-name=(.+)$/.exec(where.selector ?? "")?.[1];
  if (kind.kind !== "Pod" || job === undefined) return api.list(kind, where);
  const { namespace = "" } = where;
  const made = await api.read(kinds.jobs, job, namespace);
  if (made === undefined) return [];
  const name = made.metadata.labels?.["backup.platform/claim"] ?? job;
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace }, status: waiting };
  return [pod as unknown as T];
}

const keep = "thunderline/thunderline";
const retire = ["thunder/thunderline", "cerebros/thunder"];
const all = [keep, ...retire];

const passphrase = "a passphrase of the test";

/** The consolidation of the cluster of document 001, as the command does it. */
export class Consolidation {
  readonly cluster: BrokenCluster;
  readonly store: Store;
  /** Said when releases are to be changed although no data could be archived. */
  withoutData: string | undefined;

  constructor(readonly workspace: Workspace) {
    this.cluster = new BrokenCluster(workspace, "dev");
    this.store = new Store(join(workspace.base, "consolidation"));
    // Ours has a Livebook too, since the release that is kept has one.
    const livebook = { enabled: true, data: "keep" };
    this.overrides = this.overrides.map(({ key, value }) => ({
      key,
      value: key === "platform:thunderline" ? { ...(value as object), livebook } : value,
    }));
  }

  get overrides(): readonly Override[] {
    return this.cluster.stage.overrides;
  }

  set overrides(overrides: readonly Override[]) {
    this.cluster.stage.overrides = overrides;
  }

  plan(): ReturnType<typeof planConsolidation> {
    return this.#on(planConsolidation);
  }

  advance(to: Phase): Promise<Advanced> {
    return this.#on((site, releases) => advance(site, releases, to));
  }

  back(): Promise<readonly string[]> {
    return this.#on(goAllBack);
  }

  /** Puts the proposed settings into the stack, as somebody does with its file. */
  async take(): Promise<void> {
    const { missing } = await this.#on(propose);
    const { workspace } = this;
    this.overrides = withSettings(workspace, "dev", "thunderline", missing, this.overrides);
  }

  deleteLeftovers(): Promise<Removed> {
    return this.#at(async (site) =>
      deleteLeftovers(site, await findRemaining(site.api, site.request)),
    );
  }

  /**
   * Archives the duplicates anew, with pods that write and hand over what the simulated ones do not: a
   * folder with one file for each claim.
   */
  async archiveWithData(): Promise<void> {
    const content = await copyOf({ "./data": "what was on the volume" });
    const containers: Containers = {
      log: async ({ pod }) => resultLine(pod, content),
      exec: async (_, command, stdout) => {
        if (command.at(-1)?.startsWith("cat") === true) stdout.write(content);
        stdout.end();
        return { exitCode: 0, stderr: "" };
      },
    };
    await this.#on(async ({ api, journal, progress }, releases) => {
      for (const { namespace, name } of releases.retire) {
        const archive = `${namespace}-${name}-with-data.tar`;
        const file = this.store.path(archive);
        await backUp(
          { ...api, list: (kind, where) => listed(api, kind, where) },
          { namespace, release: name },
          { file, passphrase, journal, progress, containers, workFactor: 2 },
        );
        this.store.noteArchive(`${namespace}/${name}`, archive);
      }
    });
  }

  #on<T>(work: (site: Site, releases: Releases) => Promise<T>): Promise<T> {
    return this.#at(async (site) => work(site, await releasesOf(site)));
  }

  #at<T>(work: (site: Site) => Promise<T>): Promise<T> {
    const { withoutData, overrides, store } = this;
    return this.cluster.stage.on(async (target) => {
      const request: Request = {
        ...{ keep, retire, system: "thunderline" },
        ...{ decisions: {}, leave: [], write: false, overrides },
        withoutData: Object.fromEntries(
          withoutData === undefined ? [] : all.map((key) => [key, withoutData] as const),
        ),
      };
      store.open(target, request);
      const head = { command: "consolidate", context: target.context, startedAt: "" };
      return work({
        ...{ target, request, store, passphrase, progress: silent, show: false },
        api: await this.cluster.api(),
        journal: new Journal(store.path("record.json"), head, silent),
      });
    });
  }
}
