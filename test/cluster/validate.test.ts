/**
 * Proves on a real API server with its own controllers that a stack which is up passes what can be looked
 * at there, and that each thing broken by hand is found and nothing else. Does not prove what is found in
 * pods: they are simulated, and what they would answer is unchecked here. That is in test/data.
 */
import { setTimeout as sleep } from "node:timers/promises";

import { failureMarks } from "../../cli/cluster/configuration";
import { type Api, type KubernetesObject, openApi } from "../../cli/kubernetes";
import type { Result } from "../../cli/preflight";
import type { StackObject } from "../../cli/preflight/objects";
import { type Target, withTarget } from "../../cli/target";
import { checks, declaredBy, validate, type ValidateOptions } from "../../cli/validate";
import { mayForward } from "../../cli/validate/probes/reach";
import type { Override } from "../../cli/workspace";
import { identity } from "./identity";
import { Stage } from "./stage";

const stage = new Stage("staging");
const overrides: readonly Override[] = ["faultmaven", "philotes", "telemetry"].map((system) => ({
  key: `platform:${system}`,
  value: { enabled: false, data: "discard" },
}));
const inNamespace = ["--namespace=thunderline"];
let declared: readonly StackObject[];

function onTarget<T>(work: (target: Target, api: Api) => Promise<T>): Promise<T> {
  const { workspace, stack } = stage;
  return withTarget({ workspace, stack, overrides, embedded: true }, async (target) => {
    const { context, kubeconfig } = target;
    return work(
      target,
      await openApi({ context, ...(kubeconfig === undefined ? {} : { kubeconfig }) }),
    );
  });
}

/** Pods of a test are young: a second is a window that they have lived through. */
function results(options: ValidateOptions = {}): Promise<readonly Result[]> {
  return onTarget((target, api) =>
    validate(target, api, { declared, windowMinutes: 1 / 60, ...options }),
  );
}

/** What has failed, once the controllers have taken notice of the change. */
async function failures(isThere: (texts: string[]) => boolean, options?: ValidateOptions) {
  for (let tries = 0; ; tries += 1) {
    const found = await results(options);
    const texts = found
      .filter(({ status }) => status === "failed")
      .map(({ check, subject, evidence }) => `${check}: ${subject}: ${evidence}`);
    if (isThere(texts) || tries === 60) return texts;
    await sleep(500);
  }
}

const something = (texts: string[]): boolean => texts.length > 0;
const nothing = (texts: string[]): boolean => texts.length === 0;

async function patch(kind: string, name: string, change: object): Promise<void> {
  const merged = ["--type=merge", `--patch=${JSON.stringify(change)}`];
  await stage.kubectl("patch", kind, name, ...inNamespace, ...merged);
}

/** Puts back an object as it was, for one that was deleted or changed. */
async function saved(kind: string, name: string): Promise<() => Promise<void>> {
  const text = await stage.kubectl("get", kind, name, ...inNamespace, "--output=json");
  const { apiVersion, kind: named, metadata, ...fields } = JSON.parse(text) as KubernetesObject;
  const { labels = {}, annotations = {} } = metadata;
  const mine = { name, namespace: "thunderline", labels, annotations };
  const object: KubernetesObject = { ...fields, apiVersion, kind: named, metadata: mine };
  return () =>
    onTarget(async (_target, api) => {
      await api.remove(object);
      await api.create(object);
    });
}

beforeAll(async () => {
  await stage.up(overrides);
  declared = await onTarget((target) => declaredBy(target, { overrides }));
}, 600_000);

afterAll(() => stage.end(), 120_000);

// The controllers may still be at work on a break that was mended.
afterEach(async () => {
  const left = await failures(nothing);
  if (left.length > 0) throw new Error(`not mended: ${left.join("; ")}`);
}, 60_000);

it("a stack that is up passes all that a cluster without programs can say", async () => {
  expect(await failures(nothing)).toEqual([]);
  const found = await results();
  const passing = new Set(found.filter(({ status }) => status === "passed").map((it) => it.check));
  expect([...passing]).toEqual([
    ...["objects", "workloads", "claims", "endpoints", "ingresses"],
    ...["secrets", "autoscalers", "policies", "quotas"],
  ]);
}, 120_000);

it("what only programs can show is unchecked, and nobody has passed for it", async () => {
  const found = await results({ writes: true });
  const probing = [
    ...["restarts", "jobs", "migrations", "health", "live-view", "mlflow", "collector"],
    ...["oban", "livebook"],
  ];
  for (const name of probing) {
    const own = found.filter(({ check }) => check === name);
    expect([name, new Set(own.map(({ status }) => status))]).toEqual([
      name,
      new Set(["unchecked"]),
    ]);
    for (const { evidence } of own) expect(evidence).toMatch(/simulated/);
  }
  const issued = found.filter(({ check }) => check === "certificates");
  expect(new Set(issued.map(({ status }) => status))).toEqual(new Set(["unchecked"]));
}, 60_000);

it("pods younger than the window leave restarts unchecked", async () => {
  const found = await results({ windowMinutes: 600, only: ["restarts"] });
  expect(found).toContainEqual(
    expect.objectContaining({ check: "restarts", status: "unchecked" }) as Result,
  );
  expect(found.map(({ check }) => check)).toEqual(["restarts", "others"]);
  expect(found[1]?.evidence).toContain(checks[0]?.name);
}, 60_000);

