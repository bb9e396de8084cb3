/**
 * Proves what somebody reads before an adoption: the old beside the new, what happens in which order, what
 * is in the way, and no value of a Secret. That the plan is right, the other tests here and the cluster show.
 */
import type { Adoption } from "../../../cli/adopt/adoption";
import { counterparts, rivalIngresses } from "../../../cli/adopt/counterparts";
import { settingsOf } from "../../../cli/adopt/judge";
import type { Live } from "../../../cli/adopt/live";
import type { CronJob, IngressObject, KubernetesObject } from "../../../cli/adopt/objects";
import { planData, planText } from "../../../cli/adopt/report";
import { holding, judged, marks, nothing, release, workload } from "./support";

const word = "correct-horse-battery";

const minio = {
  name: "minio",
  image: "quay.io/minio/minio:RELEASE.2024-06-13T22-53-53Z",
  args: ["server", "/export"],
  env: [
    {
      name: "MINIO_ROOT_PASSWORD",
      valueFrom: { secretKeyRef: { name: "old-minio", key: "root-password" } },
    },
  ],
};
const volumes = [{ name: "data", persistentVolumeClaim: { claimName: "data-old-minio-0" } }];
const oldStore = workload("StatefulSet", "old-minio", { containers: [minio], volumes });
const oldWeb = workload("Deployment", "old-web", {
  containers: [{ name: "web", image: "acme/web:1", env: [{ name: "TOKEN", value: word }] }],
});
const cronJob = {
  ...{
    apiVersion: "batch/v1",
    kind: "CronJob",
    metadata: { name: "old-nightly", annotations: marks },
  },
  spec: {},
} as unknown as CronJob;
const ingress = (name: string): IngressObject => ({
  ...{
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name, annotations: marks },
  },
  spec: { rules: [{ host: "acme.example.com" }] },
});
const secret = {
  ...{ apiVersion: "v1", kind: "Secret", metadata: { name: "old-minio", annotations: marks } },
  data: { "root-password": Buffer.from(word).toString("base64") },
  stringData: { other: word },
};

const ours: readonly KubernetesObject[] = [
  workload("StatefulSet", "minio", { containers: [], volumes }),
  workload("Deployment", "web", { containers: [] }),
  workload("Deployment", "livebook", { containers: [] }),
  ingress("web"),
];

function adoption(changes: Partial<Adoption> = {}): Adoption {
  const old = release({ objects: [oldStore, oldWeb, cronJob, ingress("old-web"), secret] });
  const live: Live = {
    ...nothing,
    workloads: [oldStore, oldWeb],
    cronJobs: [cronJob],
    ingresses: [ingress("old-web")],
  };
  const found = judged([holding(minio, "/export")]);
  const proposed = settingsOf(found);
  return {
    ...{
      release: old,
      system: "thunderline",
      live,
      judged: found,
      proposed,
      missing: proposed,
      ours,
    },
    counterparts: counterparts(old, ours, ["data-old-minio-0"]),
    rivals: rivalIngresses(old, live, ours),
    ...{ obstacles: [], notes: [] },
    ...changes,
  };
}

const place = { stack: "dev", context: "acme", embedded: false };

/** The lines of a part of the plan. */
function part(title: string, of = adoption()): readonly string[] {
  const [, rest = ""] = planText(of, place).split(`\n${title}`);
  const lines = rest.split("\n").slice(1);
  const end = lines.indexOf("");
  return (end === -1 ? lines : lines.slice(0, end)).map((line) => line.trim());
}

it("says what is taken over, on which cluster, and that nothing is changed", () => {
  const [first, second] = planText(adoption(), place).split("\n");
  expect(first).toBe(
    "Release thunderline in namespace thunderline: thunderhelm-0.2.0, revision 1, deployed.",
  );
  expect(second).toMatch(/^Taken over by thunderline of stack dev, on context acme\. .*nothing/);
  expect(planText(adoption(), { ...place, embedded: true })).toContain("on its embedded cluster");
});

