// Pure parts: what identifies an item, where it goes, what the table says. Nothing is run here.
import { readFileSync } from "node:fs";
import { join } from "node:path";

import { UserError } from "../../../cli/errors";
import { binaryName, linkerFlags } from "../../../cli/toolchain/build";
import { dataItems } from "../../../cli/toolchain/data-tools";
import { fingerprint, modulesOf } from "../../../cli/toolchain/fingerprint";
import { goEnvironment, wantedGo } from "../../../cli/toolchain/go";
import { helm } from "../../../cli/toolchain/helm";
import { cacheRoot, Layout } from "../../../cli/toolchain/layout";
import {
  annotatedUsage,
  kubeletMetrics,
  metricsServer,
} from "../../../cli/toolchain/metrics-server";
import { currentPlatform } from "../../../cli/toolchain/platform";
import { firstString } from "../../../cli/toolchain/plugin-info";
import { podSecurity } from "../../../cli/toolchain/pod-security";
import * as tools from "../../../cli/toolchain/tools";
import { isOlder, parseVersion } from "../../../cli/toolchain/version";
import { put, someSources, someTool, temporaryFolder } from "./support";

const linux = { os: "linux", arch: "amd64" } as const;
const repository = join(__dirname, "..", "..", "..");

describe("fingerprint", () => {
  const tool = someTool();

  test("stays the same for the same sources in another folder", () => {
    const first = someSources(temporaryFolder(), tool);
    const second = someSources(temporaryFolder(), tool);
    expect(fingerprint(tool, first, linux)).toBe(fingerprint(tool, second, linux));
  });

  test.each<[string, (sources: string) => [typeof tool, { os: "linux"; arch: "amd64" | "arm64" }]]>(
    [
      ["another processor", () => [tool, { os: "linux", arch: "arm64" }]],
      ["another version", () => [someTool({ version: "1.2.4" }), linux]],
      [
        "a changed file",
        (sources) => {
          put(join(sources, "hammer", "go.sum"), "changed");
          return [tool, linux];
        },
      ],
      [
        "a changed file of a folder inside",
        (sources) => {
          put(join(sources, "hammer", "sub", "main.go"), "changed");
          return [tool, linux];
        },
      ],
      [
        "another linker variable",
        () => [
          someTool({ builds: [{ ...someBuild(), variables: { "main.version": "2" } }] }),
          linux,
        ],
      ],
    ],
  )("changes with %s", (_what, change) => {
    const sources = someSources(temporaryFolder(), tool);
    const before = fingerprint(tool, sources, linux);
    const [changed, platform] = change(sources);
    expect(fingerprint(changed, sources, platform)).not.toBe(before);
  });

  test("does not change with an estimate of time", () => {
    const sources = someSources(temporaryFolder(), tool);
    const slower = someTool({ builds: [{ ...someBuild(), minutes: 9 }] });
    expect(fingerprint(slower, sources, linux)).toBe(fingerprint(tool, sources, linux));
  });

  function someBuild(): (typeof tool.builds)[number] {
    return { module: "hammer", packages: { hammer: "." }, variables: {}, minutes: 1 };
  }
});

describe("cache layout", () => {
  test.each([
    [{}, "/home/me/.cache/platform"],
    [{ XDG_CACHE_HOME: "/fast" }, "/fast/platform"],
    [{ XDG_CACHE_HOME: "/fast", PLATFORM_CACHE: "/ours" }, "/ours"],
    [{ XDG_CACHE_HOME: "", PLATFORM_CACHE: "" }, "/home/me/.cache/platform"],
  ])("with %j is in %s", (env, root) => {
    expect(cacheRoot(env, "/home/me")).toBe(root);
  });

  test("keeps versions and fingerprints apart", () => {
    const layout = new Layout("/c");
    expect(layout.item(someTool(), "abc")).toBe("/c/tools/hammer/1.2.3-abc");
    expect(layout.item(tools.crds, "abc")).toBe("/c/tools/crds/abc");
  });
});

describe("versions", () => {
  test.each([
    ["v3.245.0\n", "3.245.0"],
    ["Kubernetes v1.36.3", "1.36.3"],
    ["Client Version: v1.32.4-dispatcher\nKustomize Version: v5.5.0", "1.32.4-dispatcher"],
    ["kwok version v0.8.0 go1.26.8 (linux/amd64)", "0.8.0"],
    ["etcd Version: 3.6.6\nGit SHA: Not provided\nGo Version: go1.26.8", "3.6.6"],
    ["4.21.1", "4.21.1"],
    ["no version at all", undefined],
  ])("parses %j as %s", (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });

  test.each([
    ["1.22.3", "1.26.8", true],
    ["1.26.8", "1.26.8", false],
    ["1.26.10", "1.26.8", false],
    ["1.9", "1.10", true],
    ["2.0", "1.99.9", false],
  ])("%s older than %s: %s", (a, b, older) => {
    expect(isOlder(a, b)).toBe(older);
  });

  test("a provider's answer is read from its protocol buffer", () => {
    expect(firstString(Buffer.from("\n\x064.25.0", "latin1"))).toBe("4.25.0");
    expect(firstString(Buffer.alloc(0))).toBeUndefined();
  });
});

