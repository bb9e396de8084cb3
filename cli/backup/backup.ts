import { setTimeout as sleep } from "node:timers/promises";

import type { Journal } from "../journal";
import { type Api, type Job, kinds, type Reference } from "../kubernetes";
import type { Progress } from "../toolchain/progress";
import { usualWorkFactor } from "./age";
import { documentsOf, releaseDocument, shortName } from "./documents";
import { fetchResult } from "./fetch";
import { jobFor, passwordSecret, type Working } from "./job";
import {
  archiveFormat,
  type ArchiveManifest,
  type BackupRequest,
  type DataPlan,
  type Missing,
  usualDeadlineSeconds,
} from "./model";
import { dataPath, paths } from "./names";
import { type BackupPlan, isWorking, planBackup, words } from "./plan";
import { type Containers, containersOf } from "./pods";
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
const removalSeconds = 120;

/** A backup on its way. */
class Run {
  readonly #missing: Missing[];
  readonly #snapshots: SnapshotMade[] = [];
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
        await this.making.journal.do(what, why, () => this.#removeWholly(one));
      }
      for (const one of snapshots) {
        const { what, why } = words.snapshot(one);
        await this.#attempt(`a snapshot of claim ${one.claim}`, what, why, async () => {
          this.#snapshots.push(await makeSnapshot(this.api, one, this.#id, this.#pace));
        });
      }
      for (const one of data) await this.#saveData(one);
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
    const { what, why } = words.job(plan);
    await this.#attempt(`claim ${plan.claim}`, what, why, () => this.#work(plan));
  }

  /** Something whose failure leaves the rest of the backup worth having. */
  async #attempt(
    missing: string,
    what: string,
    why: string,
    work: () => Promise<void>,
  ): Promise<void> {
    try {
      await this.making.journal.do(what, why, work);
    } catch (error) {
      this.#missing.push({ what: missing, why: wordsOf(error) });
    }
  }

  async #work(plan: Working): Promise<void> {
    const { deadlineSeconds = usualDeadlineSeconds } = this.plan.request;
    const path = dataPath[plan.method](plan.claim);
    const secret = passwordSecret(plan, this.#id);
    try {
      if (secret !== undefined) await this.api.create(secret);
      const job = await this.api.create(jobFor(plan, { run: this.#id, deadlineSeconds }));
      try {
        await this.#fetch(plan, job, path);
      } finally {
        await this.#removeWholly(job);
      }
    } catch (error) {
      this.#staging.drop(path);
      throw error;
    } finally {
      if (secret !== undefined) await this.api.remove(secret);
    }
  }

  async #fetch(plan: Working, job: Job, path: string): Promise<void> {
    const written = await awaitResult(this.api, this.#containers, job, plan.claim, this.#pace);
    const { bytes, sha256, changed } = written.result;
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
        ...noteOf(plan, changed),
      });
      step.end("done");
    } catch (error) {
      step.end("failed");
      throw error;
    }
  }

  /** Until its pods have gone too: they have the volume. */
  async #removeWholly(object: Reference): Promise<void> {
    await this.api.remove(object);
    const { name, namespace = "" } = object.metadata;
    const selector = `batch.kubernetes.io/job-name=${name}`;
    for (const end = Date.now() + removalSeconds * 1000; Date.now() < end;) {
      const isThere = (await this.api.read(object, name, namespace)) !== undefined;
      const pods =
        object.kind === "Job" ? await this.api.list(kinds.pods, { namespace, selector }) : [];
      if (!isThere && pods.length === 0) return;
      await sleep(this.#pace.pollMs);
    }
    throw new Error(`${object.kind} ${name} is not gone after ${String(removalSeconds)} s`);
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

function noteOf(plan: Working, changed: boolean): { readonly note?: string } {
  if (changed) return { note: "some of its files changed while they were copied" };
  return plan.method === "copy" && plan.inUse
    ? { note: "its files were in use while they were copied" }
    : {};
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
