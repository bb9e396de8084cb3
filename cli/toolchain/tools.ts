import type { Asset, FileSet, Item, Tool, VersionQuery } from "./model";

/** The one place where versions stand; a test holds them against the go.mod files. */
export const versions = {
  pulumi: "3.245.0",
  /** The newest that can be had as a module; saved state is tried with it before anybody moves to it. */
  newerPulumi: "3.276.0",
  /** The newest revision of the host that can be had as a module; it serves programs of 3.245. */
  languageHost: "3.187.0",
  kubernetesProvider: "4.25.0",
  randomProvider: "4.21.1",
  kubernetes: "1.36.3",
  etcd: "3.6.6",
  kwok: "0.8.0",
  redpandaConnect: "4.31.0",
  /** The public checksum database knows the modules of this version, not of the 0.106.0 in the pods. */
  otelcol: "0.106.1",
  /** The newest revision of the server that is a module. */
  minio: "0.0.0-20260212201848-7aac2a2c5b7c",
  /** The revision of the release that the pods have. */
  minioClient: "0.0.0-20250416181326-b00526b153a3",
  /** Of the line with long support that the pinned Prometheus operator sets up. Its module is v0.305.1. */
  prometheus: "3.5.1",
  kubeScore: "1.20.0",
  actionlint: "1.7.12",
  helm: "3.22.0",
  metricsServer: "0.9.0",
  /** Of the release of Kubernetes above: the module has the code of its API server. */
  podSecurity: "0.36.3",
} as const;

/** A file of a release on GitHub. */
export const github = (repository: string, tag: string, file: string): Omit<Asset, "program"> => ({
  url: `https://github.com/${repository}/releases/download/${tag}/${file}`,
  // No checksum file to count on in these releases: the digest is in the release's metadata.
  checksum: {
    kind: "metadata",
    url: `https://api.github.com/repos/${repository}/releases/tags/${tag}`,
  },
});

/** The version as a program tells it when it is asked with these arguments. */
export const argumentsOf = (...args: readonly string[]): VersionQuery => ({
  kind: "arguments",
  args,
});

