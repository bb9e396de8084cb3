/** Proves how findings are made and shown; on what a real cluster says they rest is in test/cluster. */
import { exitCodeOf } from "../../../cli/commands/preflight";
import { checks, runChecks } from "../../../cli/preflight/checks";
import { zoneFindings } from "../../../cli/preflight/dates";
import { Limit } from "../../../cli/preflight/limit";
import {
  type PreflightContext,
  type Result,
  type Status,
  Unchecked,
} from "../../../cli/preflight/model";
import type { StackObject } from "../../../cli/preflight/objects";
import { owner } from "../../../cli/preflight/owners";
import { clockFinding, placeFindings, versionFinding } from "../../../cli/preflight/reach";
import { reportText } from "../../../cli/preflight/report";
import { secretUses } from "../../../cli/preflight/secret-uses";

const result = (status: Status, subject: string): Result => ({
  ...{ check: "classes", status, subject, evidence: "seen" },
  ...(status === "failed" ? { mend: "Make it." } : {}),
});

it("the report shows the worst first, what to do, and how many there are of each", () => {
  const results = [result("passed", "A"), result("failed", "B"), result("unchecked", "C")];
  expect(reportText(results).split("\n")).toEqual([
    "FAILED     classes  B: seen",
    "                    → Make it.",
    "UNCHECKED  classes  C: seen",
    "PASSED     classes  A: seen",
    "",
    "1 failed, 1 unchecked, 0 warnings, 1 passed. What is unchecked may be wrong: nobody has looked at it.",
  ]);
});

it("a failure alone makes the exit code 1; what is open counts where it is asked for", () => {
  expect(exitCodeOf([result("failed", "A"), result("unchecked", "B")], true)).toBe(1);
  expect(exitCodeOf([result("unchecked", "A"), result("warning", "B")], false)).toBe(0);
  expect(exitCodeOf([result("unchecked", "A")], true)).toBe(3);
  expect(exitCodeOf([result("warning", "A")], true)).toBe(3);
  expect(exitCodeOf([result("passed", "A")], true)).toBe(0);
});

it("without a cluster, each check that needs one is unchecked, and none has passed for it", async () => {
  const nowhere = (): never => {
    throw new Unchecked("There is no cluster.");
  };
  const deployment = {
    ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web", namespace: "acme" } },
    spec: { template: { spec: { containers: [] } } },
  };
  const place = { kind: "real", meant: "real" };
  const context = {
    place,
    cluster: nowhere,
    plan: nowhere,
    objects: [deployment],
    now: new Date(0),
  };
  const settings = {
    cluster: { externalCidrs: {}, capabilities: {}, namespaces: { dns: "kube-system" } },
    ...Object.fromEntries(
      ["thunderline", "faultmaven", "philotes", "telemetry"].map((it) => [it, { enabled: false }]),
    ),
  };
  const results = await runChecks({ ...context, settings } as unknown as PreflightContext);
  const open = new Set(results.filter((it) => it.status === "unchecked").map((it) => it.check));
  const needless = ["claims", "secrets", "pull secrets", "images", "hosts", "dates"];
  const needing = checks.map(({ name }) => name).filter((name) => !needless.includes(name));
  expect([...open]).toEqual(needing);
  expect(results.filter(({ status }) => status === "failed")).toEqual([]);
});

describe("a kubeconfig without the stack's context", () => {
  const found = (kind: "real" | "embedded" | "none", meant: "real" | "embedded" = "real") =>
    placeFindings({ kind, meant }, "prod", "acme").map(
      ({ status, subject, evidence }) => `${status} ${subject}: ${evidence}`,
    );

  it("has failed where there is no other cluster to ask", () => {
    expect(found("none")).toEqual([
      "failed Context acme: your kubeconfig has no real cluster under this name",
    ]);
  });

  it("leaves the stack's own cluster unchecked where the embedded one answers in its place", () => {
    expect(found("embedded")).toEqual([expect.stringMatching(/^unchecked Context acme: .*own/)]);
  });

  it("is none where the embedded cluster is meant, which has to run then", () => {
    expect(found("embedded", "embedded")).toEqual([]);
    expect(found("none", "embedded")).toEqual(["failed Embedded cluster: it does not run"]);
    expect(found("real")).toEqual([]);
  });
});

it("a check that is left out is unchecked", async () => {
  const all = checks.map(({ name }) => name);
  const results = await runChecks({} as unknown as PreflightContext, all);
  expect(results.map(({ check }) => check)).toEqual(all);
  expect(new Set(results.map(({ status }) => status))).toEqual(new Set(["unchecked"]));
});

