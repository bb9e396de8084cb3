import type { Item, Tool } from "./model";
import { argumentsOf, github, versions } from "./tools";

/** The program that carries the telemetry streams, for tests that run them. */
export const redpandaConnect: Tool = {
  kind: "programs",
  name: "redpanda-connect",
  version: versions.redpandaConnect,
  programs: [{ name: "redpanda-connect", version: argumentsOf("--version") }],
  release: ({ os, arch }) => [
    github(
      "redpanda-data/connect",
      `v${versions.redpandaConnect}`,
      `redpanda-connect_${versions.redpandaConnect}_${os}_${arch}.tar.gz`,
    ),
  ],
  builds: [
    {
      module: "redpanda-connect",
      packages: { "redpanda-connect": "." },
      variables: { "main.version": versions.redpandaConnect },
      minutes: 2,
    },
  ],
};

/** The OpenTelemetry collector, for the test that sends it traces. */
export const otelcol: Tool = {
  kind: "programs",
  name: "otelcol",
  version: versions.otelcol,
  programs: [{ name: "otelcol", version: argumentsOf("--version") }],
  release: ({ os, arch }) => [
    github(
      "open-telemetry/opentelemetry-collector-releases",
      `v${versions.otelcol}`,
      `otelcol_${versions.otelcol}_${os}_${arch}.tar.gz`,
    ),
  ],
  builds: [
    {
      module: "otelcol",
      packages: { otelcol: "." },
      variables: { "main.version": versions.otelcol },
      minutes: 1.5,
    },
  ],
};

/** A program of MinIO's. Its vendor names modules after commits, so that a release's file would be of another version. */
function ofMinio(name: "minio" | "mc", version: string, minutes: number): Tool {
  return {
    kind: "programs",
    name,
    version,
    programs: [{ name, version: argumentsOf("--version") }],
    release: () => [],
    builds: [
      {
        module: name,
        packages: { [name]: `github.com/minio/${name}` },
        variables: { [`github.com/minio/${name}/cmd.ReleaseTag`]: version },
        minutes,
      },
    ],
  };
}

/** The object store, for the test that sets it up. */
export const minio = ofMinio("minio", versions.minio, 6);

/** The client that sets the object store up. */
export const minioClient = ofMinio("mc", versions.minioClient, 2);

/** Checks alerting rules, runs their tests, and parses expressions. */
export const promtool: Tool = {
  kind: "programs",
  name: "promtool",
  version: versions.prometheus,
  programs: [{ name: "promtool", version: argumentsOf("--version") }],
  release: ({ os, arch }) => {
    const folder = `https://github.com/prometheus/prometheus/releases/download/v${versions.prometheus}`;
    return [
      {
        url: `${folder}/prometheus-${versions.prometheus}.${os}-${arch}.tar.gz`,
        checksum: { kind: "list", url: `${folder}/sha256sums.txt` },
        strip: 1,
      },
    ];
  },
  builds: [
    {
      module: "promtool",
      packages: { promtool: "github.com/prometheus/prometheus/cmd/promtool" },
      variables: { "github.com/prometheus/common/version.Version": versions.prometheus },
      minutes: 3,
    },
  ],
};

/** Checks the workflows of GitHub Actions. */
export const actionlint: Tool = {
  kind: "programs",
  name: "actionlint",
  version: versions.actionlint,
  programs: [{ name: "actionlint", version: argumentsOf("-version") }],
  release: ({ os, arch }) => [
    github(
      "rhysd/actionlint",
      `v${versions.actionlint}`,
      `actionlint_${versions.actionlint}_${os}_${arch}.tar.gz`,
    ),
  ],
  builds: [
    {
      module: "actionlint",
      packages: { actionlint: "github.com/rhysd/actionlint/cmd/actionlint" },
      variables: { "github.com/rhysd/actionlint.version": versions.actionlint },
      minutes: 0.3,
    },
  ],
};

/** Judges rendered objects by its own rules. */
export const kubeScore: Tool = {
  kind: "programs",
  name: "kube-score",
  version: versions.kubeScore,
  programs: [{ name: "kube-score", version: argumentsOf("version") }],
  release: ({ os, arch }) => {
    const folder = `https://github.com/zegl/kube-score/releases/download/v${versions.kubeScore}`;
    return [
      {
        url: `${folder}/kube-score_${versions.kubeScore}_${os}_${arch}.tar.gz`,
        checksum: { kind: "list", url: `${folder}/checksums.txt` },
      },
    ];
  },
  builds: [
    {
      module: "kube-score",
      packages: { "kube-score": "github.com/zegl/kube-score/cmd/kube-score" },
      variables: { "main.version": versions.kubeScore },
      minutes: 0.5,
    },
  ],
};

/** What the tests of data need beside the servers that the system has. */
export const dataItems: readonly Item[] = [
  redpandaConnect,
  otelcol,
  minio,
  minioClient,
  promtool,
  kubeScore,
  actionlint,
];
