/**
 * Proves what is asked of programs over HTTP, and what is made of their answers, against servers of this
 * test that answer as Phoenix, Livebook and FaultMaven are documented to. That is no proof about those
 * programs themselves, which are not to be had here. MLflow, the collector and PostgreSQL are asked for
 * real in test/data.
 */
import { healthPathsOf, probeHealth } from "../../../cli/validate/probes/health";
import { ask, getPage, NoAnswer } from "../../../cli/validate/probes/http";
import { probeLiveView } from "../../../cli/validate/probes/live-view";
import { probeFaultMaven, probeLivebook } from "../../../cli/validate/probes/pages";
import { type LocalServer, object, serve, type SocketHandler, statusOf, textOf } from "./support";

const servers: LocalServer[] = [];

async function serving(...args: Parameters<typeof serve>): Promise<LocalServer> {
  const server = await serve(...args);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(({ stop }) => stop()));
});

describe("a question over HTTP", () => {
  it("without an answer in time says so", async () => {
    const silent = await serving(() => undefined);
    await expect(ask({ ...silent, timeoutMs: 50 }, { path: "/healthz" })).rejects.toThrow(
      new NoAnswer("GET /healthz: no answer within 0.05 s"),
    );
  });

  it("of a page follows redirects with the cookies on the way, and never to another host", async () => {
    const server = await serving((request, response) => {
      if (request.url === "/out") {
        response.writeHead(302, { location: "https://elsewhere.example.com/x" }).end();
      } else if (request.url === "/") {
        response.writeHead(302, { location: "/login", "set-cookie": "a=1; path=/" }).end();
      } else {
        response.end(`${request.headers.cookie ?? ""} ${request.headers.host ?? ""}`);
      }
    });
    const page = await getPage(server, "/", "acme.example.com");
    expect(page).toMatchObject({ status: 200, path: "/login", cookie: "a=1" });
    expect(page.body).toBe("a=1 acme.example.com");
    await expect(getPage(server, "/out", "acme.example.com")).rejects.toThrow(
      /leads on to https:\/\/elsewhere/,
    );
  });
});

describe("a health path", () => {
  it("is each path that the kubelet asks of readiness and liveness, once, by the port's number", () => {
    const probe = (path: string, port: string | number) => ({ httpGet: { path, port } });
    const workload = object("Deployment", "web", {
      spec: {
        template: {
          spec: {
            containers: [
              {
                name: "web",
                ports: [{ name: "http", containerPort: 4000 }],
                readinessProbe: probe("/readyz", "http"),
                livenessProbe: probe("/healthz", 4000),
                startupProbe: probe("/started", "http"),
              },
              {
                name: "side",
                readinessProbe: probe("/readyz", 4000),
                livenessProbe: { exec: { command: ["true"] } },
              },
            ],
          },
        },
      },
    });
    expect(healthPathsOf(workload).map(({ port, path }) => `${port}${path}`)).toEqual([
      "4000/readyz",
      "4000/healthz",
    ]);
  });

  it.each([
    [200, "passed"],
    [302, "passed"],
    [404, "failed"],
    [503, "failed"],
  ])("that is answered with %d has %s", async (status, result) => {
    const server = await serving((_, response) => response.writeHead(status).end("why"));
    const finding = await probeHealth(server, "acme/web-1", "/readyz");
    expect(finding).toMatchObject({ status: result, subject: "acme/web-1/readyz" });
  });
});

