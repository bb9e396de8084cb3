/**
 * Proves what the Jobs are allowed, as whom and where they run, and that no password is in them. That their
 * scripts do their work, test/data shows.
 */
import { jobFor, jobName, passwordSecret } from "../../../cli/backup/job";
import type { CopyPlan, PostgresPlan } from "../../../cli/backup/model";

const run = { run: "20260102t030405z", deadlineSeconds: 600 };
const common = { namespace: "acme", why: "so", imagePullSecrets: ["pull"], capacity: "5Gi" };
const copy: CopyPlan = {
  ...common,
  ...{ claim: "runs", method: "copy", image: "busybox", user: 1001, groups: [2000] },
  ...{ node: "node-1", tolerations: [], inUse: true },
};
const dump: PostgresPlan = {
  ...common,
  ...{ claim: "db", method: "postgres", image: "postgres:15" },
  labels: { "app.kubernetes.io/name": "db-backup", "app.kubernetes.io/managed-by": "pulumi" },
  server: {
    ...{ host: "db", port: 5432, user: { from: "literal", value: "ruler" } },
    password: { from: "secret", name: "db", key: "superuser" },
  },
};

const specOf = (plan: CopyPlan | PostgresPlan) => {
  const job = jobFor(plan, run);
  const pod = job.spec?.template.spec;
  if (pod === undefined) throw new Error("a Job without a pod");
  return { job, pod, all: [...(pod.initContainers ?? []), ...pod.containers] };
};

describe("a Job", () => {
  it.each([copy, dump])("is tried once, ends in time, and is cleaned up: $method", (plan) => {
    expect(specOf(plan).job.spec).toMatchObject({
      ...{ backoffLimit: 0, activeDeadlineSeconds: 600, ttlSecondsAfterFinished: 3600 },
      template: { spec: { restartPolicy: "Never", automountServiceAccountToken: false } },
    });
  });

  it.each([copy, dump])(
    "fits a namespace of the restricted standard, with a quota: $method",
    (plan) => {
      const { pod, all } = specOf(plan);
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: "RuntimeDefault" },
      });
      for (const { securityContext, resources } of all) {
        expect(securityContext).toEqual({
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        });
        for (const amounts of [resources?.requests, resources?.limits]) {
          expect(Object.keys(amounts ?? {})).toEqual(["cpu", "memory"]);
        }
      }
    },
  );

  it("copies as the owner of the files, on the node that has them, and cannot write them", () => {
    const { pod } = specOf(copy);
    expect(pod.securityContext).toMatchObject({ runAsUser: 1001, supplementalGroups: [2000] });
    // The kubelet would give the files of the volume to a group of the pod.
    expect(pod.securityContext).not.toHaveProperty("fsGroup");
    expect(JSON.stringify(pod.affinity)).toContain('"values":["node-1"]');
    expect(pod.volumes).toContainEqual({
      name: "data",
      persistentVolumeClaim: { claimName: "runs", readOnly: true },
    });
    expect(pod.initContainers?.[0]?.volumeMounts).toContainEqual({
      ...{ name: "data", mountPath: "/volume" },
      readOnly: true,
    });
    expect(pod.containers[0]?.volumeMounts).toEqual([{ name: "out", mountPath: "/out" }]);
  });

  it("copies as root, with that one right, only where nobody says who owns the files", () => {
    const { pod } = specOf({ ...copy, user: undefined });
    expect(pod.securityContext).toMatchObject({ runAsUser: 0 });
    expect(pod.initContainers?.[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"], add: ["DAC_OVERRIDE"] },
    });
    expect(pod.containers[0]?.securityContext?.capabilities).toEqual({ drop: ["ALL"] });
  });

  it("takes the password from the Secret that the server takes it from", () => {
    const env = specOf(dump).pod.initContainers?.[0]?.env;
    expect(env).toContainEqual({
      name: "PGPASSWORD",
      valueFrom: { secretKeyRef: { name: "db", key: "superuser" } },
    });
    expect(passwordSecret(dump, run.run)).toBeUndefined();
  });

  it("bears the labels that let it through network policies, and is known for ours by its own", () => {
    expect(specOf(dump).job.spec?.template.metadata?.labels).toMatchObject({
      "app.kubernetes.io/name": "db-backup",
      "app.kubernetes.io/managed-by": "platform-backup",
    });
  });

  it("has no password in it, also where the server's own pod has one in the clear", () => {
    const open: PostgresPlan = {
      ...dump,
      server: { ...dump.server, password: { from: "literal", value: "s3cret" } },
    };
    expect(JSON.stringify(specOf(open).job)).not.toContain("s3cret");
    expect(specOf(open).pod.initContainers?.[0]?.env).toContainEqual({
      name: "PGPASSWORD",
      valueFrom: { secretKeyRef: { name: "platform-backup-db", key: "password" } },
    });
    expect(passwordSecret(open, run.run)).toMatchObject({
      metadata: { name: "platform-backup-db" },
      stringData: { password: "s3cret" },
    });
  });

  it("has a name of its own for each claim, however long that is", () => {
    expect(jobName("data-0")).toBe("platform-backup-data-0");
    const [one, other] = [jobName(`${"a".repeat(200)}-0`), jobName(`${"a".repeat(200)}-1`)];
    expect(one).not.toBe(other);
    for (const name of [one, other]) expect(name).toMatch(/^[a-z0-9-]{1,63}$/);
    const { job } = specOf({ ...copy, claim: "a".repeat(200) });
    for (const label of Object.values(job.metadata.labels ?? {})) {
      expect(label.length).toBeLessThan(64);
    }
  });
});
