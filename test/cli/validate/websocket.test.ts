/**
 * Proves what a probe makes of a WebSocket: a refusal with its status, an end to all waiting, a bound to
 * what is read, and a farewell. The frames on the wire are the library's own, and so is the server's side.
 */
import { NoAnswer } from "../../../cli/validate/probes/http";
import { upgrade, type WebSocketProbe } from "../../../cli/validate/probes/websocket";
import { type LocalServer, serve, type SocketHandler } from "./support";

let server: LocalServer | undefined;
let open: WebSocketProbe | undefined;

afterEach(async () => {
  open?.close();
  await server?.stop();
  open = server = undefined;
});

type Says = Exclude<ReturnType<SocketHandler>, number>;

async function socketTo(says: Says, timeoutMs = 2000): Promise<WebSocketProbe> {
  server = await serve(
    () => undefined,
    () => says,
  );
  const answer = await upgrade({ ...server, timeoutMs }, "/socket", {});
  if (!("socket" in answer)) throw new Error(`refused with ${answer.status}`);
  return (open = answer.socket);
}

const anything = (): boolean => true;

describe("the request for a WebSocket", () => {
  it("carries the page's origin and the host, as they are given", async () => {
    const seen: unknown[] = [];
    server = await serve(
      () => undefined,
      ({ url, headers: { host, origin } }) => {
        seen.push({ url, host, origin });
        return 403;
      },
    );
    const headers = { Host: "acme.example.com", Origin: "https://acme.example.com" };
    expect(await upgrade(server, "/socket?vsn=2", headers)).toEqual({ status: 403, body: "" });
    expect(seen).toEqual([
      { url: "/socket?vsn=2", host: "acme.example.com", origin: "https://acme.example.com" },
    ]);
  });

  it("that is refused gives the status, and the beginning of why", async () => {
    server = await serve((_, response) => response.writeHead(503).end("x".repeat(2 ** 20)));
    const answer = await upgrade(server, "/socket", {});
    expect(answer).toMatchObject({ status: 503, body: expect.stringMatching(/^x+$/) as string });
    expect((answer as { body: string }).body.length).toBeLessThan(2 ** 18);
  });

  it.each<[string, Parameters<typeof serve>[0]]>([
    ["is not answered", () => undefined],
    ["is refused without an end", (_, response) => response.writeHead(503).write("because")],
  ])("that %s in time says so, without the query", async (_, handle) => {
    server = await serve(handle);
    await expect(upgrade({ ...server, timeoutMs: 50 }, "/socket?token=x", {})).rejects.toThrow(
      new NoAnswer("GET /socket: no answer within 0.05 s"),
    );
  });

  it("to a port without a program gives no answer", async () => {
    server = await serve(() => undefined);
    await server.stop();
    await expect(upgrade(server, "/socket", {})).rejects.toThrow(NoAnswer);
  });
});

describe("an exchange over a WebSocket", () => {
  it("gives the first text that is accepted, whole, and nothing that is no text", async () => {
    const socket = await socketTo((text, connection) => {
      connection.send("other");
      connection.send(Buffer.from(`${text}, binary`));
      connection.send(`${text}, `, { fin: false });
      connection.ping();
      connection.send("é".repeat(100_000));
      return [`${text}, too late`];
    });
    const answer = await socket.exchange("join", (said) => said.startsWith("join"));
    expect(answer).toBe(`join, ${"é".repeat(100_000)}`);
  });

  it("over which nothing comes that is accepted ends in time", async () => {
    const socket = await socketTo(() => ["other"], 50);
    await expect(socket.exchange("join", () => false)).rejects.toThrow(
      new NoAnswer("the socket is open, and nothing comes over it"),
    );
  });

  it("that the program closes says so, then and afterwards", async () => {
    const socket = await socketTo((_, connection) => {
      connection.close();
      return [];
    });
    const closed = new NoAnswer("the socket was closed again");
    await expect(socket.exchange("join", anything)).rejects.toThrow(closed);
    await expect(socket.exchange("join", anything)).rejects.toThrow(closed);
  });

  it("breaks off at an answer that is longer than any page", async () => {
    const socket = await socketTo(() => ["x".repeat(4 * 2 ** 20 + 1)]);
    await expect(socket.exchange("join", anything)).rejects.toThrow(
      new NoAnswer("the socket broke: Max payload size exceeded"),
    );
  });

  it("ends with a farewell to the program", async () => {
    let left: Promise<number> | undefined;
    const socket = await socketTo((text, connection) => {
      left = new Promise((resolve) => connection.on("close", resolve));
      return [text];
    });
    await socket.exchange("join", anything);
    socket.close();
    expect(await left).toBe(1000);
  });
});
