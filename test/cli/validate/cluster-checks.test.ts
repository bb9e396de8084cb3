/**
 * Proves what the checks make of what is around workloads, for one that is well and for each way to be
 * not well. That a real API server says such things is in test/cluster.
 */
import type {
  Deployment,
  HorizontalPodAutoscaler,
  Ingress,
  ResourceQuota,
  Secret,
} from "../../../cli/kubernetes";
import {
  autoscalerFinding,
  type ScaledObject,
  scaledObjectFinding,
} from "../../../cli/validate/autoscalers";
import {
  type Certificate,
  certificateFinding,
  tlsFindings,
} from "../../../cli/validate/certificates";
import { ingressFinding } from "../../../cli/validate/ingresses";
import { others } from "../../../cli/validate/others";
import { quotaFinding } from "../../../cli/validate/quotas";
import { secrets } from "../../../cli/validate/secrets";
import { again, contextOf, now, object, statusOf, textOf } from "./support";

const deployment = (podSpec: object = { containers: [] }): Deployment =>
  object("Deployment", "web", { spec: { template: { spec: podSpec } } }, "apps/v1");

it("an Ingress passes with an address alone", () => {
  const ingress = (addresses: object[]): Ingress =>
    object("Ingress", "web", {
      spec: { ingressClassName: "traefik", rules: [{ host: "acme.example.com" }] },
      status: { loadBalancer: { ingress: addresses } },
    });
  const seen = (live?: Ingress) => statusOf(ingressFinding(ingress([]), live, again));
  expect(seen(ingress([{ hostname: "lb.example.com" }]))).toBe(
    "passed: acme.example.com at lb.example.com",
  );
  expect(seen(ingress([]))).toMatch(/^failed: no address.*of class traefik/);
  expect(seen()).toBe("failed: not on the cluster");
});

describe("a certificate", () => {
  const declared: Certificate = object("Certificate", "db");
  const certificate = (condition?: object): Certificate =>
    object("Certificate", "db", {
      status: {
        notAfter: "2027-02-01T00:00:00Z",
        conditions: condition === undefined ? [] : [{ type: "Ready", ...condition }],
      },
    });
  const seen = (live?: Certificate, simulated = false) =>
    statusOf(certificateFinding(declared, live, { again, simulated }));

  it("passes when it is issued", () => {
    expect(seen(certificate({ status: "True" }))).toBe("passed: issued, and good until 2027-02-01");
  });

  it("has failed with the issuer's words, or when nobody has said anything", () => {
    expect(seen(certificate({ status: "False", message: "no such issuer" }))).toBe(
      "failed: not issued: no such issuer",
    );
    expect(seen(certificate())).toMatch(/^failed: not issued: cert-manager has said nothing/);
  });

  it("is unchecked where nobody issues any", () => {
    expect(seen(certificate(), true)).toMatch(/^unchecked/);
  });

  it("of an Ingress has failed without its Secret, and is not taken for one when it is none", () => {
    const use = { namespace: "acme", secretName: "tls", hosts: ["acme.example.com"], issued: true };
    const context = { now, simulated: false };
    const ordered = certificate({ status: "False", message: "order is pending" });
    expect(tlsFindings(use, [], ordered, context).map(textOf)).toEqual([
      "failed: Certificate for acme.example.com: Secret acme/tls is not there: order is pending",
    ]);
    const secret: Secret = object("Secret", "tls", { data: { "tls.crt": "bm9uZQ==" } });
    expect(tlsFindings(use, [secret], undefined, context)[0]?.status).toBe("unchecked");
  });
});

describe("Secrets", () => {
  const reading = (name: string, key: string): Deployment =>
    deployment({
      imagePullSecrets: [{ name: "pull" }],
      volumes: [{ secret: { secretName: "tls", items: [{ key: "ca.crt" }] } }],
      containers: [
        {
          name: "web",
          env: [{ name: "TOKEN", valueFrom: { secretKeyRef: { name, key } } }],
          envFrom: [{ secretRef: { name: "all" } }],
        },
      ],
    });
  const secret = (name: string, ...keys: string[]): Secret =>
    object("Secret", name, { data: Object.fromEntries(keys.map((key) => [key, "dmFsdWU="])) });
  const there = [
    ...[secret("theirs", "token"), secret("tls", "ca.crt"), secret("all"), secret("pull")],
    reading("theirs", "token"),
  ];
  const seen = async (live: readonly { metadata: { name: string } }[], declared = [deployment()]) =>
    (await secrets(contextOf(declared, live as never))).map(textOf);
  const without = (name: string) => there.filter(({ metadata }) => metadata.name !== name);

  it("pass with all that the pods name now, whatever was declared", async () => {
    expect(await seen(there)).toEqual([
      "passed: Secrets of acme: 2 keys of 4 Secrets there, as pods name them",
    ]);
  });

  it("have failed for one that is not there: a variable's, all of one, a volume's", async () => {
    for (const name of ["theirs", "all", "tls"]) {
      expect(await seen(without(name))).toEqual([
        `failed: Secret acme/${name}: not on the cluster; named by Deployment acme/web`,
      ]);
    }
  });

  it("are unchecked where a certificate is to be in it, and nobody issues any", async () => {
    const certificate = object(
      "Certificate",
      "db",
      { spec: { secretName: "tls" } },
      "cert-manager.io/v1",
    );
    const seenBy = async (simulated: boolean) =>
      (
        await secrets(
          contextOf([deployment(), certificate], without("tls") as never, { simulated }),
        )
      ).map(({ status, subject }) => `${status} ${subject}`);
    expect(await seenBy(true)).toEqual(["unchecked Secret acme/tls"]);
    expect(await seenBy(false)).toEqual(["failed Secret acme/tls"]);
  });

  it("are warned of where it is one to pull images with", async () => {
    expect(await seen(without("pull"))).toEqual([
      expect.stringMatching(/^warning: Secret acme\/pull/),
    ]);
  });

  it("have failed for a key, told once, by its name and without a value", async () => {
    const own: Secret = object("Secret", "theirs", { stringData: { token: "x", other: "y" } });
    const texts = await seen([...without("theirs"), secret("theirs", "else")], [deployment(), own]);
    expect(texts).toEqual([
      "failed: Secret acme/theirs: it has no key token; named by Deployment acme/web",
    ]);
  });

  it("have failed for a declared key that no pod names", async () => {
    const own: Secret = object("Secret", "theirs", { stringData: { token: "x", other: "y" } });
    expect(await seen(there, [deployment(), own as never])).toContain(
      "failed: Secret acme/theirs: its declared key other is gone",
    );
  });
});