it("who may not read Secrets, nor forward ports, has what needs that unchecked", async () => {
  const kubeconfig = await identity(stage, "onlooker", ["view"]);
  const found = await onTarget(async (target, admin) => {
    const api = await openApi({ context: target.context, kubeconfig });
    const may = await Promise.all([admin, api].map((it) => mayForward(it, "thunderline")));
    expect(may).toEqual([true, false]);
    return validate(target, api, { declared, windowMinutes: 1 / 60 });
  });
  const of = (name: string) => found.filter(({ check }) => check === name);
  expect(of("secrets").map(({ status, evidence }) => `${status}: ${evidence}`)).toEqual([
    expect.stringMatching(/^unchecked: secrets is forbidden/),
  ]);
  expect(found.filter(({ status }) => status === "failed")).toEqual([]);
  expect(of("workloads").every(({ status }) => status === "passed")).toBe(true);
}, 60_000);

it("a policy that is gone", async () => {
  const back = await saved("networkpolicy", "default-deny");
  await stage.kubectl("delete", "networkpolicy", "default-deny", ...inNamespace);
  expect(await failures(something)).toEqual([
    "policies: NetworkPolicy thunderline/default-deny: not on the cluster: every pod of the namespace is open to all",
  ]);
  await back();
}, 120_000);

it("a policy that denies nothing any more", async () => {
  const back = await saved("networkpolicy", "default-deny");
  await patch("networkpolicy", "default-deny", { spec: { ingress: [{}] } });
  expect(await failures(something)).toEqual([
    "policies: NetworkPolicy thunderline/default-deny: it no longer denies everything",
  ]);
  await back();
}, 120_000);

it("a policy that lets in more than is declared", async () => {
  const web = declared.find(
    ({ kind, metadata }) => kind === "NetworkPolicy" && metadata.name !== "default-deny",
  );
  const { name } = web?.metadata ?? { name: "" };
  const back = await saved("networkpolicy", name);
  await patch("networkpolicy", name, { spec: { ingress: [{}] } });
  expect(await failures(something)).toEqual([
    expect.stringMatching(
      new RegExp(`^policies: NetworkPolicy thunderline/${name}: not as declared: its ingress`),
    ),
  ]);
  await back();
}, 120_000);

it("a key that is gone from a Secret, with those whose pods name it", async () => {
  const back = await saved("secret", "thunderline");
  await patch("secret", "thunderline", { data: { "release-cookie": null } });
  expect(await failures(something)).toEqual([
    "secrets: Secret thunderline/thunderline: it has no key release-cookie; named by Deployment thunderline/web",
  ]);
  await back();
}, 120_000);

it("a Service whose selector no pod has", async () => {
  const back = await saved("service", "mlflow");
  await patch("service", "mlflow", { spec: { selector: { "app.kubernetes.io/name": "nobody" } } });
  expect(await failures(something)).toEqual([
    "endpoints: Service thunderline/mlflow: no ready endpoint: no workload has pods with its labels",
  ]);
  await back();
}, 120_000);

it("a Deployment that was scaled by hand; its Service has no endpoint because of that", async () => {
  await patch("deployment", "otelcol", { spec: { replicas: 0 } });
  const texts = await failures(something);
  expect(texts).toContainEqual(
    "workloads: Deployment thunderline/otelcol: it has been scaled to 0; declared are 1",
  );
  expect(texts.filter((text) => !text.startsWith("workloads: "))).toEqual([]);
  await patch("deployment", "otelcol", { spec: { replicas: 1 } });
}, 120_000);

it("an image that cannot be pulled", async () => {
  const labels = (reason: string | null) => ({
    spec: { template: { metadata: { labels: { [failureMarks.reason]: reason } } } },
  });
  await patch("deployment", "web", labels("ImagePullBackOff"));
  const texts = await failures((all) => all.some((text) => text.includes("ImagePullBackOff")));
  expect(texts).toEqual([
    expect.stringMatching(
      /^workloads: Deployment thunderline\/web: .* 1 of \d as declared, .*ImagePullBackOff of web$/,
    ),
  ]);
  await patch("deployment", "web", labels(null));
}, 120_000);

it("a container that ends again and again", async () => {
  const marks = (on: boolean) => ({
    spec: {
      template: {
        metadata: {
          labels: { [failureMarks.reason]: on ? "CrashLoopBackOff" : null },
          annotations: {
            [failureMarks.last]: on ? "OOMKilled" : null,
            [failureMarks.exitCode]: on ? "137" : null,
          },
        },
      },
    },
  });
  await patch("deployment", "otelcol", marks(true));
  const isCrashing = (all: string[]): boolean =>
    all.filter((text) => /CrashLoopBackOff|OOMKilled/.test(text)).length === 2;
  expect(await failures(isCrashing, { windowMinutes: 10 })).toEqual([
    expect.stringMatching(
      /^workloads: Deployment thunderline\/otelcol: .*CrashLoopBackOff of otelcol/,
    ),
    expect.stringMatching(
      /^restarts: Pod thunderline\/otelcol-.*: otelcol ended .*, OOMKilled with exit code 137; 7 restarts/,
    ),
  ]);
  await patch("deployment", "otelcol", marks(false));
}, 120_000);

it("an object that no other check looks at", async () => {
  const back = await saved("serviceaccount", "livebook");
  await stage.kubectl("delete", "serviceaccount", "livebook", ...inNamespace);
  expect(await failures(something)).toEqual([
    "objects: ServiceAccount thunderline/livebook: not on the cluster",
  ]);
  await back();
}, 120_000);

it("a job of another content than the stack's", async () => {
  const other = declared.map((object) =>
    object.kind === "Job" && object.metadata.name.startsWith("migration-")
      ? { ...object, metadata: { ...object.metadata, name: "migration-0123456789" } }
      : object,
  );
  expect(await failures(something, { declared: other })).toEqual([
    expect.stringMatching(
      /^jobs: Job thunderline\/migration-0123456789: not on the cluster; migration-[0-9a-f]+ is, of another content/,
    ),
  ]);
}, 60_000);