/** The Pulumi CLI of a version with its Node.js language host, which it looks for in its own folder. */
function pulumiOf(name: "pulumi" | "pulumi-newer", version: string): Tool {
  const folder = "https://get.pulumi.com/releases/sdk";
  const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";
  return {
    kind: "programs",
    name,
    version,
    programs: [
      { name: "pulumi", version: argumentsOf("version") },
      { name: "pulumi-language-nodejs", version: { kind: "none" } },
    ],
    release: ({ os, arch }) => [
      {
        url: `${folder}/pulumi-v${version}-${os}-${arch === "amd64" ? "x64" : arch}.tar.gz`,
        checksum: { kind: "list", url: `${folder}/pulumi-${version}-checksums.txt` },
        strip: 1,
      },
    ],
    builds: [
      {
        module: name,
        packages: { pulumi: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
        variables: { [versionVariable]: `v${version}` },
        minutes: 3,
      },
      {
        module: "pulumi-language-nodejs",
        packages: {
          "pulumi-language-nodejs":
            "github.com/pulumi/pulumi/sdk/nodejs/cmd/pulumi-language-nodejs/v3",
        },
        variables: { [versionVariable]: `v${versions.languageHost}` },
        minutes: 0.5,
      },
    ],
  };
}

/** What all commands run. */
export const pulumi = pulumiOf("pulumi", versions.pulumi);

/** What the proof of upgrades runs. */
export const newerPulumi = pulumiOf("pulumi-newer", versions.newerPulumi);

/** The provider of `@pulumi/kubernetes`. */
export const kubernetesProvider: Tool = {
  kind: "programs",
  name: "pulumi-resource-kubernetes",
  version: versions.kubernetesProvider,
  programs: [{ name: "pulumi-resource-kubernetes", version: { kind: "plugin" } }],
  release: ({ os, arch }) => [
    github(
      "pulumi/pulumi-kubernetes",
      `v${versions.kubernetesProvider}`,
      `pulumi-resource-kubernetes-v${versions.kubernetesProvider}-${os}-${arch}.tar.gz`,
    ),
  ],
  builds: [
    {
      module: "pulumi-resource-kubernetes",
      packages: { "pulumi-resource-kubernetes": "." },
      variables: {
        "github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version":
          versions.kubernetesProvider,
      },
      prepare: "provider-schema",
      minutes: 6.5,
    },
  ],
};

/** The provider of `@pulumi/random`. */
export const randomProvider: Tool = {
  kind: "programs",
  name: "pulumi-resource-random",
  version: versions.randomProvider,
  programs: [{ name: "pulumi-resource-random", version: { kind: "plugin" } }],
  release: ({ os, arch }) => [
    github(
      "pulumi/pulumi-random",
      `v${versions.randomProvider}`,
      `pulumi-resource-random-v${versions.randomProvider}-${os}-${arch}.tar.gz`,
    ),
  ],
  builds: [
    {
      module: "pulumi-resource-random",
      packages: { "pulumi-resource-random": "." },
      variables: { "main.version": versions.randomProvider },
      minutes: 3.5,
    },
  ],
};

const kubernetesPrograms = [
  "kube-apiserver",
  "kube-controller-manager",
  "kube-scheduler",
  "kubectl",
] as const;

const [kubernetesMajor, kubernetesMinor] = versions.kubernetes.split(".") as [string, string];

/** The real control plane of Kubernetes, and kubectl. */
export const kubernetes: Tool = {
  kind: "programs",
  name: "kubernetes",
  version: versions.kubernetes,
  programs: kubernetesPrograms.map((name) => ({
    name,
    version: name === "kubectl" ? argumentsOf("version", "--client") : argumentsOf("--version"),
  })),
  release: ({ os, arch }) => {
    if (os !== "linux") return []; // Of the control plane, only Linux builds are published.
    const folder = `https://dl.k8s.io/release/v${versions.kubernetes}/bin/${os}/${arch}`;
    return kubernetesPrograms.map((program) => ({
      url: `${folder}/${program}`,
      checksum: { kind: "bare", url: `${folder}/${program}.sha256` },
      program,
    }));
  },
  builds: [
    {
      module: "kubernetes",
      packages: Object.fromEntries(
        kubernetesPrograms.map((name) => [name, `k8s.io/kubernetes/cmd/${name}`]),
      ),
      variables: {
        "k8s.io/component-base/version.gitVersion": `v${versions.kubernetes}`,
        "k8s.io/component-base/version.gitMajor": kubernetesMajor,
        "k8s.io/component-base/version.gitMinor": kubernetesMinor,
      },
      minutes: 4.5,
    },
  ],
};

/** The store of the control plane. */
export const etcd: Tool = {
  kind: "programs",
  name: "etcd",
  version: versions.etcd,
  programs: [{ name: "etcd", version: argumentsOf("--version") }],
  release: ({ os, arch }) => {
    const folder = `https://github.com/etcd-io/etcd/releases/download/v${versions.etcd}`;
    const ending = os === "linux" ? "tar.gz" : "zip";
    return [
      {
        url: `${folder}/etcd-v${versions.etcd}-${os}-${arch}.${ending}`,
        checksum: { kind: "list", url: `${folder}/SHA256SUMS` },
        strip: 1,
      },
    ];
  },
  builds: [
    {
      module: "etcd",
      packages: { etcd: "go.etcd.io/etcd/server/v3" },
      variables: {},
      minutes: 0.5,
    },
  ],
};

/** The simulated kubelets, and the command that runs clusters of them. */
export const kwok: Tool = {
  kind: "programs",
  name: "kwok",
  version: versions.kwok,
  programs: ["kwok", "kwokctl"].map((name) => ({ name, version: argumentsOf("--version") })),
  release: ({ os, arch }) =>
    ["kwok", "kwokctl"].map((program) => ({
      ...github("kubernetes-sigs/kwok", `v${versions.kwok}`, `${program}-${os}-${arch}`),
      program,
    })),
  builds: [
    {
      module: "kwok",
      packages: { kwok: "sigs.k8s.io/kwok/cmd/kwok", kwokctl: "sigs.k8s.io/kwok/cmd/kwokctl" },
      variables: { "sigs.k8s.io/kwok/pkg/consts.Version": `v${versions.kwok}` },
      minutes: 1.2,
    },
  ],
};

/** The custom resource definitions that a real cluster of ours offers. */
export const crds: FileSet = {
  kind: "files",
  name: "crds",
  module: "crds",
  holds: "CustomResourceDefinition",
  sources: [
    { module: "github.com/cert-manager/cert-manager", folders: ["deploy/crds"] },
    { module: "github.com/kedacore/keda/v2", folders: ["config/crd/bases"] },
    {
      module: "github.com/kubernetes-csi/external-snapshotter/client/v8",
      folders: ["config/crd"],
    },
    {
      module: "github.com/prometheus-operator/prometheus-operator",
      folders: ["example/prometheus-operator-crd"],
    },
  ],
};

/** kwok's own default stages, which it drops as soon as it is given any. */
export const stages: FileSet = {
  kind: "files",
  name: "stages",
  module: "kwok",
  holds: "Stage",
  sources: [
    {
      module: "sigs.k8s.io/kwok",
      folders: [
        "kustomize/stage/node/fast",
        "kustomize/stage/node/heartbeat",
        "kustomize/stage/pod/fast",
      ],
    },
  ],
};

/** What previews and renderings need. */
export const engineItems: readonly Item[] = [pulumi, kubernetesProvider, randomProvider];

/** All that the commands need, small things first, so that a machine that cannot build says so early. */
export const allItems: readonly Item[] = [etcd, kwok, crds, stages, kubernetes, ...engineItems];
