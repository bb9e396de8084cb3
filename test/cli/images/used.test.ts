/** What is told of the images that a stack runs. */
import { usedImages, usedText } from "../../../cli/images";
import type { StackObject } from "../../../cli/preflight/objects";

const digest = `sha256:${"ab".repeat(32)}`;
const app = `mirror.example.com/docker.io/acme/app:1.0@${digest}`;
const python = "docker.io/library/python:3.13-alpine";

const web: StackObject = {
  ...{ apiVersion: "apps/v1", kind: "Deployment" },
  metadata: { name: "web", namespace: "acme" },
  spec: {
    template: {
      spec: {
        initContainers: [{ name: "preparation", image: app }],
        containers: [
          { name: "web", image: app },
          { name: "helper", image: python },
        ],
      },
    },
  },
};
const nightly: StackObject = {
  ...{ apiVersion: "batch/v1", kind: "CronJob" },
  metadata: { name: "nightly", namespace: "acme" },
  spec: {
    jobTemplate: {
      spec: { template: { spec: { containers: [{ name: "copy", image: python }] } } },
    },
  },
};
const used = usedImages([web, nightly]);

it("lists each image once, with its digest and every container that runs it", () => {
  expect(used).toEqual([
    {
      ...{ image: python, digest: null },
      usedBy: [
        { workload: "Deployment acme/web", containers: ["helper"] },
        { workload: "CronJob acme/nightly", containers: ["copy"] },
      ],
    },
    {
      ...{ image: app, digest },
      usedBy: [{ workload: "Deployment acme/web", containers: ["preparation", "web"] }],
    },
  ]);
});

it("says which images are pulled by their tag only", () => {
  expect(usedText("prod", used).split("\n")).toEqual([
    "Stack prod: 2 images, 1 of them by their tag only",
    `  ${python}  (tag only)`,
    "      Deployment acme/web: helper",
    "      CronJob acme/nightly: copy",
    `  ${app}`,
    "      Deployment acme/web: preparation, web",
  ]);
});
