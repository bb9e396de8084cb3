/**
 * Proves what is said of the volume of a PostgreSQL: by which settings ours reads it, or why it cannot. Whether
 * a server then starts on it, no test here shows.
 */
import type { Container, Variable, Workload } from "../../../cli/adopt/objects";
import { holding, judged, outcome, workload } from "./support";

const password = (key: string): Pick<Variable, "valueFrom"> => ({
  valueFrom: { secretKeyRef: { name: "old-postgresql", key } },
});

const postgres = {
  name: "postgresql",
  image: "docker.io/pgvector/pgvector:0.7.0-pg16",
  env: [
    { name: "PGDATA", value: "/var/lib/postgresql/data/pgdata" },
    { name: "POSTGRES_PASSWORD", ...password("postgres-password") },
  ],
};
const home = "/var/lib/postgresql/data";

/** A web server with its environment. */
function client(...env: NonNullable<Container["env"]>): Workload {
  return workload("Deployment", "web", { containers: [{ name: "web", image: "a:1", env }] });
}
const clients = [client({ name: "DATABASE_PASSWORD", ...password("password") })];

function without(
  name: string,
  ...more: readonly { name: string; value?: string }[]
): typeof postgres.env {
  return [
    ...postgres.env.filter((variable) => variable.name !== name),
    ...more,
  ] as typeof postgres.env;
}

