/** Proves that the way to a cluster is shut with the process that opened it, by real signals to a real process. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";

let folder: string;
let server: Server;
let parent: ChildProcess;
/** From the program that asks the cluster: it is open for as long as that runs. */
let line: Socket;

/** In place of kubectl: a program that says that it serves, and runs until its line is cut. */
function program(): string {
  const path = join(folder, "kubectl");
  const { port } = server.address() as AddressInfo;
  const text = `#!${process.execPath}
    const line = require("node:net").connect(${port}, "127.0.0.1");
    line.on("connect", () => console.log("Starting to serve"));
    line.on("close", () => process.exit()).resume();
  `;
  writeFileSync(path, text, { mode: 0o755 });
  return path;
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "platform-proxy-"));
  server = createServer((socket) => (line = socket.resume())).listen(0, "127.0.0.1");
  await once(server, "listening");
  const options = { kubectl: program(), context: "acme", timeoutMs: 1_000 };
  const asking = `
    require("ts-node").register({ project: "tsconfig.program.json" });
    const { withProxy } = require("./cli/preflight/proxy.ts");
    void withProxy(${JSON.stringify(options)}, () => {
      console.log("asking");
      return new Promise((resolve) => setTimeout(resolve, 60_000));
    });
  `;
  parent = spawn(process.execPath, ["-e", asking], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await once(parent.stdout as NodeJS.ReadableStream, "data");
}, 60_000);

afterEach(() => {
  parent.kill("SIGKILL");
  line.destroy();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

it.each(["SIGINT", "SIGTERM", "SIGHUP"] as const)("nothing is left after a %s", async (signal) => {
  expect(readdirSync(folder)).toContainEqual(expect.stringMatching(/^platform-api-/));
  const ended = [once(parent, "exit"), once(line, "close")];
  parent.kill(signal);
  await Promise.all(ended);
  expect(parent.exitCode).toBe(128 + constants.signals[signal]);
  expect(readdirSync(folder)).not.toContainEqual(expect.stringMatching(/^platform-api-/));
});
