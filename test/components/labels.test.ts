/** Proves which labels objects and pods carry; that Kubernetes selects by them, the cluster tests show. */

import { ScheduledJob } from "../../components/kubernetes/job";
import { Workload } from "../../components/kubernetes/workload";
import { type Labels, objectLabels, runLabels, selectorLabels } from "../../components/labels";
import { roleIn } from "../../components/scope";
import { image } from "../../config/scalars";
import fc from "../support/fast-check";
import { testScope } from "../support/scope";
import { server } from "../support/server";
import { synth, type Synthesis } from "../support/synth";

const prefix = "app.kubernetes.io";
const acme = { system: "acme", instance: "acme-east" };
const digest = `sha256:${"0123456789ab".repeat(6).slice(0, 64)}`;

/** What a label's value may look like (Kubernetes, "Labels and Selectors"). */
const labelValue = /^(?=.{1,63}$)[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$/;

function version(reference: string): string | undefined {
  return objectLabels(acme, "web", reference)[`${prefix}/version`];
}

describe("an object's labels", () => {
  it("are those that Kubernetes recommends", () => {
    const belonging = { ...acme, component: "database" };
    expect(objectLabels(belonging, "postgres", "postgres:16.4")).toEqual({
      "app.kubernetes.io/name": "postgres",
      "app.kubernetes.io/instance": "acme-east",
      "app.kubernetes.io/component": "database",
      "app.kubernetes.io/part-of": "acme",
      "app.kubernetes.io/managed-by": "pulumi",
      "app.kubernetes.io/version": "16.4",
    });
  });

  it("name no role where a part has none of its own, and no version where nothing runs", () => {
    expect(Object.keys(objectLabels(acme, "quota"))).toEqual([
      `${prefix}/name`,
      `${prefix}/part-of`,
      `${prefix}/managed-by`,
      `${prefix}/instance`,
    ]);
  });

  it("select what they are on", () => {
    expect(objectLabels(acme, "web", "web:1.0")).toMatchObject(selectorLabels(acme, "web"));
  });
});

describe("the labels that select pods", () => {
  it("are the name and the system alone, because a selector cannot change", () => {
    expect(selectorLabels({ ...acme, component: "web" }, "web")).toEqual({
      "app.kubernetes.io/name": "web",
      "app.kubernetes.io/part-of": "acme",
    });
  });
});

describe("the labels of a pod that ends by itself", () => {
  it("are name, system and manager alone, because a Job's template cannot change", () => {
    expect(runLabels({ ...acme, component: "migration" }, "migrate")).toEqual({
      "app.kubernetes.io/name": "migrate",
      "app.kubernetes.io/part-of": "acme",
      "app.kubernetes.io/managed-by": "pulumi",
    });
  });
});

describe("the version of what runs", () => {
  it.each([
    ["postgres:16.4", "16.4"],
    ["registry:5000/acme/web:2.1.0-rc.1", "2.1.0-rc.1"],
    [`ghcr.io/acme/web:2.1.0@${digest}`, "2.1.0"],
  ])("is its image's tag: %s", (reference, tag) => {
    expect(version(reference)).toBe(tag);
  });

  it.each([`ghcr.io/acme/web@${digest}`, `registry:5000/web@${digest}`])(
    "is the start of its image's digest, where there is no tag: %s",
    (reference) => {
      expect(version(reference)).toBe("0123456789ab");
    },
  );

  it.each([
    ["a".repeat(64), "b".repeat(64)],
    ["_1", "_2"],
    ["1-", "2-"],
  ])("changes with a tag that no label can hold: from %s to %s", (before, after) => {
    expect(version(`web:${after}`)).not.toBe(version(`web:${before}`));
  });

  it("can be a label, whatever image the settings take", () => {
    const tag = fc.stringMatching(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);
    fc.assert(
      fc.property(tag, (text) => {
        fc.pre(image.safeParse(`web:${text}`).success);
        expect(version(`web:${text}`)).toMatch(labelValue);
      }),
    );
  });
});

describe("the labels of a server and of a job", () => {
  let synthesis: Synthesis<unknown>;
  beforeAll(async () => {
    synthesis = await synth(() => {
      const scope = roleIn(testScope({ instance: "acme-east" }), "backend");
      const clock = { schedule: "0 3 * * 0", suspended: false, deadlineSeconds: 60 };
      new Workload("acme-web", server({ scope }));
      new ScheduledJob("acme-study", { ...server({ scope, name: "study" }), ...clock });
    });
  });
  const pods = (): Record<"server" | "job", Labels> => ({
    server: synthesis.object("Deployment", "web").spec.template.metadata.labels,
    job: synthesis.object("CronJob", "study").spec.jobTemplate.spec.template.metadata.labels,
  });
  const controllers = (): Record<"server" | "job", Labels> => ({
    server: synthesis.object("Deployment", "web").metadata.labels,
    job: synthesis.object("CronJob", "study").metadata.labels,
  });

  it.each(["server", "job"] as const)("tell the whole of the %s itself", (kind) => {
    expect(controllers()[kind]).toMatchObject({
      "app.kubernetes.io/component": "backend",
      "app.kubernetes.io/instance": "acme-east",
      "app.kubernetes.io/version": "1.0.0",
    });
  });

  it("tell the whole of the server's pods too", () => {
    expect(pods().server).toEqual(controllers().server);
  });

  it("tell of the job's pods only what never changes", () => {
    expect(pods().job).toEqual(runLabels({ ...acme, component: "backend" }, "study"));
  });

  it.each(["ServiceAccount/web", "ServiceAccount/study"])("tell no version of %s", (title) => {
    const { metadata } = synthesis.resource(title).inputs as { metadata: { labels: Labels } };
    expect(Object.keys(metadata.labels)).not.toContain(`${prefix}/version`);
  });
});