it.each([
  ["1", "30", "passed"],
  ["1", "33+", "passed"],
  ["1", "29", "failed"],
  ["1", "99", "warning"],
  ["2", "30", "failed"],
])("a server of version %s.%s has %s", (major, minor, status) => {
  expect(versionFinding({ major, minor, gitVersion: `v${major}.${minor}` }).status).toBe(status);
});

it("clocks that are more than a minute apart are warned of", () => {
  const date = "Sat, 21 Nov 2026 12:00:00 GMT";
  const at = (seconds: number) => clockFinding(date, Date.parse(date) + seconds * 1000);
  expect(at(60).status).toBe("passed");
  expect(at(61)).toMatchObject({
    status: "warning",
    evidence: expect.stringMatching(/^the server's is 61 s behind this machine's/) as unknown,
  });
  expect(at(-61).evidence).toMatch(/^the server's is 61 s ahead of/);
});

it("an object says whose it is by Helm's marks, its label, and who wrote it", () => {
  const helm = { "meta.helm.sh/release-name": "shop", "meta.helm.sh/release-namespace": "acme" };
  expect(owner({ name: "web", annotations: helm })).toBe("of the Helm release acme/shop");
  expect(
    owner({
      name: "web",
      labels: { "app.kubernetes.io/managed-by": "argocd" },
      managedFields: [{ manager: "kubectl" }, { manager: "kubectl" }],
    }),
  ).toBe("managed by argocd; fields written by kubectl");
  expect(owner({ name: "web" })).toBe("it does not say whose it is");
});

it("a schedule in a zone that does not exist has failed", () => {
  const job = (timeZone: string) => ({
    ...{ apiVersion: "batch/v1", kind: "CronJob", metadata: { name: "nightly" } },
    spec: { timeZone },
  });
  const statusesOf = (zone: string) => zoneFindings([job(zone)]).map(({ status }) => status);
  expect(statusesOf("Europe/Berlin")).toEqual(["passed"]);
  expect(statusesOf("Europe/Atlantis")).toEqual(["failed"]);
});

describe("the Secrets that somebody else has to make", () => {
  const at = (kind: string, name: string, spec: object, annotations = {}): StackObject => ({
    ...{ apiVersion: "v1", kind, metadata: { name, namespace: "acme", annotations } },
    spec: spec as Record<string, unknown>,
  });
  const reading = (name: string, optional = false) =>
    at("Deployment", "web", {
      template: {
        spec: {
          containers: [
            {
              ...{ name: "web", image: "acme/web:1.0" },
              env: [{ valueFrom: { secretKeyRef: { name, key: "token", optional } } }],
            },
          ],
          volumes: [{ secret: { secretName: "files", items: [{ key: "ca.crt" }] } }],
          imagePullSecrets: [{ name: "pull" }],
        },
      },
    });
  const said = (objects: Parameters<typeof secretUses>[0]) =>
    secretUses(objects).map(({ name, purpose, keys }) => `${purpose} ${name} ${keys.join()}`);

  it("are those that pods read, mount and pull with, but for the stack's own", () => {
    expect(said([reading("theirs")])).toEqual([
      "keys theirs token",
      "keys files ca.crt",
      "pull pull ",
    ]);
    expect(said([reading("theirs"), at("Secret", "theirs", {})])).not.toContain(
      "keys theirs token",
    );
  });

  it("are not those that a pod can start without", () => {
    expect(said([reading("theirs", true)])).not.toContain("keys theirs token");
  });

  it("are an ingress's certificates, unless an issuer makes them", () => {
    const tls = { tls: [{ secretName: "tls", hosts: ["acme.example.com"] }] };
    const issued = { "cert-manager.io/cluster-issuer": "letsencrypt" };
    expect(said([at("Ingress", "web", tls)])).toEqual(["tls tls tls.crt,tls.key"]);
    expect(said([at("Ingress", "web", tls, issued)])).toEqual([]);
  });
});

it("a limit lets so many run at once, and all in the end", async () => {
  const limit = new Limit(3);
  let running = 0;
  let most = 0;
  const done = await Promise.all(
    Array.from({ length: 20 }, (_, i) =>
      limit.run(async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setImmediate(resolve));
        running -= 1;
        return i;
      }),
    ),
  );
  expect(done).toHaveLength(20);
  expect(most).toBe(3);
});
