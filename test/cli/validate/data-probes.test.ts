/**
 * Proves how logins are read and what is made of the answers of MLflow, the collector and databases that
 * are not well, against fakes. That the real programs give the answers of the good case is in test/data.
 */
import type { Secret } from "../../../cli/kubernetes";
import { probeCollector } from "../../../cli/validate/probes/collector";
import {
  type AskDatabase,
  environmentOf,
  loginOfClient,
  loginOfUrl,
} from "../../../cli/validate/probes/database";
import {
  probeEctoMigrations,
  probeFaultMavenMigrations,
  probeStreamMigrations,
} from "../../../cli/validate/probes/migrations";
import { probeMlflow } from "../../../cli/validate/probes/mlflow";
import { obanFinding, probeOban } from "../../../cli/validate/probes/oban";
import { rowsQuery, streamFinding } from "../../../cli/validate/probes/streams";
import { type LocalServer, minute, now, object, serve, statusOf } from "./support";

const servers: LocalServer[] = [];

async function serving(...args: Parameters<typeof serve>): Promise<LocalServer> {
  const server = await serve(...args);
  servers.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(servers.splice(0).map(({ stop }) => stop()));
});

/** A database that gives these answers, one after another. */
const answering = (...answers: readonly (readonly unknown[])[]): AskDatabase => {
  const left = [...answers];
  return async () => (left.shift() ?? []) as never;
};

describe("a login", () => {
  const secret: Secret = object("Secret", "db", {
    data: { password: Buffer.from("s3cret").toString("base64") },
  });
  const reference = { valueFrom: { secretKeyRef: { name: "db", key: "password" } } };

  it("is read from a container's variables, with what they take from Secrets", () => {
    const environment = environmentOf(
      [
        { name: "PASSWORD", ...reference },
        {
          name: "DATABASE_URL",
          value: "ecto://app:$(PASSWORD)@db.acme.svc.cluster.local:5433/main",
        },
        { name: "OTHER", value: "$(UNKNOWN)" },
      ],
      "acme",
      [secret],
    );
    expect(environment.get("OTHER")).toBe("$(UNKNOWN)");
    expect(loginOfUrl(environment, "DATABASE_URL")).toEqual({
      ...{ host: "db.acme.svc.cluster.local", port: 5433, database: "main" },
      ...{ user: "app", password: "s3cret", sslmode: "prefer" },
    });
  });

  it.each([
    ["postgresql+asyncpg://a:b%40c@h:1/d?ssl=require", "require", "b@c"],
    ["postgres://a:b@h/d?sslmode=disable", "disable", "b"],
    ["ecto://a:b@h/d?ssl=true", "require", "b"],
  ])("is understood in %s", (url, sslmode, password) => {
    expect(loginOfUrl(new Map([["URL", url]]), "URL")).toMatchObject({ sslmode, password });
  });

  it("is read from the variables of PostgreSQL's own clients", () => {
    const said = {
      PGHOST: "h",
      PGDATABASE: "d",
      PGUSER: "u",
      PGPASSWORD: "p",
      PGSSLMODE: "require",
    };
    expect(loginOfClient(new Map(Object.entries(said)))).toEqual({
      ...{ host: "h", port: 5432, database: "d", user: "u", password: "p", sslmode: "require" },
    });
  });

  it("that is none is told of by its variable's name, never by its text", () => {
    const environment = new Map([["DATABASE_URL", "ecto://app:s3cret@[/x"]]);
    expect(() => loginOfUrl(environment, "DATABASE_URL")).toThrow(
      /^DATABASE_URL is no address of a database$/,
    );
    expect(() => loginOfUrl(new Map(), "DATABASE_URL")).toThrow("DATABASE_URL is not known");
  });
});

