import type { Journal } from "../journal";
import { type Api, type Job, kinds, type Secret } from "../kubernetes";
import type { Progress } from "../toolchain/progress";
import { usualWorkFactor } from "./age";
import { documentsOf, releaseDocument, shortName } from "./documents";
import { fetchResult } from "./fetch";
import { jobFor, jobName, passwordSecret, type Working } from "./job";
import {
  archiveFormat,
  type ArchiveManifest,
  type BackupRequest,
  type DataPlan,
  type Missing,
  usualDeadlineSeconds,
} from "./model";
import { dataPath, paths } from "./names";
import { noteOf } from "./notes";
import { type BackupPlan, isWorking, planBackup, words } from "./plan";
import { type Containers, containersOf } from "./pods";
import { removeWholly } from "./removal";
import { makeSnapshot, type SnapshotMade } from "./snapshots";
import { Staging } from "./staging";
import { volumesOf } from "./volumes";
import { awaitResult, type Pace, wordsOf } from "./work";

/** What an archive is made with. */
export interface Making {
  /** The archive. */
  readonly file: string;
  readonly passphrase: string;
  readonly journal: Pick<Journal, "do">;
  readonly progress: Progress;
  /** @default by the API server */
  readonly containers?: Containers;
  /** @default a second between two looks, two minutes for a start, five for a snapshot */
  readonly pace?: Partial<Pace>;
  /** How much work a guess of the passphrase is. @default {@link usualWorkFactor} */
  readonly workFactor?: number;
  /** @default now */
  readonly now?: Date;
}

/** What was made. */
export interface BackupResult {
  readonly file: string;
  /** Whether all that was asked for is in the archive. */
  readonly complete: boolean;
  /** What is not, and why. */
  readonly missing: readonly Missing[];
  readonly snapshots: readonly SnapshotMade[];
  readonly manifest: ArchiveManifest;
}

const usualPace: Pace = { pollMs: 1000, startSeconds: 120, snapshotSeconds: 300 };

/** A backup on its way. */
class Run {
  readonly #missing: Missing[];
  readonly #snapshots: SnapshotMade[] = [];
  /** Names of Jobs that cannot be made, and why. */
  readonly #blocked = new Map<string, string>();
  readonly #containers: Containers;
  readonly #pace: Pace;
  readonly #staging: Staging;
  readonly #id: string;
  readonly #now: Date;
  readonly #workFactor: number;

  constructor(
    private readonly api: Api,
    private readonly plan: BackupPlan,
    private readonly making: Making,
  ) {
    this.#missing = [...plan.found.missing];
    this.#containers = making.containers ?? containersOf(api);
    this.#pace = { ...usualPace, ...making.pace };
    this.#now = making.now ?? new Date();
    this.#id = this.#now
      .toISOString()
      .replace(/[-:]|\.\d+/g, "")
      .toLowerCase();
    this.#workFactor = making.workFactor ?? usualWorkFactor;
    this.#staging = new Staging(making.file, this.#sealing);
  }