describe("an autoscaler", () => {
  const declared: HorizontalPodAutoscaler = object("HorizontalPodAutoscaler", "web");
  const scaler = (conditions: object[], currentMetrics: object[] | null = [{}]) =>
    object("HorizontalPodAutoscaler", "web", {
      status: { conditions, currentMetrics, currentReplicas: 4 },
    });
  const seen = (live: HorizontalPodAutoscaler, simulated = false) =>
    statusOf(autoscalerFinding(declared, live, { again, simulated }));
  const active = (status: string, reason = "ValidMetricFound") => ({
    ...{ type: "ScalingActive", status, reason, message: "words" },
  });

  it("passes with metrics, and is warned of at its maximum", () => {
    expect(seen(scaler([active("True")]))).toBe("passed: 1 metric, 4 replicas");
    const limited = { type: "ScalingLimited", status: "True", reason: "TooManyReplicas" };
    expect(seen(scaler([active("True"), limited]))).toMatch(/^warning: .*at its maximum/);
  });

  it("has failed without metrics; where nobody measures pods it is unchecked", () => {
    expect(seen(scaler([], null))).toBe("failed: it has no metrics yet");
    const blind = scaler([active("False", "FailedGetResourceMetric")], null);
    expect(seen(blind)).toBe("failed: words");
    expect(seen(blind, true)).toMatch(/^unchecked/);
  });

  it("has failed where its workload is at zero, also on simulated pods", () => {
    expect(seen(scaler([active("False", "ScalingDisabled")]), true)).toMatch(/^failed/);
  });

  it("of KEDA passes when it is ready and can ask its source", () => {
    const keda = (...conditions: object[]): ScaledObject =>
      object("ScaledObject", "worker", { status: { conditions } });
    const of = (live: ScaledObject, simulated = false) =>
      scaledObjectFinding(keda(), live, { again, simulated }).status;
    const ready = { type: "Ready", status: "True" };
    expect(of(keda(ready))).toBe("passed");
    expect(of(keda(ready, { type: "Fallback", status: "True" }))).toBe("failed");
    expect(of(keda(ready, { type: "Paused", status: "True" }))).toBe("warning");
    expect(of(keda({ type: "Ready", status: "False" }))).toBe("failed");
    expect(of(keda())).toBe("failed");
    expect(of(keda(), true)).toBe("unchecked");
  });
});

it("a quota passes with room, is warned of when narrow, and has failed when used up", () => {
  const quota = (hard: object, used: object): ResourceQuota =>
    object("ResourceQuota", "quota", { status: { hard, used } });
  const seen = (hard: object, used: object) =>
    statusOf(quotaFinding(quota({}, {}), quota(hard, used), again));
  const none = { "services.loadbalancers": "0" };
  expect(seen({ ...none, pods: "10" }, { pods: "5", "services.loadbalancers": "0" })).toBe(
    "passed: room is left; the most used is pods 5 of 10",
  );
  expect(seen({ "requests.cpu": "2", pods: "10" }, { "requests.cpu": "1900m" })).toBe(
    "warning: nearly used up: the most used is requests.cpu 1900m of 2",
  );
  expect(seen({ pods: "10" }, { pods: "10" })).toBe("failed: used up: pods 10 of 10");
  expect(seen({}, {})).toBe("failed: it counts nothing yet");
});

it("what no other check looks at is there, kind by kind", async () => {
  const declared = [
    object("ConfigMap", "files"),
    object("ConfigMap", "scripts"),
    object("Widget", "gone", {}, "acme.example.com/v1"),
    deployment(),
  ];
  const found = await others(contextOf(declared, [object("ConfigMap", "files")]));
  expect(found.map(textOf)).toEqual([
    "failed: ConfigMap acme/scripts: not on the cluster",
    "failed: Widget: the cluster does not know acme.example.com/v1 Widget: acme/gone",
  ]);
});
