import type { ChildProcess } from "node:child_process";
import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

import { killGroup } from "../../../cli/toolchain/process";

/** The part of `ws`, which the client library brings without types, that a server of exec needs. */
interface Sockets {
  readonly WebSocketServer: new (options: object) => {
    readonly handleUpgrade: (
      request: IncomingMessage,
      socket: Duplex,
      head: Buffer,
      done: (connection: Socket) => void,
    ) => void;
  };
}

interface Socket {
  readonly send: (data: Buffer, done: () => void) => void;
  readonly close: () => void;
  readonly on: (event: "close", listener: () => void) => void;
}

/** Answers exec as a kubelet does, by v4.channel.k8s.io: `start` runs the command of a request. */
export function serveExec(server: Server, start: (url: URL) => ChildProcess): void {
  const { WebSocketServer } = jest.requireActual<Sockets>("ws");
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered: ReadonlySet<string>) =>
      offered.has("v4.channel.k8s.io") && "v4.channel.k8s.io",
  });
  server.on("upgrade", (request, socket, head) => {
    sockets.handleUpgrade(request, socket, head, (connection) => {
      attach(start(new URL(request.url ?? "", "http://localhost")), connection);
    });
  });
}

/** Output on channels 1 and 2, how it ended on channel 3, and no faster than it is read. */
function attach(child: ChildProcess, connection: Socket): void {
  const send = (channel: number, part: Buffer, done: () => void): void => {
    connection.send(Buffer.concat([Buffer.from([channel]), part]), done);
  };
  for (const [channel, stream] of [child.stdout, child.stderr].entries()) {
    stream?.on("data", (part: Buffer) => {
      stream.pause();
      send(channel + 1, part, () => stream.resume());
    });
  }
  connection.on("close", () => {
    killGroup(child.pid);
  });
  child.on("close", (code) => {
    const causes = [{ reason: "ExitCode", message: String(code) }];
    const status = code === 0 ? { status: "Success" } : { status: "Failure", details: { causes } };
    send(3, Buffer.from(JSON.stringify(status)), () => {
      connection.close();
    });
  });
}
