/** Proves what is told of an API server that goes away, in the words of clients; that they say so, test/proof shows. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { causesOf, findingsOf, nextCommand } from "../../../cli/failure";
import type { FailedObject } from "../../../cli/plan";
import type { Target } from "../../../cli/target";

const request = 'Patch "https://10.0.0.1:6443/api/v1/namespaces/acme/services/web": ';
const created = `resource "urn:x" was not successfully created by the Kubernetes API server: ${request}`;
const reset = "read tcp 127.0.0.1:5->10.0.0.1:6443: read: connection reset by peer";

function failed(message: string, name = "web"): FailedObject {
  const kind = { apiVersion: "v1", kind: "Service", declared: {} };
  return { ...kind, name, namespace: "acme", message };
}

function told(failures: readonly FailedObject[], silence?: string): string[] {
  return findingsOf(failures, [], silence).map(({ rule, subject }) => `${rule} ${subject}`);
}

it.each([
  reset,
  "dial tcp 10.0.0.1:6443: connect: connection refused",
  "http2: client connection lost",
  "net/http: TLS handshake timeout",
  "dial tcp 10.0.0.1:6443: i/o timeout",
  "write: broken pipe",
  "EOF",
  "unexpected EOF",
  "http2: server sent GOAWAY and closed the connection",
  "configured Kubernetes cluster is unreachable: unable to load schema information",
])("a way to the API server that is cut is told once, with how many objects: %s", (words) => {
  const failures = ["web", "db", "cache"].map((name) => failed(created + words, name));
  const found = findingsOf(failures, []);
  expect(found).toMatchObject([
    {
      rule: "outage",
      subject: "API server",
      what: "was away while 3 objects were made or changed",
    },
  ]);
  expect(found[0]?.evidence).toEqual([
    `Service acme/web: ${request}${words}`,
    "the same of 2 more",
    "now it answers again",
  ]);
  expect(nextCommand({ stack: "dev", kind: "embedded" } as Target, found)).toBe(
    "npm run up -- --stack dev",
  );
});

it("says that it is still away, where it does not answer", () => {
  const silence = "The API server at https://10.0.0.1:6443 does not answer: connect ECONNREFUSED.";
  const [found] = findingsOf([failed(created + reset)], [], silence);
  expect(found?.what).toBe("was away while an object was made or changed");
  expect(found?.evidence.at(-1)).toBe(silence);
});

it("says so beside a workload that was not ready in time, as nobody could see its pods", () => {
  expect(told([failed("'web' timed out waiting to be Ready")], "no answer")).toEqual([
    "late Service acme/web",
    "outage API server",
  ]);
});

it("explains the trace of a provider that has ended over it", () => {
  const found = findingsOf([failed("error reading from server: EOF")], []);
  expect(found).toMatchObject([{ rule: "outage", subject: "API server" }]);
  expect(found[0]?.evidence).toContain(
    "the engine's provider for Kubernetes has ended over it, and the trace above is its own",
  );
});

it("is not told of a webhook that is away", () => {
  const words = 'failed calling webhook "guard.acme.com": connect: connection refused';
  expect(told([failed(created + words)])).toEqual(["webhook-away Service acme/web"]);
});

it("is not told of a pod that does not reach its registry", () => {
  const words = "'web' timed out waiting to be Ready\n\t* dial tcp: lookup ghcr.io: no such host";
  expect(told([failed(words)])).toEqual(["late Service acme/web"]);
});

describe("an API server that does not answer", () => {
  const folder = mkdtempSync(join(tmpdir(), "platform-outage-"));
  const kubeconfig = join(folder, "kubeconfig.json");
  const asked: (string | undefined)[] = [];
  const server = createServer((request) => {
    asked.push(request.url);
    request.socket.destroy();
  });

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const cluster = {
      server: `http://127.0.0.1:${String(port)}`,
      "insecure-skip-tls-verify": true,
    };
    writeFileSync(
      kubeconfig,
      JSON.stringify({
        ...{ apiVersion: "v1", kind: "Config", "current-context": "acme" },
        clusters: [{ name: "acme", cluster }],
        users: [{ name: "acme", user: {} }],
        contexts: [{ name: "acme", context: { cluster: "acme", user: "acme" } }],
      }),
    );
  });

  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true });
  });

  it("is asked once, as each question might wait for long, and told", async () => {
    const target = { context: "acme", kubeconfig, stack: "dev", kind: "real" } as Target;
    const late = failed("'web' timed out waiting to be Ready");
    const found = await causesOf(target, [late]);
    expect(asked).toEqual(["/readyz"]);
    expect(found.map(({ rule }) => rule)).toEqual(["late", "outage"]);
  });
});