describe("the volume of a PostgreSQL", () => {
  it("is mounted by its name, with the password that is in it, and nothing of its own", () => {
    expect(outcome(holding(postgres, home), { clients })).toEqual({
      "postgres.volume.size": "8Gi",
      "postgres.volume.existingClaim": "data-old-postgresql-0",
      "postgres.volume.ownClaim": "discard",
      "postgres.dataFolder": "pgdata",
      "postgres.superuserPassword": {
        from: "existing",
        secretName: "old-postgresql",
        key: "postgres-password",
      },
      "postgres.password": { from: "existing", secretName: "old-postgresql", key: "password" },
    });
  });

  it.each([
    ["the volume itself", home, [], "."],
    ["another folder", home, [{ name: "PGDATA", value: `${home}/data` }], "data"],
    ["a folder further down", "/bulk", [{ name: "PGDATA", value: "/bulk/pg/main" }], "pg/main"],
  ])("is read where its data are: %s", (_, mountPath, folder, expected) => {
    const env = without("PGDATA", ...folder);
    expect(outcome(holding({ ...postgres, env }, mountPath), { clients })).toMatchObject({
      "postgres.dataFolder": expected,
    });
  });

  it("is read where a part of it is mounted", () => {
    const one = holding(postgres, home);
    const users = one.users.map((user) => ({ ...user, subPath: "db" }));
    expect(outcome({ ...one, users }, { clients })).toMatchObject({
      "postgres.dataFolder": "db/pgdata",
    });
  });

  it("is read by the user that owns its files", () => {
    const securityContext = { runAsUser: 70 };
    expect(outcome(holding({ ...postgres, securityContext }, home), { clients })).toMatchObject({
      "postgres.runAsUser": 70,
    });
  });

  it.each([
    [
      "of another major version",
      { image: "docker.io/pgvector/pgvector:0.7.0-pg15" },
      "it is PostgreSQL 15 (0.7.0-pg15) and platform:thunderline.postgres.image is 16: a server does not start on another version's folder",
    ],
    [
      "of a version that nobody says",
      { image: "docker.io/library/postgres:latest" },
      "the image docker.io/library/postgres:latest does not say which version of PostgreSQL it is",
    ],
    [
      "of Bitnami's image",
      { image: "docker.io/bitnami/postgresql:16.4.0" },
      "docker.io/bitnami/postgresql:16.4.0 keeps postgresql.conf and pg_hba.conf in the image, so that no other image starts on its folder",
    ],
    [
      "of another C library",
      { image: "docker.io/library/postgres:16-alpine" },
      "docker.io/library/postgres:16-alpine sorts texts by musl and ours by glibc: indexes of text would be wrong",
    ],
    [
      "of another superuser",
      { env: [...postgres.env, { name: "POSTGRES_USER", value: "thunderline" }] },
      'its superuser is "thunderline", and ours is "postgres"',
    ],
    [
      "with its password in the clear",
      { env: without("POSTGRES_PASSWORD", { name: "POSTGRES_PASSWORD", value: "hunter2" }) },
      "the password of its superuser is in the clear in its pod",
    ],
    [
      "with its data elsewhere",
      { env: without("PGDATA", { name: "PGDATA", value: "/elsewhere" }) },
      "its data are in /elsewhere, which is not in the claim data-old-postgresql-0",
    ],
  ])("cannot be taken over: %s", (_, changes, why) => {
    expect(outcome(holding({ ...postgres, ...changes }, home))).toBe(why);
  });

  it("keeps the owner's password of its clients, and the names that they know", () => {
    const web = client(
      { name: "DATABASE_USER", value: "acme" },
      { name: "DATABASE_PASSWORD", ...password("password") },
    );
    expect(outcome(holding(postgres, home), { clients: [web] })).toMatchObject({
      "postgres.user": "acme",
      "postgres.password": { from: "existing", secretName: "old-postgresql", key: "password" },
    });
  });

  it.each([
    ["in a URL", { name: "DATABASE_URL", ...password("url") }],
    ["that of the superuser", { name: "PGPASSWORD", ...password("postgres-password") }],
  ])(
    "is refused where the owner's password is %s: the old clients could not come back",
    (_, env) => {
      const why = outcome(holding(postgres, home), { clients: [client(env)] });
      expect(why).toMatch(/^the password of the role that its clients use is in no key of its own/);
    },
  );

  it("takes the owner's password that the settings name", () => {
    const owner = { from: "existing", secretName: "mine", key: "owner" };
    const overrides = { postgres: { password: owner } };
    const web = client({ name: "DATABASE_URL", ...password("url") });
    expect(outcome(holding(postgres, home), { clients: [web], overrides })).toMatchObject({
      "postgres.password": owner,
    });
  });

  it("makes no owner of its superuser, whose password our set-up would change", () => {
    const web = client(
      { name: "DATABASE_USER", value: "postgres" },
      { name: "DATABASE_PASSWORD", ...password("postgres-password") },
    );
    expect(outcome(holding(postgres, home), { clients: [web] })).toBe(
      "its clients are its superuser, postgres, and our set-up would give that the owner's password",
    );
  });

  it.each([
    [
      "in the clear in the old pod",
      without("POSTGRES_PASSWORD", { name: "POSTGRES_PASSWORD", value: "hunter2" }),
    ],
    [
      "of a role that was made beside the old superuser",
      [...postgres.env, { name: "POSTGRES_USER", value: "thunderline" }],
    ],
  ])("is taken over with the superuser's password that the settings name: %s", (_, env) => {
    const superuserPassword = { from: "existing", secretName: "mine", key: "superuser" };
    const overrides = { postgres: { superuserPassword } };
    expect(outcome(holding({ ...postgres, env }, home), { clients, overrides })).toMatchObject({
      "postgres.superuserPassword": superuserPassword,
    });
  });

  it("knows the superuser of the old image as the owner, once ours has another one", () => {
    const env = [...postgres.env, { name: "POSTGRES_USER", value: "thunderline" }];
    const superuserPassword = { from: "existing", secretName: "mine", key: "superuser" };
    const web = client(
      { name: "DATABASE_USER", value: "thunderline" },
      { name: "DATABASE_PASSWORD", ...password("postgres-password") },
    );
    const around = { clients: [web], overrides: { postgres: { superuserPassword } } };
    expect(outcome(holding({ ...postgres, env }, home), around)).toMatchObject({
      "postgres.password": { secretName: "old-postgresql", key: "postgres-password" },
    });
  });

  it("finds a password in a file of a Secret too", () => {
    const container = {
      ...postgres,
      env: without("POSTGRES_PASSWORD", { name: "POSTGRES_PASSWORD_FILE", value: "/secrets/pg" }),
      volumeMounts: [{ name: "passwords", mountPath: "/secrets" }],
    };
    const one = holding(container, home);
    const volumes = [
      { name: "passwords", secret: { secretName: "pg", items: [{ key: "admin", path: "pg" }] } },
    ];
    const users = one.users.map((user) => ({ ...user, pod: { ...user.pod, volumes } }));
    const keys = new Map([["pg", ["admin"]]]);
    expect(outcome({ ...one, users }, { keys, clients })).toMatchObject({
      "postgres.superuserPassword": { from: "existing", secretName: "pg", key: "admin" },
    });
  });

  it("is one alone, because ours has one server", () => {
    const two = [
      holding(postgres, home),
      holding(postgres, home, { claim: "data-old-postgresql-1" }),
    ];
    const why = expect.stringContaining("both have data of thunderline.postgres") as unknown;
    expect(judged(two)[0]?.verdict).toMatchObject({ adopt: false, why });
    const [first, second] = judged(two, { clients, leave: ["data-old-postgresql-1"] });
    expect(first?.verdict).toMatchObject({ adopt: true });
    expect(second).toMatchObject({ left: true });
  });
});
