/** Proves how a registry's answers are read, over HTTP on this machine. What public registries answer is not seen here. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

import { parseImage } from "../../../cli/preflight/image-name";
import { askRegistry, type Credentials } from "../../../cli/preflight/registry";

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let handler: Handler;
let host: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    handler(request, response);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const ask = (image: string, credentials?: Credentials, timeoutMs = 2_000) =>
  askRegistry(parseImage(`${host}/${image}`), credentials, { timeoutMs });

/** A registry that gives `acme/web` to whoever has a token, and a token to whoever may have one. */
function withTokens(mayHave: (authorization: string | undefined) => boolean): Handler {
  return ({ url = "", headers }, response) => {
    if (url.startsWith("/token?")) {
      const scope = new URL(url, "http://registry").searchParams.get("scope");
      const given = scope === "repository:acme/web:pull" && mayHave(headers.authorization);
      response.writeHead(given ? 200 : 401).end(JSON.stringify({ token: "let-me-in" }));
      return;
    }
    if (headers.authorization !== "Bearer let-me-in") {
      const challenge = `Bearer realm="http://${host}/token",service="registry"`;
      response.writeHead(401, { "www-authenticate": challenge }).end();
      return;
    }
    response.writeHead(url === "/v2/acme/web/manifests/1.0" ? 200 : 404).end();
  };
}

it("an image that the registry has is there", async () => {
  handler = ({ url, method }, response) =>
    response.writeHead(method === "HEAD" && url === "/v2/acme/web/manifests/1.0" ? 200 : 500).end();
  expect(await ask("acme/web:1.0")).toEqual({ kind: "there" });
});

it("a token is fetched where the registry asks for one", async () => {
  handler = withTokens(() => true);
  expect(await ask("acme/web:1.0")).toEqual({ kind: "there" });
  expect(await ask("acme/web:2.0")).toEqual({ kind: "absent" });
});

it("a token is fetched with the pull secret's credentials", async () => {
  const wanted = `Basic ${Buffer.from("puller:word").toString("base64")}`;
  handler = withTokens((authorization) => authorization === wanted);
  const credentials = { username: "puller", password: "word" };
  expect(await ask("acme/web:1.0", credentials)).toEqual({ kind: "there" });
  expect(await ask("acme/web:1.0", { ...credentials, password: "other" })).toEqual({
    kind: "refused",
    status: 401,
  });
  expect(await ask("acme/web:1.0")).toEqual({ kind: "refused", status: 401 });
});

it("a registry that asks for a password itself gets the pull secret's", async () => {
  handler = ({ headers }, response) => {
    const known = headers.authorization === `Basic ${Buffer.from("a:b").toString("base64")}`;
    response.writeHead(known ? 200 : 401, { "www-authenticate": 'Basic realm="acme"' }).end();
  };
  expect(await ask("acme/web:1.0", { username: "a", password: "b" })).toEqual({ kind: "there" });
  expect(await ask("acme/web:1.0")).toEqual({ kind: "refused", status: 401 });
});

it("credentials are shown to nobody who does not ask for them", async () => {
  const seen: (string | undefined)[] = [];
  handler = ({ headers }, response) => {
    seen.push(headers.authorization);
    response.writeHead(200).end();
  };
  await ask("acme/web:1.0", { username: "a", password: "b" });
  expect(seen).toEqual([undefined]);
});

it("an index tells for which processors the image is made", async () => {
  const platform = (os: string, architecture: string) => ({ platform: { os, architecture } });
  handler = ({ method }, response) => {
    response.writeHead(200, { "content-type": "application/vnd.oci.image.index.v1+json" });
    const manifests = [
      platform("linux", "arm64"),
      platform("linux", "amd64"),
      platform("unknown", "unknown"),
      platform("windows", "amd64"),
    ];
    response.end(method === "GET" ? JSON.stringify({ manifests }) : undefined);
  };
  expect(await ask("acme/web:1.0")).toEqual({ kind: "there", architectures: ["amd64", "arm64"] });
});

