/** Proves what a limit range of others lets in; that a real API server refuses the rest is Kubernetes' own. */
import { limitFindings } from "../../../cli/preflight/limits";
import type { StackObject } from "../../../cli/preflight/objects";

interface Resources {
  readonly requests?: Record<string, string>;
  readonly limits?: Record<string, string>;
}

const half: Resources = {
  requests: { cpu: "500m", memory: "1Gi" },
  limits: { cpu: "500m", memory: "1Gi" },
};

const deployment = (...containers: readonly Resources[]): StackObject => ({
  ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "acme" } },
  spec: {
    template: {
      spec: {
        containers: containers.map((resources, at) => ({
          ...{ name: at === 0 ? "web" : `web-${at}`, image: "acme/web:1.0" },
          resources,
        })),
      },
    },
  },
});

const findings = (
  item: { readonly type: string; readonly [field: string]: unknown },
  objects: readonly StackObject[] = [deployment(half)],
) =>
  limitFindings([{ metadata: { name: "theirs" }, spec: { limits: [item] } }], "acme", objects).map(
    ({ status, evidence }) => `${status}: ${evidence}`,
  );

const fine = ["passed: each pod, container and claim is within it"];

it("refuses a container that may use more, or asks for less", () => {
  const bounds = (more: object) => findings({ type: "Container", ...more });
  expect(bounds({ max: { cpu: "1" }, min: { memory: "1Gi" } })).toEqual(fine);
  expect(bounds({ max: { cpu: "250m" } })).toEqual([
    "failed: container web of Deployment acme/web has a limit of 0.5 cores of cpu, and at most 0.25 cores is let in",
  ]);
  expect(bounds({ min: { memory: "2Gi" } })).toEqual([
    "failed: container web of Deployment acme/web has a request of 1 GiB of memory, and at least 2 GiB is let in",
  ]);
});

it("refuses a pod whose containers are too much together", () => {
  const two = [deployment(half, half)];
  expect(findings({ type: "Pod", max: { cpu: "1" } }, two)).toEqual(fine);
  expect(findings({ type: "Pod", max: { cpu: "900m" } }, two)).toEqual([
    "failed: a pod of Deployment acme/web has a limit of 1 cores of cpu, and at most 0.9 cores is let in",
  ]);
  expect(findings({ type: "Pod", min: { memory: "3Gi" } }, two)).toEqual([
    "failed: a pod of Deployment acme/web has a request of 2 GiB of memory, and at least 3 GiB is let in",
  ]);
});

it.each(["Container", "Pod"])("refuses a limit of a %s too far above the request", (type) => {
  const wide = [deployment({ requests: { cpu: "100m" }, limits: { cpu: "400m" } })];
  expect(findings({ type, maxLimitRequestRatio: { cpu: "4" } }, wide)).toEqual(fine);
  expect(findings({ type, maxLimitRequestRatio: { cpu: "3" } }, wide)).toEqual([
    expect.stringMatching(
      /^failed: .* Deployment acme\/web has a limit of cpu 4 times its request, and at most 3 times is let in$/,
    ),
  ]);
});

it("refuses what says nothing of a bounded resource", () => {
  const bare = [deployment({ requests: { cpu: "100m" } })];
  expect(findings({ type: "Pod", max: { cpu: "1" } }, bare)).toEqual([
    "failed: a pod of Deployment acme/web has no limit of cpu, and at most 1 cores is let in",
  ]);
  expect(findings({ type: "Container", min: { memory: "1Mi" } }, bare)[0]).toMatch(
    /^failed: .* has no request of memory, and at least 1 MiB is let in$/,
  );
  expect(findings({ type: "Pod", maxLimitRequestRatio: { cpu: "2" } }, bare)[0]).toMatch(
    /^failed: .* has no limit of cpu beside a request, and at most 2 times is let in$/,
  );
});

it("counts what the range itself gives to containers that say nothing", () => {
  const bare = [deployment({ requests: { cpu: "100m" } })];
  const giving = { type: "Container", max: { cpu: "1" }, default: { cpu: "1" } };
  expect(findings(giving, bare)).toEqual(fine);
  expect(findings({ ...giving, maxLimitRequestRatio: { cpu: "5" } }, bare)[0]).toMatch(
    /has a limit of cpu 10 times its request/,
  );
});

it("counts what the stack's own range gives", () => {
  const own: StackObject = {
    ...{ apiVersion: "v1", kind: "LimitRange", metadata: { name: "limits", namespace: "acme" } },
    spec: { limits: [{ type: "Container", default: { cpu: "1" } }] },
  };
  const bare = deployment({ requests: { cpu: "100m" } });
  expect(findings({ type: "Pod", max: { cpu: "1" } }, [bare, own])).toEqual(fine);
});

it("refuses a claim that is too large", () => {
  const claim: StackObject = {
    ...{ apiVersion: "v1", kind: "PersistentVolumeClaim" },
    metadata: { name: "data", namespace: "acme" },
    spec: { resources: { requests: { storage: "10Gi" } } },
  };
  const type = "PersistentVolumeClaim";
  expect(findings({ type, max: { storage: "10Gi" } }, [claim])).toEqual(fine);
  expect(findings({ type, max: { storage: "5Gi" } }, [claim])).toEqual([
    "failed: PersistentVolumeClaim acme/data has a request of 10 GiB of storage, and at most 5 GiB is let in",
  ]);
});

it("is unchecked in what it bounds of other kinds, and in amounts that are not understood", () => {
  expect(findings({ type: "openshift.io/Image", max: { storage: "1Gi" } })).toEqual([
    "unchecked: what it bounds of each openshift.io/Image is not worked out",
  ]);
  expect(findings({ type: "Container", max: { cpu: "much" } })[0]).toMatch(
    /^unchecked: its amount of cpu is not understood/,
  );
});
