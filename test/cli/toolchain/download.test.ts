// Downloads from a server on the loopback address; the vendors' own servers are never asked.
import { createHash } from "node:crypto";
import { readFileSync, statSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { downloadTool, findChecksum } from "../../../cli/toolchain/download";
import type { Asset } from "../../../cli/toolchain/model";
import { Network } from "../../../cli/toolchain/network";
import { recordingStep, someTool, temporaryFolder } from "./support";

const content = "#!/bin/sh\n";
const sum = createHash("sha256").update(content).digest("hex");

describe("checksums", () => {
  const other = "0".repeat(64);

  test.each([
    ["bare", `${sum}\n`, sum],
    ["bare", "<html>not found</html>", undefined],
    ["list", `${other}  other\n${sum}  hammer\n`, sum],
    ["list", `${sum} *hammer\n`, sum],
    ["list", `${sum}  hammer.sig\n`, undefined],
    ["metadata", JSON.stringify({ assets: [{ name: "hammer", digest: `sha256:${sum}` }] }), sum],
    ["metadata", JSON.stringify({ assets: [{ name: "hammer", digest: null }] }), undefined],
    ["metadata", JSON.stringify({ message: "not found" }), undefined],
  ] as const)("of kind %s in %j", (kind, text, expected) => {
    expect(findChecksum({ kind, url: "" }, "hammer", text)).toBe(expected);
  });
});

describe("downloads", () => {
  let server: Server;
  let base: string;
  const pages: Record<string, string> = {
    "/hammer": content,
    "/hammer.sha256": sum,
    "/wrong.sha256": "1".repeat(64),
  };

  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url?.startsWith("/stalling/") === true) {
        response.write("#"); // And nothing more.
        return;
      }
      if (request.url?.startsWith("/slow/") === true) {
        Array.from(content).forEach((letter, i) =>
          setTimeout(() => response.write(letter), 50 * i),
        );
        setTimeout(() => response.end(), 50 * content.length);
        return;
      }
      const page = pages[request.url ?? ""];
      response.statusCode = page === undefined ? 404 : 200;
      response.end(page);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });

  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  function asset(checksum: string, from = ""): Asset {
    return {
      url: `${base}${from}/hammer`,
      checksum: { kind: "bare", url: `${base}/${checksum}` },
      program: "hammer",
    };
  }

  async function download(
    assets: readonly Asset[],
    open = true,
    silenceMs = 10_000,
  ): Promise<[true | string, string]> {
    const folder = temporaryFolder();
    const bin = join(folder, "bin");
    const result = await downloadTool(someTool({ release: () => assets }), {
      platform: { os: "linux", arch: "amd64" },
      network: new Network(10, () => Promise.resolve(open)),
      work: join(folder, "work"),
      bin,
      step: recordingStep(),
      silenceMs,
    });
    return [result, join(bin, "hammer")];
  }

  test("a program with the vendor's checksum is taken, executable", async () => {
    const [result, path] = await download([asset("hammer.sha256")]);
    expect(result).toBe(true);
    expect(readFileSync(path, "utf8")).toBe(content);
    expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  test("one with another checksum is refused", async () => {
    const [result] = await download([asset("wrong.sha256")]);
    expect(result).toBe("hammer does not have the vendor's checksum");
  });

  test("one without a checksum is refused", async () => {
    const [result] = await download([asset("none.sha256")]);
    expect(result).toContain("127.0.0.1 answers 404");
  });

  test.each([
    ["the file", "hammer.sha256", "/stalling"],
    ["the checksum", "stalling/hammer.sha256", ""],
  ])("a server that falls silent within %s is given up", async (_, checksum, from) => {
    const [result] = await download([asset(checksum, from)], true, 200);
    expect(result).toBe("127.0.0.1 does not answer");
  });

  test("a slow one is not", async () => {
    const [result, path] = await download([asset("hammer.sha256", "/slow")], true, 300);
    expect(result).toBe(true);
    expect(readFileSync(path, "utf8")).toBe(content);
  });

  test("without a way out nothing is tried", async () => {
    const [result] = await download([asset("hammer.sha256")], false);
    expect(result).toBe("the vendor's server is out of reach");
  });

  test("what the vendor does not publish is said", async () => {
    const [result] = await download([]);
    expect(result).toBe("not published for linux");
  });
});

test("each host is tried once in a run", async () => {
  const probe = jest.fn((host: string) => Promise.resolve(host !== "closed.test"));
  const network = new Network(10, probe);
  await expect(network.reaches(["open.test", "closed.test"])).resolves.toBe(false);
  await expect(network.reaches(["open.test"])).resolves.toBe(true);
  await expect(network.reaches(["closed.test"])).resolves.toBe(false);
  expect(probe.mock.calls.map(([host]) => host)).toEqual(["open.test", "closed.test"]);
});
