/** Runs the bootstrap script itself against a stand-in for Lakekeeper; that the real one answers so, its documentation says. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

const script = join(__dirname, "../../../../components/systems/philotes/bootstrap.py");

interface Call {
  readonly call: string;
  readonly bearer: string | undefined;
  readonly body: string;
}

interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

/** What the stand-in answers where it differs from a fresh server. */
type Answers = Readonly<Record<string, Answer>>;

const management = "/management/v1";
const fresh: Answers = {
  [`GET ${management}/info`]: { status: 200, body: { bootstrapped: false } },
  [`POST ${management}/bootstrap`]: { status: 204 },
  [`GET ${management}/warehouse`]: { status: 200, body: { warehouses: [] } },
  [`POST ${management}/warehouse`]: { status: 201, body: { "warehouse-id": "1" } },
  [`POST ${management}/warehouse/7/storage-credential`]: { status: 204 },
  "POST /token": { status: 200, body: { access_token: "a-token" } },
};

const bootstrapped: Answers = {
  [`GET ${management}/info`]: { status: 200, body: { bootstrapped: true } },
};

function withWarehouse(warehouse: Readonly<Record<string, string>>): Answers {
  return { [`GET ${management}/warehouse`]: { status: 200, body: { warehouses: [warehouse] } } };
}

let calls: Call[];
let answers: Answers;
let server: Server;
beforeAll(async () => {
  server = createServer((request, response) => {
    const call = `${request.method ?? ""} ${request.url ?? ""}`;
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      calls.push({
        call,
        bearer: request.headers.authorization,
        body: Buffer.concat(chunks).toString(),
      });
      const { status, body } = answers[call] ?? { status: 404, body: { error: call } };
      response.writeHead(status).end(body === undefined ? "" : JSON.stringify(body));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterAll(async () => {
  server.close();
  await once(server, "close");
});

interface Run {
  readonly code: number | null;
  readonly output: string;
}

/** Runs the script as the job does, against a server that answers like this. */
function run(some: Answers = {}, env: Readonly<Record<string, string>> = {}): Promise<Run> {
  calls = [];
  answers = { ...fresh, ...some };
  const url = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
  const child = spawn("python3", [script], {
    env: {
      PATH: process.env.PATH,
      LAKEKEEPER_URL: url,
      S3_ACCESS_KEY_ID: "the-access-key",
      S3_BUCKET: "philotes",
      S3_ENDPOINT: "http://minio:9000",
      S3_FLAVOR: "s3-compat",
      S3_REGION: "us-east-1",
      S3_SECRET_ACCESS_KEY: "the-secret-key",
      WAREHOUSE: "philotes",
      ...Object.fromEntries(
        Object.entries(env).map(([name, value]) => [name, value.replace("URL", url)]),
      ),
    },
  });
  let output = "";
  const collect = (chunk: Buffer): void => {
    output += chunk.toString();
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}

function names(): string[] {
  return calls.map(({ call }) => call.replace(management, ""));
}

function bodyOf(call: string): unknown {
  return JSON.parse(calls.find((one) => one.call === `POST ${management}${call}`)?.body ?? "{}");
}

const credential = {
  type: "s3",
  "credential-type": "access-key",
  "aws-access-key-id": "the-access-key",
  "aws-secret-access-key": "the-secret-key",
};

describe("the bootstrap script", () => {
  it("bootstraps a fresh server and makes the warehouse", async () => {
    const { code } = await run();
    expect([code, names()]).toEqual([
      0,
      ["GET /info", "POST /bootstrap", "GET /warehouse", "POST /warehouse"],
    ]);
  });

  it("accepts the terms and becomes the operator", async () => {
    await run();
    expect(bodyOf("/bootstrap")).toEqual({ "accept-terms-of-use": true, "is-operator": true });
  });

  it("makes the warehouse on the bucket", async () => {
    await run();
    expect(bodyOf("/warehouse")).toEqual({
      "warehouse-name": "philotes",
      "storage-profile": {
        type: "s3",
        bucket: "philotes",
        region: "us-east-1",
        endpoint: "http://minio:9000",
        "path-style-access": true,
        flavor: "s3-compat",
        "sts-enabled": false,
        "remote-signing-enabled": true,
      },
      "storage-credential": credential,
      "delete-profile": { type: "hard" },
    });
  });

  it("leaves the endpoint of AWS to its region", async () => {
    await run({}, { S3_FLAVOR: "aws" });
    expect(bodyOf("/warehouse")).toHaveProperty("storage-profile", {
      type: "s3",
      bucket: "philotes",
      region: "us-east-1",
      flavor: "aws",
      "sts-enabled": false,
      "remote-signing-enabled": true,
    });
  });

  it("does not bootstrap twice", async () => {
    await run(bootstrapped);
    expect(names()).not.toContain("POST /bootstrap");
  });

  it("goes on where somebody else was faster", async () => {
    const body = { error: { type: "CatalogAlreadyBootstrapped", code: 400 } };
    const { code } = await run({ [`POST ${management}/bootstrap`]: { status: 400, body } });
    expect([code, names()]).toEqual([0, expect.arrayContaining(["POST /warehouse"])]);
  });

  it.each(["warehouse-id", "id"])("hands a warehouse with %s the current keys", async (key) => {
    const { code } = await run({
      ...bootstrapped,
      ...withWarehouse({ name: "philotes", [key]: "7" }),
    });
    expect([code, names(), bodyOf("/warehouse/7/storage-credential")]).toEqual([
      0,
      ["GET /info", "GET /warehouse", "POST /warehouse/7/storage-credential"],
      { "new-storage-credential": credential },
    ]);
  });

  it("leaves warehouses of other names alone", async () => {
    await run({ ...bootstrapped, ...withWarehouse({ name: "other", id: "7" }) });
    expect(names()).toContain("POST /warehouse");
  });

  it("asks without a token where none is wanted", async () => {
    await run();
    expect(calls.map(({ bearer }) => bearer)).toEqual(Array(4).fill(undefined));
  });

  it("asks with a token of its own where one is wanted", async () => {
    await run(
      {},
      {
        OPENID_URL: "URL/token",
        OPENID_CLIENT_ID: "operator",
        OPENID_CLIENT_SECRET: "the-client-secret",
      },
    );
    expect([calls[0]?.call, new Set(calls.slice(1).map(({ bearer }) => bearer))]).toEqual([
      "POST /token",
      new Set(["Bearer a-token"]),
    ]);
  });

  it("fails with status and body, but never with a credential", async () => {
    const body = { error: "the-secret-key was refused for the-access-key" };
    const { code, output } = await run({
      [`POST ${management}/warehouse`]: { status: 400, body },
    });
    expect([code, output]).toEqual([
      1,
      expect.stringMatching(/status 400, .*\*\*\* was refused for \*\*\*/),
    ]);
  });
});