it("says of each volume who mounts it, and what it becomes", () => {
  expect(part("What holds data")[1]).toMatch(
    /^data-old-minio-0 +8Gi +Delete +StatefulSet old-minio at \/export +the volume of objectStore$/,
  );
});

it("shows the old beside the new, each with its selector", () => {
  const rows = part("Old beside new").map((line) => line.split(/ {2,}/));
  expect(rows).toEqual(
    expect.arrayContaining([
      ["old", "new"],
      ["StatefulSet old-minio (app=old-minio)", "StatefulSet minio (app=minio)"],
      ["Deployment old-web (app=old-web)", "Deployment web (app=web)"],
      ["CronJob old-nightly", "–"],
      ["–", "Deployment livebook (app=livebook)"],
    ]),
  );
});

it("tells the order of the switch: the clock, those without data, those with, then ours", () => {
  const steps = part("Order of the switch").map((step) => step.replace(/^\d+\. /, ""));
  const at = (words: RegExp): number => steps.findIndex((step) => words.test(step));
  const order = [
    at(/^--apply: .*refused if it would delete or replace/),
    at(/^data-old-minio-0: marked to be kept, .*Retain$/),
    at(/^suspended: CronJob old-nightly$/),
    at(/no pods, .*nobody is served: Deployment old-web$/),
    at(/^then, when those have none: StatefulSet old-minio$/),
    at(/^deleted, for the sake of their hosts: Ingress old-web$/),
    at(/^ours come up on the old volumes: StatefulSet minio; .* then Deployment web, /),
    at(/--back/),
    at(/^--finish: .*last its record \(sh\.helm\.release\.v1\.thunderline\.v1\)$/),
  ];
  expect(order).toEqual(steps.map((_, index) => index));
});

it("deletes no ingress of the release whose hosts ours does not answer for", () => {
  expect(planText(adoption({ rivals: [] }), place)).not.toContain("for the sake of their hosts");
});

it("says what is in the way with its mend, and that it cannot be applied so", () => {
  const obstacles = [{ what: "The quota is too small.", mend: "Raise it to 20 pods." }];
  const text = planText(adoption({ obstacles }), place);
  expect(part("In the way", adoption({ obstacles }))).toEqual([
    "- The quota is too small.",
    "Raise it to 20 pods.",
  ]);
  expect(text).toMatch(/It cannot be applied until that is out of the way\.$/);
  expect(planText(adoption(), place)).not.toContain("In the way");
});

it("says what to do next: settings that are missing come first", () => {
  expect(planText(adoption(), place)).toMatch(/Next: add the settings \(--write\)/);
  expect(planText(adoption({ missing: [] }), place)).toMatch(
    /Settings: all \d+ are there\.[^]*Next: --apply\.$/,
  );
});

it("tells programs the same", () => {
  const data = JSON.parse(JSON.stringify(planData(adoption(), place))) as {
    readonly [field: string]: unknown;
    readonly settings: readonly { readonly path: string; readonly missing: boolean }[];
    readonly order: readonly string[];
  };
  expect(data).toMatchObject({
    ...{ stack: "dev", context: "acme", embedded: false, system: "thunderline" },
    data: [{ claim: "data-old-minio-0", becomes: "the volume of objectStore" }],
    obstacles: [],
  });
  expect(data.settings).toContainEqual(
    expect.objectContaining({
      path: "platform:thunderline.objectStore.volume.existingClaim",
      missing: true,
    }),
  );
  expect(data.order).toHaveLength(part("Order of the switch").length);
});

it("tells neither people nor programs the value of a secret", () => {
  const told = planText(adoption(), place) + JSON.stringify(planData(adoption(), place));
  expect(told).toContain("root-password");
  expect(told).not.toContain(word);
  expect(told).not.toContain(Buffer.from(word).toString("base64"));
});