describe("LiveView's socket", () => {
  const host = "acme.example.com";
  const page =
    '<html><meta name="csrf-token" content="to&amp;ken"><body>' +
    '<div id="phx-F1" data-phx-main data-phx-session="SESSION" data-phx-static="STATIC"></div></body></html>';
  const asked: string[] = [];
  const joins: string[] = [];
  beforeEach(() => {
    asked.splice(0);
    joins.splice(0);
  });

  /** As an endpoint with `check_origin` for its own host and the LiveView socket on /live. */
  const phoenix =
    (reply: object, checked = host): SocketHandler =>
    (request) => {
      asked.push(`${request.url ?? ""} ${request.headers.cookie ?? ""}`);
      if (request.headers.origin !== `https://${checked}`) return 403;
      return (text) => {
        joins.push(text);
        const [joined, reference, topic] = JSON.parse(text) as string[];
        const other = [null, null, "lv:other", "diff", {}];
        return [
          JSON.stringify(other),
          JSON.stringify([joined, reference, topic, "phx_reply", reply]),
        ];
      };
    };
  const probing = async (socket: SocketHandler, html = page) => {
    const server = await serving((_, response) => {
      response.writeHead(200, { "set-cookie": "_app_key=abc; path=/" }).end(html);
    }, socket);
    return probeLiveView(server, "web", host);
  };

  it("passes when the page's LiveView is joined from the public host", async () => {
    const finding = await probing(phoenix({ status: "ok", response: { rendered: {} } }));
    expect(statusOf(finding)).toBe(`passed: open to https://${host}; the LiveView of / is joined`);
    expect(asked).toEqual([
      "/live/websocket?_csrf_token=to%26ken&_mounts=0&vsn=2.0.0 _app_key=abc",
    ]);
    expect(JSON.parse(joins[0] ?? "")).toEqual([
      ...["4", "4", "lv:phx-F1", "phx_join"],
      {
        url: `https://${host}/`,
        params: { _csrf_token: "to&ken", _mounts: 0 },
        session: "SESSION",
        static: "STATIC",
      },
    ]);
  });

  it("that refuses the public host has failed, with what that means and where to set it", async () => {
    const finding = await probing(phoenix({ status: "ok" }, "example.com"));
    expect(statusOf(finding)).toMatch(/^failed: it refuses .* every button of its pages is dead$/);
    expect(finding.mend).toMatch(/PHX_HOST/);
  });

  it("that is not there has failed", async () => {
    expect(statusOf(await probing(() => 404))).toMatch(
      /^failed: \/live\/websocket is answered with 404 in place of 101/,
    );
  });

  it("over which the LiveView is not joined has failed", async () => {
    const stale = phoenix({ status: "error", response: { reason: "stale" } });
    expect(statusOf(await probing(stale))).toMatch(/^failed: open, but .* is not joined: stale$/);
  });

  it("passes where the LiveView sends the browser on", async () => {
    const redirect = phoenix({ status: "error", response: { redirect: { to: "/login" } } });
    expect(statusOf(await probing(redirect))).toMatch(/^passed: .* leads on to another$/);
  });

  it("is asked for a heartbeat where the page has no LiveView", async () => {
    const finding = await probing(phoenix({ status: "ok" }), "<html>hello</html>");
    expect(statusOf(finding)).toMatch(/^passed: .* has no LiveView to join$/);
    expect(JSON.parse(joins[0] ?? "")).toEqual([null, "4", "phoenix", "heartbeat", {}]);
  });

  it("that is open and says nothing gives no answer", async () => {
    const server = await serving(
      (_, response) => response.end(page),
      () => () => [],
    );
    await expect(probeLiveView({ ...server, timeoutMs: 200 }, "web", host)).rejects.toThrow(
      "the socket is open, and nothing comes over it",
    );
  });

  it("whose page is a fault has failed", async () => {
    const server = await serving((_, response) => response.writeHead(500).end("no database"));
    expect(statusOf(await probeLiveView(server, "web", host))).toBe(
      "failed: the page / is answered with 500: no database",
    );
  });
});

describe("Livebook's page", () => {
  it("passes behind its password, and has failed as anything else", async () => {
    const livebook = await serving((request, response) => {
      if (request.url === "/") {
        response.writeHead(302, { location: "/authenticate?redirect=/" }).end();
      } else {
        response.end("<title>Livebook</title>");
      }
    });
    expect(statusOf(await probeLivebook(livebook))).toMatch(/^passed: it asks for its password/);
    const other = await serving((_, response) => response.end("nginx"));
    expect(statusOf(await probeLivebook(other))).toMatch(/^failed: .*no page of Livebook: nginx$/);
  });
});

describe("FaultMaven", () => {
  const faultmaven = (openapi: string, status = 200) =>
    serving((request, response) => {
      if (request.url === "/openapi.json") response.writeHead(status).end(openapi);
      else response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
    });
  const seen = async (openapi: string, status?: number) =>
    (await probeFaultMaven(await faultmaven(openapi, status), "blue")).map(textOf);

  it("passes with its page, and an API that describes itself", async () => {
    expect(await seen('{"paths":{"/a":{},"/b":{}}}')).toEqual([
      expect.stringMatching(/^passed: Dashboard of blue: a page of 15 characters/),
      "passed: API of blue: it describes 2 paths",
    ]);
  });

  it("has failed with its page in place of the API", async () => {
    expect((await seen("<!doctype html>"))[1]).toMatch(/^failed: API of blue/);
    expect((await seen("{}"))[1]).toMatch(/^failed: API of blue/);
  });

  it("whose API does not describe itself is unchecked in that", async () => {
    expect((await seen("", 404))[1]).toMatch(/^unchecked: API of blue/);
  });
});
