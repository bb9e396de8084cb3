import { randomInt } from "node:crypto";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

// Below what the kernel gives to outgoing connections, which would take a stopped cluster's ports,
// and below what kwokctl counts down from; at random, because two clusters may be made at once.
const lowest = 20_000;
const highest = 30_000;

/** Ports of the loopback interface that nothing listens on. */
export async function freePorts(count: number): Promise<number[]> {
  const found = new Set<number>();
  while (found.size < count) {
    const port = randomInt(lowest, highest);
    if (!found.has(port) && (await isFree(port))) found.add(port);
  }
  return [...found];
}

/** Waits for ports that a process which is going still holds; those that stay taken are returned. */
export async function takenPorts(ports: readonly number[], patienceMs: number): Promise<number[]> {
  const end = Date.now() + patienceMs;
  for (;;) {
    const free = await Promise.all(ports.map(isFree));
    const taken = ports.filter((_, i) => free[i] === false);
    if (taken.length === 0 || Date.now() > end) return taken;
    await sleep(100);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
