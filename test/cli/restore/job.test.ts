/** The Jobs that are made of a store's backup, and how they end. */
import { endOf, jobFrom, jobName, type JobRequest } from "../../../cli/restore/job";
import type { CronJob, Job } from "../../../cli/restore/objects";

const labels = {
  "app.kubernetes.io/name": "mlflow-backup",
  "app.kubernetes.io/managed-by": "pulumi",
};
const backup: CronJob = {
  kind: "CronJob",
  metadata: {
    name: "mlflow-backup",
    namespace: "acme",
    annotations: { "backup.platform/store": "mlflow" },
  },
  spec: {
    schedule: "0 1 * * *",
    jobTemplate: {
      spec: {
        backoffLimit: 2,
        activeDeadlineSeconds: 60,
        template: {
          metadata: { labels, annotations: { "checksum.platform/files": "1" } },
          spec: {
            affinity: { podAffinity: {} },
            serviceAccountName: "mlflow-backup",
            restartPolicy: "OnFailure",
            initContainers: [{ name: "preparation" }],
            containers: [
              {
                name: "mlflow-backup",
                image: "python",
                command: ["/bin/sh", "/backup/take.sh"],
                env: [
                  { name: "STORE", value: "mlflow" },
                  { name: "AT", value: "other" },
                ],
                volumeMounts: [
                  { name: "scripts", mountPath: "/backup", readOnly: true },
                  { name: "backups", mountPath: "/backups" },
                  { name: "data", mountPath: "/data", readOnly: true },
                ],
              },
            ],
            volumes: [
              { name: "scripts", configMap: { name: "mlflow-backup" } },
              { name: "backups", persistentVolumeClaim: { claimName: "mlflow-backups" } },
              { name: "data", persistentVolumeClaim: { claimName: "mlflow-data", readOnly: true } },
            ],
          },
        },
      },
    },
  },
};
const request: JobRequest = {
  task: "restore",
  name: "one",
  run: "1f2e",
  variables: { AT: "20261121T020000Z", OVERWRITE: "yes" },
  deadlineSeconds: 600,
  withoutClaims: [],
};
const restoring = jobFrom(backup, request);
const pod = restoring.spec.template.spec;
const listing = jobFrom(backup, {
  ...request,
  task: "list",
  variables: {},
  withoutClaims: ["mlflow-data"],
});
const [container] = pod.containers;

describe("the Job of a restore", () => {
  it("is the backup's pod with another command and two variables more", () => {
    expect(container).toMatchObject({
      image: "python",
      command: ["/bin/sh", "/backup/restore.sh"],
    });
    expect(container?.env).toEqual([
      { name: "STORE", value: "mlflow" },
      { name: "AT", value: "20261121T020000Z" },
      { name: "OVERWRITE", value: "yes" },
    ]);
    expect(pod).toMatchObject({ serviceAccountName: "mlflow-backup", initContainers: [{}] });
  });

  it("runs once, is bounded, and keeps what it says for a week", () => {
    expect(restoring.spec).toMatchObject({
      backoffLimit: 0,
      activeDeadlineSeconds: 600,
      ttlSecondsAfterFinished: 604_800,
    });
    expect(pod.restartPolicy).toBe("Never");
  });

  it("is there, and not at work, until it is told to begin", () => {
    expect([restoring.spec.suspend, listing.spec.suspend]).toEqual([true, undefined]);
  });

  it("may write the volume that the backup only reads, beside no server", () => {
    expect(container?.volumeMounts?.map(({ name, readOnly }) => [name, readOnly])).toEqual([
      ["scripts", true],
      ["backups", false],
      ["data", false],
    ]);
    expect(pod.volumes?.[2]?.persistentVolumeClaim?.readOnly).toBe(false);
    expect(pod.affinity).toBeUndefined();
  });

  it("reaches the store by the backup's labels, and is known as nobody's but this command's", () => {
    const { labels: found } = restoring.spec.template.metadata ?? {};
    expect(found).toEqual({
      "app.kubernetes.io/name": "mlflow-backup",
      "app.kubernetes.io/managed-by": "platform-restore",
      "restore.platform/store": "mlflow",
      "restore.platform/task": "restore",
      "restore.platform/run": "1f2e",
    });
    expect(restoring.metadata).toEqual({ name: "one", namespace: "acme", labels: found });
  });

  it("leaves the backup as it is", () => {
    expect(backup.spec.jobTemplate.spec.template.spec.affinity).toEqual({ podAffinity: {} });
  });
});

it("lists without the volume that a server may hold on another node", () => {
  const { containers, volumes } = listing.spec.template.spec;
  expect(containers[0]?.volumeMounts?.map(({ name }) => name)).toEqual(["scripts", "backups"]);
  expect(volumes?.map(({ name }) => name)).toEqual(["scripts", "backups"]);
});

describe("its name", () => {
  const run = "1f2e3d4c-aaaa-bbbb-cccc-0123456789ab";

  it("is the same for every restore of a store, so that there is no second one", () => {
    expect(jobName("postgres", "restore", run)).toBe("postgres-restore");
  });

  it("is a listing's own, so that two do not mind each other", () => {
    expect(jobName("postgres", "list", run)).toBe("postgres-list-1f2e3d4c");
  });

  it("fits into a label of its pods where that of the backup is a CronJob's", () => {
    const longest = "x".repeat(52 - "-backup".length);
    expect(jobName(longest, "list", run).length).toBeLessThanOrEqual(63);
    expect(jobName(longest, "restore", run).length).toBeLessThanOrEqual(63);
  });
});

describe("earlier Jobs of this command", () => {
  const ended = (type?: string, status = "True"): Job => ({
    ...restoring,
    status: { conditions: type === undefined ? [] : [{ type, status, reason: "R", message: "m" }] },
  });

  it.each([
    ["Complete", { succeeded: true, why: "" }],
    ["Failed", { succeeded: false, why: "R: m" }],
    ["SuccessCriteriaMet", undefined],
    [undefined, undefined],
  ])("have ended by their condition %s alone", (type, expected) => {
    expect(endOf(ended(type))).toEqual(expected);
  });
});