describe("the collector", () => {
  const collector = async (status: number, accepted: readonly string[]) => {
    const left = [...accepted];
    const otlp = await serving((_, response) => response.writeHead(status).end("full"));
    const metrics = await serving((_, response) => {
      response.end(left.length > 1 ? left.shift() : left[0]);
    });
    return probeCollector({ otlp: { ...otlp, timeoutMs: 400 }, metrics });
  };
  const count = (value: number, more = "") =>
    `otelcol_receiver_accepted_spans{transport="http"} ${value}\n${more}`;

  it("passes when it counts one more; the first span makes the count", async () => {
    expect(statusOf(await collector(200, [count(3), count(4)]))).toBe(
      "passed: accepted: 3 spans before, 4 after",
    );
    expect(statusOf(await collector(200, ["# none\n", count(1)]))).toMatch(/^passed/);
  });

  it("has failed where it refuses the span, or counts none", async () => {
    expect(statusOf(await collector(503, [count(3)]))).toMatch(/^failed: .*503: full$/);
    expect(statusOf(await collector(200, [count(3)]))).toBe(
      "failed: answered with 200, and it has accepted none: still 3",
    );
  });

  it("is warned of where it cannot send on what it accepts", async () => {
    const lost = 'otelcol_exporter_send_failed_spans{exporter="otlp"} 7\n';
    expect(statusOf(await collector(200, [count(3), count(4, lost)]))).toMatch(
      /^warning: .*7 could not be sent on/,
    );
  });
});

describe("MLflow", () => {
  const requests: string[] = [];
  beforeEach(() => requests.splice(0));
  const mlflow = async (artifactUri: string, putStatus = 200) => {
    let artefact = "";
    const server = await serving((request, response, body) => {
      const path = (request.url ?? "").replace("/api/2.0/", "");
      requests.push(`${request.method ?? ""} ${path}`);
      const info = { run_id: "r1", artifact_uri: artifactUri };
      const data = { metrics: [{ key: "probe", value: 0.25 }] };
      if (path.startsWith("mlflow-artifacts")) {
        if (request.method === "PUT") artefact = body;
        const status = request.method === "PUT" ? putStatus : 200;
        response.writeHead(status).end(request.method === "GET" ? artefact : "");
      } else if (path.startsWith("mlflow/experiments/search")) {
        const left = { experiment_id: "3", name: "platform-validate-before" };
        response.end(JSON.stringify({ experiments: [left] }));
      } else {
        response.end(JSON.stringify({ experiment_id: "7", run: { info, data } }));
      }
    });
    return (await probeMlflow(server, now)).map(statusOf);
  };
  const deletions = () => requests.filter((it) => /delete|DELETE/.test(it));

  it("takes a run and an artefact, and all of it is deleted, also what a killed probe left", async () => {
    expect(await mlflow("mlflow-artifacts:/7/r1/artifacts")).toEqual([
      "passed: recorded with a metric, read back, and deleted",
      "passed: written through the server, read back, and deleted",
    ]);
    expect(requests.filter((it) => it === "POST mlflow/experiments/delete")).toHaveLength(2);
    expect(deletions()).toContain("DELETE mlflow-artifacts/artifacts/7/r1/artifacts/probe.txt");
  });

  it("whose clients write artefacts past it is unchecked in that", async () => {
    expect((await mlflow("s3://bucket/7/r1"))[1]).toBe(
      "unchecked: the server hands none on: clients write to s3 themselves",
    );
  });

  it("whose object store refuses has failed, and the run is deleted all the same", async () => {
    expect((await mlflow("mlflow-artifacts:/7/r1/artifacts", 500))[1]).toMatch(
      /^failed: it is refused with 500/,
    );
    expect(deletions()).toContain("POST mlflow/runs/delete");
    expect(deletions().filter((it) => it === "POST mlflow/experiments/delete")).toHaveLength(2);
  });
});

