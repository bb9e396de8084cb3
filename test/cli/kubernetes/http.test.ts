/**
 * What is made of the answers of an API server, and of none, over a real connection to a server of ours.
 * TLS and real credentials are not proved here; what a real API server answers, cluster tests show.
 */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { KubeConfig } from "@kubernetes/client-node";

import { UserError } from "../../../cli/errors";
import { type Api, kinds } from "../../../cli/kubernetes";
import { apiOf } from "../../../cli/kubernetes/api";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

function configOf(server: string, user: object = {}): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    // Without this the library refuses to speak to a server that has no TLS.
    clusters: [{ name: "cluster", server, skipTLSVerify: true }],
    users: [{ name: "user", ...user }],
    contexts: [{ name: "acme", cluster: "cluster", user: "user" }],
    currentContext: "acme",
  });
  return config;
}

async function served(listener: RequestListener): Promise<Api> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return apiOf(configOf(`http://127.0.0.1:${port}`));
}

type Answer = readonly [status: number, body: object];

/** Answers by path, in JSON; what has no answer is 404, as the API server says it. */
function answering(answers: Readonly<Record<string, Answer>>): RequestListener {
  const resources = [{ name: "pods", kind: "Pod", namespaced: true }];
  const all: typeof answers = { "/api/v1": [200, { resources }], ...answers };
  return ({ url = "" }, response) => {
    const missing = { message: `${url} not found`, reason: "NotFound" };
    const [status, body] = all[url] ?? [404, missing];
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  };
}

async function faultOf(work: Promise<unknown>): Promise<UserError> {
  const fault = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(fault).toBeInstanceOf(UserError);
  return fault as UserError;
}

describe("an API server that answers", () => {
  it("gives a list page by page, with the kind that it leaves out of each item", async () => {
    const page = (names: readonly string[], next = ""): Answer => [
      200,
      { metadata: { continue: next }, items: names.map((name) => ({ metadata: { name } })) },
    ];
    const api = await served(
      answering({
        "/api/v1/namespaces/web/pods?limit=500&labelSelector=app%3Da": page(["a", "b"], "more"),
        "/api/v1/namespaces/web/pods?limit=500&labelSelector=app%3Da&continue=more": page(["c"]),
      }),
    );
    const pods = await api.list(kinds.pods, { namespace: "web", selector: "app=a" });
    expect(pods).toEqual(
      ["a", "b", "c"].map((name) => ({ apiVersion: "v1", kind: "Pod", metadata: { name } })),
    );
  });

  it("has nothing of a kind that it does not serve, or of a group whose server is down", async () => {
    const api = await served(answering({ "/apis/apps/v1": [503, { message: "no endpoints" }] }));
    expect(await api.list(kinds.jobs)).toEqual([]);
    expect(await api.list(kinds.deployments)).toEqual([]);
  });

  it("reads what is not there as undefined", async () => {
    const api = await served(answering({}));
    expect(await api.read(kinds.pods, "gone", "web")).toBeUndefined();
  });

  it.each([
    [401, "The credentials of context acme are not taken: renew them."],
    [403, "The identity of context acme lacks this right."],
  ])("refuses with its own words, and what to do: %d", async (code, hint) => {
    const said = { message: "pods is forbidden", reason: "Forbidden" };
    const api = await served(answering({ "/api/v1/namespaces/web/pods/a": [code, said] }));
    const fault = await faultOf(api.read(kinds.pods, "a", "web"));
    expect(fault).toMatchObject({ code, message: "pods is forbidden", reason: "Forbidden", hint });
  });
});

describe("a proxy that answers in its place", () => {
  it("is told by what it says, when that is no JSON", async () => {
    const api = await served((_, response) => response.end("<html>Sign in</html>"));
    const fault = await faultOf(api.list(kinds.pods));
    expect(fault.message).toBe("GET /api/v1 was answered with something that is no JSON.");
    expect(fault.hint).toContain("proxy");
  });

  it("is told by its code, when it refuses", async () => {
    const api = await served((_, response) => response.writeHead(502).end("<html>Bad</html>"));
    const fault = await faultOf(api.list(kinds.pods));
    expect(fault).toMatchObject({ code: 502, message: "GET /api/v1 was answered with 502" });
  });
});

describe("an API server that does not answer", () => {
  it("is told where nobody listens", async () => {
    const fault = await faultOf(apiOf(configOf("http://127.0.0.1:1")).list(kinds.pods));
    expect(fault.message).toMatch(/^The API server at http:\/\/127\.0\.0\.1:1 does not answer: /);
  });

  it.each([
    ["with a length", { "Content-Length": 1000 }],
    ["in chunks", {}],
  ])("is told where the connection is cut in the middle of an answer %s", async (_, headers) => {
    const api = await served((request, response) => {
      response.writeHead(200, headers);
      response.write('{"resources":', () => request.socket.destroy());
    });
    const fault = await faultOf(api.list(kinds.pods));
    expect(fault.message).toMatch(/does not answer: /);
  });
});

describe("a kubeconfig", () => {
  it.each(["no url", "127.0.0.1:6443", "ftp://127.0.0.1"])(
    "that leads nowhere is told: %s",
    async (server) => {
      const fault = await faultOf(apiOf(configOf(server)).list(kinds.pods));
      expect(fault.message).toBe(`The server of context acme is no address: "${server}".`);
    },
  );

  const withPlugin = (script: string): Api =>
    apiOf(
      configOf("http://127.0.0.1:1", {
        exec: {
          ...{ apiVersion: "client.authentication.k8s.io/v1", interactiveMode: "Never" },
          ...{ command: process.execPath, args: ["-e", script] },
        },
      }),
    );

  it("whose credential plugin is not installed is told", async () => {
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "no-such-plugin" };
    const fault = await faultOf(apiOf(configOf("http://127.0.0.1:1", { exec })).list(kinds.pods));
    expect(fault.message).toBe("Context acme cannot be used: spawn no-such-plugin ENOENT.");
  });

  it("whose credential plugin fails is told with what that says", async () => {
    const script = 'console.error("Your session has ended."); process.exit(1)';
    const fault = await faultOf(withPlugin(script).list(kinds.pods));
    expect(fault.message).toBe("Context acme cannot be used: Your session has ended.");
  });

  it("whose credential plugin writes what nobody can read is told without it", async () => {
    const fault = await faultOf(withPlugin('console.log("hunter2")').list(kinds.pods));
    expect(fault.message).toContain("its credential plugin writes no JSON");
    expect(fault.message).not.toContain("hunter2");
  });
});
