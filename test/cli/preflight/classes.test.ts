/** Proves what is said of storage, ingress and priority classes. That a class keeps its word is not seen. */
import { classes } from "../../../cli/preflight/classes";
import type { PreflightContext } from "../../../cli/preflight/model";
import type { StackObject } from "../../../cli/preflight/objects";
import { answering, refused, told } from "./answering";

const metadata = { name: "web", namespace: "acme" };
const claim: StackObject = {
  ...{ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata },
  spec: { storageClassName: "fast", accessModes: ["ReadWriteOnce"] },
};
const ingress: StackObject = {
  ...{ apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata },
  spec: { ingressClassName: "public" },
};
const deployment: StackObject = {
  ...{ apiVersion: "apps/v1", kind: "Deployment", metadata },
  spec: { template: { spec: { containers: [], priorityClassName: "first" } } },
};

const storage = "/apis/storage.k8s.io/v1/storageclasses";
const ingressClasses = "/apis/networking.k8s.io/v1/ingressclasses";
const priorities = "/apis/scheduling.k8s.io/v1/priorityclasses";
const named = (name: string, more: object = {}) => ({ metadata: { name }, ...more });

interface Said {
  readonly storageClasses?: Readonly<Record<string, object>>;
  readonly ingressClasses?: Readonly<Record<string, object>>;
}

/** What is found of these objects, but for the kinds of classes that none of them names. */
async function findings(
  objects: readonly StackObject[],
  content: Readonly<Record<string, unknown>>,
  said: Said = {},
): Promise<string[]> {
  const cluster = { storageClasses: {}, ingressClasses: {}, ...said };
  const context = { objects, settings: { cluster }, cluster: answering(content) };
  const all = told(await classes(context as unknown as PreflightContext));
  return all.filter(
    (line) => !line.startsWith("passed IngressClasses") && !line.includes("by no pod"),
  );
}

describe("a StorageClass", () => {
  const of = (provisioner: string) => ({ [storage]: [named("fast", { provisioner })] });
  const modes = (...accessModes: string[]) => ({ storageClasses: { fast: { accessModes } } });

  it("has passed where it is there and is asked for volumes of one node alone", async () => {
    expect(await findings([claim], of("csi.example.com"), modes("ReadWriteOnce"))).toEqual([
      "passed StorageClass fast: there, of csi.example.com",
    ]);
  });

  it("is unchecked in the shared access that it is said to offer: no class shows it", async () => {
    const unknown =
      "unchecked StorageClass fast: said to offer ReadWriteMany; a class does not show its access modes";
    const shared = { ...claim, spec: { ...claim.spec, accessModes: ["ReadWriteMany"] } };
    expect(await findings([claim], of("csi.example.com"), modes("ReadWriteMany"))).toContain(
      unknown,
    );
    expect(await findings([shared], of("csi.example.com"))).toContain(unknown);
  });

  it("is warned of where its driver is known to have no shared volumes", async () => {
    const found = await findings([claim], of("ebs.csi.aws.com"), modes("ReadWriteMany"));
    expect(found).toContainEqual(expect.stringMatching(/^warning StorageClass fast: .*one node$/));
  });

  it("has failed where a claim needs it and it is not there, and is warned of else", async () => {
    expect(await findings([claim], { [storage]: [named("slow")] })).toEqual([
      "failed StorageClass fast: not on the cluster, which has: slow; for PersistentVolumeClaim acme/web",
    ]);
    expect(await findings([], { [storage]: [] }, modes("ReadWriteOnce"))).toEqual([
      "warning StorageClass fast: in the settings, not on the cluster, which has: none",
    ]);
  });
});

describe("an IngressClass", () => {
  const said = (controller: string) => ({
    ingressClasses: { public: { controller, namespace: "edge" } },
  });
  const there = {
    [ingressClasses]: [named("public", { spec: { controller: "traefik.io/ingress-controller" } })],
  };
  const edge = { "/api/v1/namespaces/edge": named("edge") };

  it("has passed with the controller that the settings say, where they say", async () => {
    expect(await findings([ingress], { ...there, ...edge }, said("traefik"))).toContain(
      "passed IngressClass public: there, of traefik.io/ingress-controller in namespace edge",
    );
  });

  it("has failed where it is not there", async () => {
    expect(await findings([ingress], { [ingressClasses]: [named("private")] })).toContain(
      "failed IngressClass public: not on the cluster, which has: private; for Ingress acme/web",
    );
  });

  it("is warned of with another controller, or one that runs elsewhere", async () => {
    expect(await findings([ingress], { ...there, ...edge }, said("nginx"))).toContainEqual(
      expect.stringMatching(
        /^warning IngressClass public: of traefik\.io.*; expected k8s\.io\/ingress-nginx/,
      ),
    );
    expect(await findings([ingress], there, said("traefik"))).toContainEqual(
      expect.stringMatching(/^warning IngressClass public: .*namespace edge, which is not there/),
    );
  });
});

it("a PriorityClass has failed where pods name it and it is not there", async () => {
  expect(await findings([deployment], { [priorities]: [named("first")] })).toContain(
    "passed PriorityClass first: there",
  );
  expect(await findings([deployment], { [priorities]: [named("second")] })).toContain(
    "failed PriorityClass first: not on the cluster; for Deployment acme/web",
  );
});

it("classes that may not be read are unchecked, each kind for itself", async () => {
  const content = { [storage]: refused, [ingressClasses]: refused, [priorities]: refused };
  expect(await findings([claim, ingress, deployment], content)).toEqual(
    ["StorageClasses", "IngressClasses", "PriorityClasses"].map(
      (kind) => expect.stringMatching(new RegExp(`^unchecked ${kind}: .* 403: `)) as unknown,
    ),
  );
});