describe("the table of tools", () => {
  const goMod = (module: string): string =>
    readFileSync(join(repository, "toolchain", module, "go.mod"), "utf8");

  test.each([
    ["pulumi", `github.com/pulumi/pulumi/pkg/v3 v${tools.versions.pulumi}`],
    ["pulumi-language-nodejs", `github.com/pulumi/pulumi/sdk/v3 v${tools.versions.languageHost}`],
    ["kubernetes", `k8s.io/kubernetes v${tools.versions.kubernetes}`],
    ["etcd", `go.etcd.io/etcd/server/v3 v${tools.versions.etcd}`],
    ["kwok", `sigs.k8s.io/kwok v${tools.versions.kwok}`],
    ["redpanda-connect", `github.com/redpanda-data/connect/v4 v${tools.versions.redpandaConnect}`],
    ["otelcol", `go.opentelemetry.io/collector/otelcol v${tools.versions.otelcol}`],
    ["minio", `github.com/minio/minio v${tools.versions.minio}`],
    ["mc", `github.com/minio/mc v${tools.versions.minioClient}`],
    ["pulumi-newer", `github.com/pulumi/pulumi/pkg/v3 v${tools.versions.newerPulumi}`],
    ["kube-score", `github.com/zegl/kube-score v${tools.versions.kubeScore}`],
    ["helm", `helm.sh/helm/v3 v${tools.versions.helm}`],
    ["metrics-server", `sigs.k8s.io/metrics-server v${tools.versions.metricsServer}`],
    ["pod-security", `k8s.io/pod-security-admission v${tools.versions.podSecurity}`],
    ["actionlint", `github.com/rhysd/actionlint v${tools.versions.actionlint}`],
    // Prometheus 3.5.1 is the module's v0.305.1.
    [
      "promtool",
      `github.com/prometheus/prometheus v${asPrometheusModule(tools.versions.prometheus)}`,
    ],
  ])("has the version that %s is pinned to", (module, line) => {
    expect(goMod(module)).toContain(line);
  });

  function asPrometheusModule(version: string): string {
    const [major = "", minor = "", patch = ""] = version.split(".");
    return `0.${major}${minor.padStart(2, "0")}.${patch}`;
  }

  test("judges pods by the code of the API server that it has", () => {
    expect(`1${tools.versions.podSecurity.slice(1)}`).toBe(tools.versions.kubernetes);
  });

  test("has the versions of the SDKs in package.json", () => {
    const { dependencies } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as {
      dependencies: Record<string, string>;
    };
    expect(dependencies).toMatchObject({
      "@pulumi/pulumi": tools.versions.pulumi,
      "@pulumi/kubernetes": tools.versions.kubernetesProvider,
      "@pulumi/random": tools.versions.randomProvider,
    });
  });

  const autoscaling = [metricsServer, kubeletMetrics, annotatedUsage];
  const items = [...tools.allItems, ...dataItems, helm, podSecurity, ...autoscaling];

  test.each(items.map((item) => [item.name, item] as const))(
    "%s is pinned by a go.mod and a go.sum file",
    (_name, item) => {
      for (const module of modulesOf(item)) {
        expect(wantedGo(goMod(module))).toMatch(/^1\./);
        const sums = readFileSync(join(repository, "toolchain", module, "go.sum"), "utf8");
        expect(sums.trim().split("\n").length).toBeGreaterThan(0);
      }
    },
  );

  test.each(items.flatMap((item) => (item.kind === "programs" ? [item] : [])))(
    "each program of $name is built once, and downloaded or unpacked",
    (tool) => {
      const names = tool.programs.map((program) => program.name).sort();
      expect(tool.builds.flatMap((build) => Object.keys(build.packages)).sort()).toEqual(names);
      const assets = tool.release(linux);
      const programs = assets.flatMap(({ program }) => program ?? []).sort();
      expect(programs.length === 0 ? names : programs).toEqual(names);
      for (const asset of assets) expect(asset.url).toContain(tool.version);
    },
  );

  test("names no download of the control plane where there is none", () => {
    expect(tools.kubernetes.release({ os: "darwin", arch: "arm64" })).toEqual([]);
  });
});

describe("builds", () => {
  test.each([
    ["go.etcd.io/etcd/server/v3", "server"],
    ["sigs.k8s.io/kwok/cmd/kwokctl", "kwokctl"],
    ["github.com/pulumi/pulumi/sdk/nodejs/cmd/pulumi-language-nodejs/v3", "pulumi-language-nodejs"],
  ])("%s gives the program %s", (path, name) => {
    expect(binaryName(path)).toBe(name);
  });

  test("set variables by the linker", () => {
    expect(linkerFlags({ variables: { "a.B": "1", "a.C": "2" } })).toBe("-s -w -X a.B=1 -X a.C=2");
  });

  test("do not follow the user's flags, and keep the proxy", () => {
    const env = goEnvironment({ GOFLAGS: "-mod=vendor", GOPROXY: "direct" }, linux, "/tmp/x");
    expect(env).toMatchObject({ GOFLAGS: "-mod=readonly", GOPROXY: "direct", GOTMPDIR: "/tmp/x" });
    expect(env).not.toHaveProperty("GONOSUMDB");
  });
});

test("a platform without our tools is refused with the mend", () => {
  expect(currentPlatform("linux", "x64")).toEqual(linux);
  expect(currentPlatform("darwin", "arm64")).toEqual({ os: "darwin", arch: "arm64" });
  expect(() => currentPlatform("win32", "x64")).toThrow(UserError);
});
