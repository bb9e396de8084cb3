/** Proves what is declared of a database whose passwords are rotated; that the set-up works, only a real server shows. */
import { Postgres } from "../../../components/services/postgres";
import type { SecretChoice } from "../../../config/blocks";
import { postgres as schema } from "../../../config/stores";
import { textOf } from "../../support/outputs";
import { envOf } from "../../support/pods";
import { generatedPassword } from "../../support/recorder";
import { testScope } from "../../support/scope";
import { settingsOf } from "../../support/settings";
import { synth, type Synthesis } from "../../support/synth";

interface Rotations {
  readonly password?: SecretChoice;
  readonly superuserPassword?: SecretChoice;
  readonly parameters?: Readonly<Record<string, string>>;
}

function postgres(rotations: Rotations): Promise<Synthesis<Postgres>> {
  const settings = schema.parse({ ...settingsOf("dev").thunderline.postgres, ...rotations });
  const args = { scope: testScope(), name: "postgres", settings, enabled: true, extensions: [] };
  return synth(() => new Postgres("acme-postgres", args));
}

function setupJob(synthesis: Synthesis<unknown>): string {
  return `Job/${synthesis.names("Job").join()}`;
}

function setupFiles(synthesis: Synthesis<unknown>): Readonly<Record<string, string>> {
  return synthesis.object("ConfigMap", "postgres-setup").data;
}

const second = { from: "generated", rotation: 2 } as const;
const third = { from: "generated", rotation: 3 } as const;

describe("an owner's next password", () => {
  it("is given to the set-up, which is another job and runs again", async () => {
    const [before, after] = [await postgres({}), await postgres({ password: second })];
    expect(envOf(after, setupJob(after)).DATABASE_PASSWORD).toBe("secret postgres/password-2");
    expect(setupJob(after)).not.toBe(setupJob(before));
  });

  it("is what clients read, who wait for the set-up", async () => {
    const { database } = (await postgres({ password: second })).value;
    expect(database?.password).toMatchObject({ key: "password-2", rotation: 2 });
  });

  it("leaves the server and the superuser alone", async () => {
    const [before, after] = [await postgres({}), await postgres({ password: second })];
    const serverOf = (one: Synthesis<unknown>): unknown => one.object("StatefulSet", "postgres");
    expect(serverOf(after)).toEqual(serverOf(before));
    expect(Object.keys(setupFiles(after))).toEqual(["setup.sql"]);
  });

  it("is in the URL of its generation, beside the one before", async () => {
    const { value } = await postgres({ password: second });
    const url = (name: string): string =>
      `db://thunderline:${generatedPassword(name, 32)}@postgres.acme.svc.cluster.local:5432/thunderline`;
    expect(await textOf(value.url("db", () => ""))).toMatchObject({
      texts: {
        1: url("acme-postgres-credentials-password"),
        2: url("acme-postgres-credentials-password-2"),
      },
      rotation: 2,
    });
  });
});

describe("a superuser's next password", () => {
  it("is given to the set-up with every one before, because the server may have any of them", async () => {
    const synthesis = await postgres({ superuserPassword: third });
    expect(envOf(synthesis, setupJob(synthesis))).toMatchObject({
      PGPASSWORD: "secret postgres/superuser-password-3",
      EARLIER_PASSWORD_1: "secret postgres/superuser-password",
      EARLIER_PASSWORD_2: "secret postgres/superuser-password-2",
      EARLIER_PASSWORDS: "$(EARLIER_PASSWORD_2) $(EARLIER_PASSWORD_1)",
    });
  });

  it("does not restart the server, which reads one on an empty volume alone", async () => {
    const [before, after] = [await postgres({}), await postgres({ superuserPassword: third })];
    expect(after.object("StatefulSet", "postgres")).toEqual(
      before.object("StatefulSet", "postgres"),
    );
  });

  it("is what other jobs become the superuser with", async () => {
    const { superuser } = (await postgres({ superuserPassword: second })).value;
    expect(superuser?.env.PGPASSWORD).toMatchObject({ key: "superuser-password-2" });
  });

  it("leaves the set-up as it first was once the ones before are discarded", async () => {
    const discarded = { from: "generated", rotation: 2, released: 1, discarded: 1 } as const;
    const synthesis = await postgres({ superuserPassword: discarded });
    expect(Object.keys(setupFiles(synthesis))).toEqual(["setup.sql"]);
    expect(envOf(synthesis, "StatefulSet/postgres").POSTGRES_PASSWORD).toBe(
      "secret postgres/superuser-password-2",
    );
  });
});

describe("the set-up", () => {
  const unnoted = "SET log_min_duration_statement = -1;";

  it("says nothing of further logs at first, so that finished ones do not run again", async () => {
    expect(setupFiles(await postgres({}))["setup.sql"]).not.toContain(unnoted);
  });

  it.each<[string, Rotations]>([
    ["a rotated owner", { password: second }],
    ["a rotated superuser", { superuserPassword: second }],
    ["a server that logs what is slow", { parameters: { log_min_duration_statement: "250" } }],
    [
      "a server that notes statements",
      { parameters: { shared_preload_libraries: "pg_stat_statements" } },
    ],
  ])("keeps the password of %s out of those too", async (_, rotations) => {
    const lines = setupFiles(await postgres(rotations))["setup.sql"]?.split("\n") ?? [];
    const password = lines.findIndex((line) => line.includes("PASSWORD :"));
    expect(lines.indexOf(unnoted)).toBeGreaterThan(0);
    expect(lines.indexOf(unnoted)).toBeLessThan(password);
  });
});