describe("an image for one processor", () => {
  const config = "sha256:c0ffee";
  /** What the registry has besides the image itself. */
  const withConfig = (content: object | undefined): Handler => {
    return ({ url, method }, response) => {
      if (url === "/v2/acme/web/manifests/1.0") {
        const type = "application/vnd.oci.image.manifest.v1+json";
        response.writeHead(200, { "content-type": type });
        response.end(method === "GET" ? JSON.stringify({ config: { digest: config } }) : undefined);
      } else if (url === `/v2/acme/web/blobs/${config}` && content !== undefined) {
        response.writeHead(200).end(JSON.stringify(content));
      } else {
        response.writeHead(404).end();
      }
    };
  };

  it("tells it in its configuration", async () => {
    handler = withConfig({ os: "linux", architecture: "arm64" });
    expect(await ask("acme/web:1.0")).toEqual({ kind: "there", architectures: ["arm64"] });
    handler = withConfig({ os: "windows", architecture: "amd64" });
    expect(await ask("acme/web:1.0")).toEqual({ kind: "there", architectures: [] });
  });

  it("is there all the same where its configuration says nothing, or does not come", async () => {
    handler = withConfig({});
    expect(await ask("acme/web:1.0")).toEqual({ kind: "there" });
    handler = withConfig(undefined);
    expect(await ask("acme/web:1.0")).toEqual({ kind: "there" });
    handler = (request, response) => {
      if (request.url === `/v2/acme/web/blobs/${config}`) request.socket.destroy();
      else withConfig(undefined)(request, response);
    };
    expect(await ask("acme/web:1.0")).toEqual({ kind: "there" });
  });
});

describe("of a registry nothing is known, and it has refused nobody,", () => {
  const credentials = { username: "a", password: "b" };
  const challenging = (challenge: string, answer: (response: ServerResponse) => void): Handler => {
    return ({ url = "" }, response) => {
      if (url.startsWith("/token")) answer(response);
      else response.writeHead(401, { "www-authenticate": challenge }).end();
    };
  };
  const bearer = (): string => `Bearer realm="http://${host}/token",service="registry"`;

  it.each([503, 429])("where its token service answers %d", async (status) => {
    handler = challenging(bearer(), (response) => response.writeHead(status).end());
    const why = `its token service answers ${status}`;
    expect(await ask("acme/web:1.0", credentials)).toEqual({ kind: "unknown", why });
  });

  it("where its token service gives no token", async () => {
    handler = challenging(bearer(), (response) => response.writeHead(200).end("{}"));
    const why = "its token service gives no token";
    expect(await ask("acme/web:1.0", credentials)).toEqual({ kind: "unknown", why });
  });

  it("where it asks for another way to log in", async () => {
    handler = challenging("Negotiate", () => undefined);
    const why = "it asks for a login that is neither a password nor a token";
    expect(await ask("acme/web:1.0", credentials)).toEqual({ kind: "unknown", why });
  });
});

it.each([
  [429, "it answers 429: too many requests"],
  [503, "it answers 503"],
])("of a registry that answers %d nothing is known", async (status, why) => {
  handler = (_, response) => response.writeHead(status).end();
  expect(await ask("acme/web:1.0")).toEqual({ kind: "unknown", why });
});

it("of a registry that does not answer in time nothing is known", async () => {
  handler = () => undefined;
  expect(await ask("acme/web:1.0", undefined, 100)).toEqual({
    kind: "unknown",
    why: "it has not answered within 0.1 s",
  });
});

it("of a registry that is not there nothing is known", async () => {
  const gone = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => gone.once("listening", resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const image = parseImage(`127.0.0.1:${port}/acme/web:1.0`);
  const verdict = await askRegistry(image, undefined, { timeoutMs: 2_000 });
  expect(verdict).toEqual({ kind: "unknown", why: "ECONNREFUSED" });
});
