/** Proves how a resolver's answers are read, of a resolver on this machine that speaks DNS. */
import { createSocket, type Socket } from "node:dgram";
import { Resolver } from "node:dns/promises";

import { hosts } from "../../../cli/preflight/hosts";
import { type Lookup, outsideOf, resolution } from "../../../cli/preflight/lookup";
import { type PreflightContext, Unchecked } from "../../../cli/preflight/model";
import { readSettings, openWorkspace } from "../../../cli/workspace";

/** What the resolver knows; of a name with an empty address it says nothing at all. */
let known: Readonly<Record<string, string>>;
let server: Socket;
let lookup: Lookup;

/** The question comes back with the answer behind it: an address of four bytes, or "no such name". */
function answerTo(question: Buffer): Buffer | undefined {
  const labels: string[] = [];
  let at = 12;
  for (let size = question[at] ?? 0; size > 0; size = question[at] ?? 0) {
    labels.push(question.toString("ascii", at + 1, at + 1 + size));
    at += size + 1;
  }
  const address = known[labels.join(".")];
  if (address === "") return undefined;
  const head = Buffer.from(question.subarray(0, at + 5));
  head.writeUInt16BE(address === undefined ? 0x8183 : 0x8180, 2);
  head.writeUInt16BE(address === undefined ? 0 : 1, 6);
  // Whatever else was asked is not repeated.
  head.writeUInt16BE(0, 10);
  if (address === undefined) return head;
  const record = [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, ...address.split(".").map(Number)];
  return Buffer.concat([head, Buffer.from(record)]);
}

beforeAll(async () => {
  server = createSocket("udp4", (question, from) => {
    const answer = answerTo(question);
    if (answer !== undefined) server.send(answer, from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  const resolver = new Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
  lookup = (host) => resolver.resolve4(host);
});

afterAll(() => {
  server.close();
});

it("a host is found, absent, or unknown where nobody answers", async () => {
  known = { "db.example.com": "192.0.2.1", "slow.example.com": "" };
  expect(await resolution("db.example.com", lookup, 5_000)).toEqual({
    kind: "found",
    addresses: ["192.0.2.1"],
  });
  expect(await resolution("none.example.com", lookup, 5_000)).toEqual({ kind: "absent" });
  expect(await resolution("slow.example.com", lookup, 5_000)).toEqual({
    kind: "unknown",
    why: "ETIMEOUT",
  });
  expect(await resolution("slow.example.com", lookup, 20)).toEqual({
    kind: "unknown",
    why: "no resolver has answered within 0.02 s",
  });
});

it("an address is outside the blocks of its host", () => {
  const blocks = ["192.0.2.0/28", "2001:db8::/32"];
  expect(outsideOf(["192.0.2.15", "192.0.2.16", "2001:db8::1", "2001:db9::1"], blocks)).toEqual([
    "192.0.2.16",
    "2001:db9::1",
  ]);
});

describe("the hosts that stack dev calls", () => {
  const settings = readSettings(openWorkspace(), "dev");

  async function findings(image = "ghcr.io/acme/web:1.0"): Promise<string[]> {
    const deployment = {
      ...{ apiVersion: "apps/v1", kind: "Deployment", metadata: { name: "web" } },
      spec: { template: { spec: { containers: [{ name: "web", image }] } } },
    };
    const cluster = (): never => {
      throw new Unchecked("There is no cluster.");
    };
    const context = { settings, lookup, objects: [deployment], cluster };
    const all = await hosts(context as unknown as PreflightContext);
    return all
      .filter(({ subject }) => subject.startsWith("Host "))
      .map(({ status, subject, evidence }) => `${status} ${subject}: ${evidence}`);
  }

  it("pass with addresses that the settings let through", async () => {
    known = { "api.openai.com": "104.16.0.1", "source-db.example.com": "192.0.2.1" };
    expect(await findings()).toEqual([
      expect.stringMatching(/^passed Host api\.openai\.com: 104\.16\.0\.1, within/),
      expect.stringMatching(/^passed Host source-db\.example\.com: 192\.0\.2\.1, within/),
    ]);
  });

  it("are warned of where the policies would not let their addresses through", async () => {
    known = { "api.openai.com": "104.16.0.1", "source-db.example.com": "198.51.100.1" };
    expect((await findings())[1]).toMatch(
      /^warning Host source-db\.example\.com: .*198\.51\.100\.1/,
    );
  });

  it("are warned of where the resolver knows others and not them: the cluster's may have a private zone", async () => {
    known = { "api.openai.com": "104.16.0.1" };
    expect((await findings())[1]).toMatch(/^warning Host source-db\.example\.com: .*private zone/);
    known = { "ghcr.io": "192.0.2.9" };
    expect((await findings())[1]).toMatch(/^warning Host source-db\.example\.com: .*private zone/);
  });

  it("are unchecked where the resolver knows no name at all", async () => {
    known = {};
    expect(await findings()).toEqual([
      expect.stringMatching(/^unchecked Host api\.openai\.com/),
      expect.stringMatching(/^unchecked Host source-db\.example\.com/),
    ]);
  });
});