  async made(): Promise<BackupResult> {
    const { leftovers, snapshots, data } = this.plan;
    try {
      await this.#saveObjects();
      for (const one of leftovers) {
        const { what, why } = words.remove(one);
        const fault = await this.#attempt(what, why, () => this.#remove(one));
        if (fault !== undefined) this.#blocked.set(one.metadata.name, fault);
      }
      const failed = new Map<string, string>();
      for (const one of snapshots) {
        const { what, why } = words.snapshot(one);
        const fault = await this.#attempt(what, why, async () => {
          this.#snapshots.push(await makeSnapshot(this.api, one, this.#id, this.#pace));
        });
        if (fault !== undefined) failed.set(one.claim, fault);
      }
      for (const one of data) await this.#saveData(one);
      for (const [claim, why] of failed) this.#tellSnapshot(claim, why);
      return await this.#finish();
    } catch (error) {
      this.#staging.remove();
      throw error;
    }
  }

  async #saveObjects(): Promise<void> {
    const { objects, secrets, releases } = this.plan.found;
    const { namespace } = this.plan.request;
    const why = "they are what the namespace is made of";
    await this.making.journal.do(`save the objects of ${namespace}`, why, async () => {
      await this.#staging.write(
        {
          ...{ path: paths.objects, kind: "objects", encrypted: true },
          holds: objects.map(shortName),
        },
        documentsOf(objects),
      );
      await this.#staging.write(
        {
          ...{ path: paths.secrets, kind: "secrets", encrypted: true },
          holds: secrets.map(shortName),
        },
        documentsOf(secrets),
      );
      await this.#staging.write(
        {
          ...{ path: paths.helm, kind: "helm", encrypted: true },
          holds: releases.map(({ name }) => name),
        },
        documentsOf(releases.map(releaseDocument)),
      );
    });
  }

  async #saveData(plan: DataPlan): Promise<void> {
    if (!isWorking(plan)) {
      if (plan.lost) this.#missing.push({ what: `claim ${plan.claim}`, why: plan.why });
      return;
    }
    const blocked = this.#blocked.get(jobName(plan.claim));
    const { what, why } = words.job(plan);
    const fault =
      blocked === undefined
        ? await this.#attempt(what, why, () => this.#work(plan))
        : `what an earlier run has left is in its way: ${blocked}`;
    if (fault !== undefined) this.#missing.push({ what: `claim ${plan.claim}`, why: fault });
  }

  /** A snapshot is more than was needed where the data are here. */
  #tellSnapshot(claim: string, why: string): void {
    const note = `there is no snapshot of it besides: ${why}`;
    const isHere = Object.values(dataPath).some((of) => this.#staging.note(of(claim), note));
    if (!isHere) this.#missing.push({ what: `a snapshot of claim ${claim}`, why });
  }

  /** Does something whose failure leaves the rest of the backup worth having; tells of what it failed. */
  async #attempt(
    what: string,
    why: string,
    work: () => Promise<void>,
  ): Promise<string | undefined> {
    try {
      await this.making.journal.do(what, why, work);
      return undefined;
    } catch (error) {
      return wordsOf(error);
    }
  }

  async #work(plan: Working): Promise<void> {
    const { deadlineSeconds = usualDeadlineSeconds } = this.plan.request;
    const path = dataPath[plan.method](plan.claim);
    const secret = passwordSecret(plan, this.#id);
    const made: (Job | Secret)[] = [];
    try {
      if (secret !== undefined) made.unshift(await this.api.create(secret));
      const job = await this.api.create(jobFor(plan, { run: this.#id, deadlineSeconds }));
      made.unshift(job);
      await this.#fetch(plan, job, path);
    } catch (error) {
      this.#staging.drop(path);
      throw new Error([wordsOf(error), ...(await this.#leftOf(made))].join("; "));
    }
    for (const one of await this.#leftOf(made)) this.#staging.note(path, one);
  }

  /** Removes what this run has made; tells what of it is left. */
  async #leftOf(made: readonly (Job | Secret)[]): Promise<readonly string[]> {
    const left: string[] = [];
    for (const one of made) {
      try {
        await this.#remove(one);
      } catch (error) {
        left.push(`${one.kind} ${one.metadata.name} is left on the cluster: ${wordsOf(error)}`);
      }
    }
    return left;
  }

  #remove(one: Job | Secret): Promise<void> {
    return removeWholly(this.api, one, this.#pace);
  }

  async #fetch(plan: Working, job: Job, path: string): Promise<void> {
    const written = await awaitResult(this.api, this.#containers, job, plan.claim, this.#pace);
    const { bytes, sha256 } = written.result;
    const step = this.making.progress.step(`Fetching the data of claim ${plan.claim}`);
    try {
      const file = this.#staging.fileFor(path);
      const { passphrase, workFactor } = this.#sealing;
      await fetchResult(this.#containers, written, file, { passphrase, workFactor }, (came) => {
        step.update(`${String(Math.floor((came / bytes) * 100))} % of ${String(bytes)} bytes`);
      });
      await this.#staging.add({
        ...{ path, kind: plan.method, encrypted: true },
        holds: [`claim ${plan.claim}`],
        content: { bytes, sha256 },
        ...noteOf(plan, written.result),
      });
      step.end("done");
    } catch (error) {
      step.end("failed");
      throw error;
    }
  }

  async #finish(): Promise<BackupResult> {
    const { found, request, context } = this.plan;
    const volumes = volumesOf(found.claims, this.plan.data, this.#snapshots, this.#staging.entries);
    await this.#staging.write(
      {
        ...{ path: paths.volumes, kind: "volumes", encrypted: false },
        holds: volumes.map(({ claim }) => claim),
      },
      `${JSON.stringify(volumes, undefined, 2)}\n`,
    );
    const system = await this.api.read(kinds.namespaces, "kube-system").catch(() => undefined);
    const manifest: ArchiveManifest = {
      format: archiveFormat,
      createdAt: this.#now.toISOString(),
      context,
      cluster: system?.metadata.uid ?? null,
      namespace: request.namespace,
      release: request.release ?? null,
      releases: found.releases.map(({ name, revision, chart, chartVersion, status }) => ({
        ...{ name, revision, status },
        chart: `${chart}-${chartVersion}`,
      })),
      complete: this.#missing.length === 0,
      data: request.data !== false,
      entries: this.#staging.entries,
      missing: this.#missing,
      leftOut: found.leftOut,
    };
    const { file } = this.making;
    await this.#staging.finish(manifest);
    const { complete, missing } = manifest;
    return { file, complete, missing, snapshots: this.#snapshots, manifest };
  }

  get #sealing(): { readonly passphrase: string; readonly workFactor: number } {
    return { passphrase: this.making.passphrase, workFactor: this.#workFactor };
  }
}

/**
 * Makes an archive by a plan. What could not be saved is told in it, and in the result: it is made all the
 * same, since objects and Secrets are worth having without the data.
 *
 * @throws UserError where there is such a file already
 */
export async function backUpAsPlanned(
  api: Api,
  plan: BackupPlan,
  making: Making,
): Promise<BackupResult> {
  return new Run(api, plan, making).made();
}

/** The same, of what is there now. */
export async function backUp(
  api: Api,
  request: BackupRequest,
  making: Making,
): Promise<BackupResult> {
  return backUpAsPlanned(api, await planBackup(api, request), making);
}
