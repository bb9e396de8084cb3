import { ensureItems } from "../../../cli/toolchain";
import { kubeScore } from "../../../cli/toolchain/data-tools";
import { versions } from "../../../cli/toolchain/tools";
import { optionalChecks } from "../../../policy/tools";
import { objectFiles, objectName, printed, runScanner, type Scan } from "./scanner";

interface Scored {
  readonly type_meta: { readonly kind: string };
  readonly object_meta: { readonly namespace?: string; readonly name: string };
  readonly checks: readonly {
    readonly check: { readonly id: string };
    /** 10 is all right. */
    readonly grade: number;
    readonly skipped: boolean;
  }[];
}

/** All that kube-score says of the objects in a folder. */
export async function kubeScoreScan(folder: string): Promise<Scan> {
  const version = versions.kubernetes.split(".").slice(0, 2).join(".");
  const result = await runScanner(await program(), [
    "score",
    "--output-format=json",
    `--kubernetes-version=v${version}`,
    // What an object asks to be excused from is for the table of exceptions to say.
    "--disable-ignore-checks-annotations",
    "--disable-optional-checks-annotations",
    ...optionalChecks.map((check) => `--enable-optional-test=${check}`),
    ...objectFiles(folder),
  ]);
  const objects = (printed("kube-score", result) as readonly Scored[]).map((one) => ({
    checks: one.checks,
    object: objectName(one.type_meta.kind, one.object_meta.namespace, one.object_meta.name),
  }));
  return {
    judged: new Set(objects.map(({ object }) => object)),
    findings: objects.flatMap(({ checks, object }) =>
      checks
        .filter(({ grade, skipped }) => !skipped && grade < 10)
        .map(({ check }) => ({ check: check.id, object })),
    ),
  };
}

/** The names of all checks that kube-score has. */
export async function kubeScoreChecks(): Promise<string[]> {
  const { stdout } = await runScanner(await program(), ["list"]);
  return stdout
    .trim()
    .split("\n")
    .map((line) => line.split(",")[0] ?? "");
}

async function program(): Promise<string> {
  const located = await ensureItems([kubeScore]);
  const path = located.get(kubeScore)?.get("kube-score");
  if (path === undefined) throw new Error("kube-score was not set up");
  return path;
}
