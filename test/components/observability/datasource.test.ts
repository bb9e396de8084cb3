/** Proves what Grafana is given to reach a database; that the database lets it in, the tests of data show. */
import * as pulumi from "@pulumi/pulumi";
import { parse } from "yaml";

import { Datasource } from "../../../components/observability/datasource";
import { type Surroundings, testScope } from "../../support/scope";
import { synth, type Synthesis } from "../../support/synth";

function datasource(
  passwords: readonly string[],
  surroundings: Surroundings = {},
): Promise<Synthesis<Datasource>> {
  const scope = testScope({
    ...surroundings,
    cluster: { datasourceLabels: { shows: "datasources" } },
  });
  const ref = {
    kind: "secret",
    secretName: "db",
    key: "password",
    rotation: 1,
    ready: [],
  } as const;
  const peer = { kind: "pods", namespace: "acme", labels: {} } as const;
  const endpoint = { name: "db", host: "db.acme.svc", port: 5432, peer, ready: [] };
  const generations = passwords.map((password, index) => ({
    number: index + 1,
    text: pulumi.secret(password),
  }));
  return synth(
    () =>
      new Datasource("acme-datasource", {
        scope,
        name: "acme",
        uid: "platform-acme",
        title: "Acme",
        database: { endpoint, name: "shop", user: "owner", password: ref, tlsMode: "require" },
        user: "reader",
        password:
          passwords.length === 0 ? undefined : { generations, rotation: generations.length },
        ready: [],
      }),
  );
}

function provisioned(synthesis: Synthesis<Datasource>): unknown {
  const [text = ""] = Object.values(synthesis.object("Secret", "acme").stringData);
  return parse(text);
}

it("is a file of Grafana's provisioning, with the reader and its password", async () => {
  expect(provisioned(await datasource(["pass: word"]))).toMatchObject({
    apiVersion: 1,
    datasources: [
      {
        uid: "platform-acme",
        type: "grafana-postgresql-datasource",
        url: "db.acme.svc:5432",
        user: "reader",
        jsonData: { database: "shop", sslmode: "require", timescaledb: true },
        secureJsonData: { password: "pass: word" },
      },
    ],
  });
});

it("has the current generation of the password", async () => {
  expect(provisioned(await datasource(["first", "second"]))).toMatchObject({
    datasources: [{ secureJsonData: { password: "second" } }],
  });
});

it("keeps Grafana from reading a part of the password as a variable", async () => {
  expect(provisioned(await datasource(["a$HOME"]))).toMatchObject({
    datasources: [{ secureJsonData: { password: "a$$HOME" } }],
  });
});

it("is secret in the state", async () => {
  const { secretPaths } = (await datasource(["password"])).resource("Secret/acme");
  expect(secretPaths).toContain("stringData");
});

it("carries the labels by which Grafana's sidecar looks for it, in a file of its own", async () => {
  const { metadata, stringData } = (await datasource(["password"])).object("Secret", "acme");
  expect(metadata.labels.shows).toBe("datasources");
  expect(Object.keys(stringData)).toEqual(["acme-acme.yaml"]);
});

it("shows a placeholder where files are rendered", async () => {
  expect(provisioned(await datasource(["password"], { placeholders: true }))).toMatchObject({
    datasources: [{ secureJsonData: { password: "<acme/acme/password>" } }],
  });
});

describe("where only the cluster knows the password", () => {
  it("there is none", async () => {
    expect((await datasource([])).objects("Secret")).toEqual([]);
  });

  it("the preview says so", async () => {
    expect((await datasource([])).messages.join()).toMatch(/no Secret acme for Grafana/);
  });
});
