import type { Excuse, StackRule, Subject } from "../model";
import { get, list, text } from "../read";
import {
  annotationsOf,
  claimsOf,
  finding,
  homeOf,
  isKind,
  labelsOf,
  nameOf,
  podsOf,
  servers,
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
    "A CronJob backs up each claim that a server writes to, unless the settings say why none does.",
  check: (subjects) =>
    subjects
      .filter((subject) => isClaim(subject) && isServed(subject, subjects))
      .filter((claim) => !subjects.some((one) => backsUp(one, claim, subjects)))
      .map((claim) => finding(claim, "metadata.name", "a CronJob that backs it up")),
};

/** Whether a server mounts a claim; those of backups themselves are mounted by jobs alone. */
function isServed(claim: Subject, subjects: readonly Subject[]): boolean {
  return subjects.some((one) => isKind(one, ...servers) && mounts(one, claim));
}

function mounts(subject: Subject, claim: Subject): boolean {
  const pods = podsOf(subject);
  const name = nameOf(claim);
  return (
    pods !== undefined &&
    name !== undefined &&
    homeOf(subject) === homeOf(claim) &&
    claimsOf(pods).includes(name)
  );
}

/** By the store's server, by mounting its volume, or by naming it for a snapshot. */
function backsUp(job: Subject, claim: Subject, subjects: readonly Subject[]): boolean {
  if (!isKind(job, "CronJob") || homeOf(job) !== homeOf(claim)) return false;
  if (labelsOf(job)["app.kubernetes.io/component"] !== "backup") return false;
  if (get(job.props, "spec", "suspend") === true) return false;
  const store = annotationsOf(job)[storeAnnotation];
  const ofStore = subjects.some(
    (one) => isKind(one, ...servers) && nameOf(one) === store && mounts(one, claim),
  );
  return (store !== undefined && (ofStore || mounts(job, claim))) || snapshots(job, claim);
}

/** The variable by which a job that makes snapshots knows the volume. */
function snapshots(job: Subject, claim: Subject): boolean {
  return (podsOf(job)?.containers ?? []).some(({ container }) =>
    list(container.env).some(
      (variable) =>
        get(variable, "name") === "CLAIM" && text(get(variable, "value")) === nameOf(claim),
    ),
  );
}

/** What must not be lost. */
export const dataRules = [dataProtected, backupForEachStore] as const;
