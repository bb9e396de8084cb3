import type { Excuse, StackRule, Subject } from "../model";
import { get, list } from "../read";
import {
  annotationsOf,
  claimsOf,
  finding,
  homeOf,
  isKind,
  labelsOf,
  nameOf,
  type Pods,
  podsOf,
  servers,
  serversOf,
} from "../subjects";

const passwordType = "random:index/randomPassword:RandomPassword";

const isClaim = (subject: Subject): boolean => isKind(subject, "PersistentVolumeClaim");

const dataProtected: StackRule = {
  of: "stack",
  name: "data-protected",
  severity: "critical",
  description:
    "In staging and prod, claims, namespaces, generated secrets and the Secrets that hold them resist deletion.",
  check: (subjects, { protectsData }) =>
    subjects
      .filter((subject) => protectsData && subject.protect === false && isData(subject, subjects))
      .map((subject) => ({
        ...finding(subject, "", "the resource option protect"),
        excusedBy: releasedWith(subject, subjects),
      })),
};

function isData(subject: Subject, subjects: readonly Subject[]): boolean {
  const bundled = (): boolean =>
    subjects.some((one) => one.type === passwordType && one.parent === subject.parent);
  return (
    subject.type === passwordType ||
    isClaim(subject) ||
    isKind(subject, "Namespace") ||
    (isKind(subject, "Secret") && bundled())
  );
}

/** A namespace that is let go lets all in it go; a generated value has no annotations, and its Secret speaks for it. */
function releasedWith(subject: Subject, subjects: readonly Subject[]): readonly Excuse[] {
  const secret = subjects.find((one) => isKind(one, "Secret") && one.parent === subject.parent);
  const bundle = subject.type === passwordType ? secret : undefined;
  const home = homeOf(bundle ?? subject);
  const namespace = subjects.find((one) => isKind(one, "Namespace") && nameOf(one) === home);
  const part = bundle === undefined ? "" : subject.name.slice(bundle.name.length + 1);
  return [
    ...(bundle === undefined ? [] : [{ at: bundle }, { at: bundle, part }]),
    ...(namespace === undefined || namespace === subject ? [] : [{ at: namespace }]),
  ];
}

/** The annotation of a CronJob that says which store it backs up. */
const storeAnnotation = "backup.platform/store";

const backupForEachStore: StackRule = {
  of: "stack",
  name: "backup-for-each-store",
  severity: "high",
  description:
    "A CronJob backs up each claim that a server writes to, also one that was there before, unless the settings say why none does.",
  check: (subjects) =>
    storesOf(subjects)
      .filter((store) => !subjects.some((one) => backsUp(one, store)))
      .flatMap(({ servers: users }) =>
        users.map((user) =>
          finding(user, `${podsOf(user)?.path ?? ""}.volumes`, "a CronJob that backs it up"),
        ),
      ),
};

/** A claim that servers mount; those of backups themselves are mounted by jobs alone. */
interface Store {
  readonly home: string | undefined;
  readonly claim: string;
  readonly servers: readonly Subject[];
}

function storesOf(subjects: readonly Subject[]): readonly Store[] {
  const stores = subjects
    .filter((subject) => isKind(subject, ...servers))
    .flatMap((server) => {
      const home = homeOf(server);
      const pods = podsOf(server);
      return (pods === undefined ? [] : claimsOf(pods)).map((claim): [string, Store] => [
        `${home ?? ""} ${claim}`,
        { home, claim, servers: serversOf(subjects, home, claim) },
      ]);
    });
  return [...new Map(stores).values()];
}

/** By the store's server, by mounting its volume, or by naming it for a snapshot. */
function backsUp(job: Subject, { home, claim, servers: users }: Store): boolean {
  if (!isKind(job, "CronJob") || homeOf(job) !== home) return false;
  if (labelsOf(job)["app.kubernetes.io/component"] !== "backup") return false;
  if (get(job.props, "spec", "suspend") === true) return false;
  const pods = podsOf(job);
  if (pods === undefined) return false;
  const store = annotationsOf(job)[storeAnnotation];
  const dumps = users.some((one) => nameOf(one) === store);
  const copies = claimsOf(pods).includes(claim);
  return (store !== undefined && (dumps || copies)) || snapshots(pods, claim);
}

/** The variable by which a job that makes snapshots knows the volume. */
function snapshots({ containers }: Pods, claim: string): boolean {
  return containers.some(({ container }) =>
    list(container.env).some(
      (variable) => get(variable, "name") === "CLAIM" && get(variable, "value") === claim,
    ),
  );
}

/** What must not be lost. */
export const dataRules = [dataProtected, backupForEachStore] as const;