it("MLflow whose object store is out of reach has failed, and the run is deleted", async () => {
  const requests: string[] = [];
  const server = await serving((request, response) => {
    requests.push(request.url ?? "");
    if (request.method === "PUT") return;
    const info = { run_id: "r1", artifact_uri: "mlflow-artifacts:/7/r1/artifacts" };
    response.end(JSON.stringify({ experiment_id: "7", run: { info } }));
  });
  const found = await probeMlflow({ ...server, timeoutMs: 200 }, now);
  expect(found.map(statusOf)[1]).toMatch(/^failed: PUT .*: no answer within 0.2 s$/);
  expect(requests.slice(-2)).toEqual([
    "/api/2.0/mlflow/runs/delete",
    "/api/2.0/mlflow/experiments/delete",
  ]);
});

describe("Oban's jobs", () => {
  const jobs = (changes: object) =>
    statusOf(
      obanFinding(
        { completed: 0, discarded: 0, waiting: 0, last: null, ...changes },
        10 * minute,
        "logs",
      ),
    );

  it("pass with one that completed in the window", () => {
    expect(jobs({ completed: 3, waiting: 1 })).toBe("passed: 3 completed in the last 10 min");
  });

  it("have failed where some are due and none completes, and are warned of when given up", () => {
    expect(jobs({ waiting: 2 })).toMatch(/^failed: 2 are due/);
    expect(jobs({ completed: 1, discarded: 1 })).toMatch(/^warning/);
  });

  it("are unchecked where none was due", () => {
    expect(jobs({ last: "2026-11-30T10:00:00Z" })).toBe(
      "unchecked: none was due in the last 10 min; the last one completed at 2026-11-30T10:00:00Z",
    );
  });

  it("have failed without their table", async () => {
    expect(statusOf(await probeOban(answering([{ there: false }]), minute, "logs"))).toMatch(
      /^failed/,
    );
  });
});

it("a stream passes with rows in the window, and has failed with old ones or none", () => {
  const seen = (fresh: number, age: number | null) =>
    statusOf(streamFinding({ name: "energy", mqttTopic: "t" }, { fresh, age }, 10 * minute));
  expect(seen(4, 1)).toBe("passed: 4 rows in the last 10 min");
  expect(seen(0, 3 * 3600)).toBe("failed: no row in the last 10 min; the newest is 3 h old");
  expect(seen(0, null)).toBe("failed: no row in the last 10 min; there is none at all");
});

it("a row of the future is none that has just come in, and hides none that has", () => {
  const stream = { name: "energy", tables: [{ name: "readings" }], tags: {} } as never;
  expect(rowsQuery(stream, 10 * minute)).toBe(
    "SELECT json_build_object('fresh', count(*) FILTER (WHERE time > now() - interval '600 seconds'), " +
      "'age', extract(epoch FROM now() - max(time))) FROM readings " +
      "WHERE true AND time <= now() + interval '1 minute'",
  );
});

describe("migrations", () => {
  it("of Ecto and FaultMaven pass when they are recorded, and have failed when not", async () => {
    const ecto = async (count: number) =>
      (await probeEctoMigrations(answering([{ count, newest: "7" }]), "m", "logs")).status;
    expect([await ecto(3), await ecto(0)]).toEqual(["passed", "failed"]);
    const faultmaven = async (newest: number | null, ...revisions: string[]) =>
      (await probeFaultMavenMigrations(answering([{ newest }], revisions), "m", "logs", 2)).status;
    expect(await faultmaven(2, "abc")).toBe("passed");
    expect(await faultmaven(3, "abc")).toBe("passed");
    expect(await faultmaven(1, "abc")).toBe("failed");
    expect(await faultmaven(null, "abc")).toBe("failed");
    expect(await faultmaven(2)).toBe("failed");
  });

  it("of the streams have failed when one is missing or another one", async () => {
    const found = await probeStreamMigrations(
      answering([{ version: 1, checksum: "other" }]),
      "m",
      "logs",
      "settings",
    );
    expect(statusOf(found)).toMatch(
      /^failed: 1 \(tables\) was another one when it ran; 2 \(indexes\) is not recorded$/,
    );
  });
});
