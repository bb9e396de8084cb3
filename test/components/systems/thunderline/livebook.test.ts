/** Proves how Livebook is guarded and kept; that a notebook runs, only a real cluster shows. */
import type { Thunderline } from "../../../../components/systems/thunderline";
import { envOf } from "../../../support/pods";
import type { Synthesis } from "../../../support/synth";
import { thunderlineOf } from "../../../support/thunderline";

let prod: Synthesis<Thunderline>;
beforeAll(async () => {
  prod = await thunderlineOf("prod");
});

describe("Livebook", () => {
  it("asks for a password that was generated for this stack", () => {
    expect(envOf(prod, "Deployment/livebook").LIVEBOOK_PASSWORD).toBe("secret livebook/password");
  });

  it.each([
    ["password", 12],
    ["secret-key-base", 64],
    ["cookie", 32],
  ])("has a %s of at least %i characters", (key, characters) => {
    const { length } = prod.resource(`thunderline-livebook-secrets-${key}`).inputs;
    expect(length).toBeGreaterThanOrEqual(characters);
  });

  it("keeps its key and its cookie over restarts, so that nobody is logged out", () => {
    expect(envOf(prod, "Deployment/livebook")).toMatchObject({
      LIVEBOOK_COOKIE: "secret livebook/cookie",
      LIVEBOOK_SECRET_KEY_BASE: "secret livebook/secret-key-base",
    });
  });

  it("runs notebooks beside the application, not inside it", () => {
    expect(envOf(prod, "Deployment/livebook").LIVEBOOK_DEFAULT_RUNTIME).toBe("standalone");
  });

  it("listens for others, on the port that its Service leads to", () => {
    expect(envOf(prod, "Deployment/livebook")).toMatchObject({
      LIVEBOOK_IP: "0.0.0.0",
      LIVEBOOK_PORT: "8080",
    });
  });

  it("keeps notebooks on its volume", () => {
    const [container] = prod.object("Deployment", "livebook").spec.template.spec.containers;
    const { LIVEBOOK_HOME } = envOf(prod, "Deployment/livebook");
    expect(container?.volumeMounts).toContainEqual({
      name: "livebook-data",
      mountPath: LIVEBOOK_HOME,
    });
  });

  it("may reach MLflow and nothing else, because a notebook runs any code", () => {
    const out = prod
      .objects("NetworkPolicy")
      .filter(({ spec }) => spec.policyTypes.includes("Egress"))
      .map(({ metadata }) => metadata.name);
    expect(out.filter((name) => name.startsWith("livebook"))).toEqual(["livebook-to-mlflow"]);
  });

  it("is public over TLS alone", () => {
    expect(prod.object("Ingress", "livebook").spec.tls).toEqual([
      { hosts: ["livebook.example.com"], secretName: "wildcard-tls" },
    ]);
  });

  it("is not public in dev", async () => {
    expect((await thunderlineOf("dev")).names("Ingress")).not.toContain("livebook");
  });
});

describe("Livebook switched off", () => {
  const off = (data: string): Promise<Synthesis<Thunderline>> =>
    thunderlineOf("prod", { livebook: { enabled: false, data, backup: { claim: { data } } } });
  const titles = (synthesis: Synthesis<unknown>): string[] =>
    [
      ...synthesis.names("Deployment"),
      ...synthesis.names("PersistentVolumeClaim"),
      ...synthesis.names("Secret"),
    ].filter((name) => name.startsWith("livebook"));

  it("runs nothing, and keeps its notebooks, their backups and its secrets", async () => {
    expect(titles(await off("keep"))).toEqual(["livebook-backups", "livebook-data", "livebook"]);
  });

  it("keeps them protected under the policy keep", async () => {
    expect((await off("keep")).protected).toEqual(
      expect.arrayContaining(["PersistentVolumeClaim/livebook-data", "Secret/livebook"]),
    );
  });

  it("gives up the protection under the policy release", async () => {
    const synthesis = await off("release");
    expect(synthesis.protected.filter((title) => title.includes("livebook"))).toEqual([]);
  });

  it("gives up everything under the policy discard", async () => {
    expect(titles(await off("discard"))).toEqual([]);
  });

  it("says what it keeps", async () => {
    expect((await off("keep")).messages).toEqual([
      expect.stringMatching(/^claim thunderline\/livebook-data is kept and protected;/),
      expect.stringMatching(/^secret thunderline\/livebook is kept and protected;/),
      expect.stringMatching(/^claim thunderline\/livebook-backups is kept and protected;/),
    ]);
  });
});
