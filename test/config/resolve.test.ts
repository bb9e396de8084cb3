import { environments } from "../../config/environment";
import { clusterDefaults } from "../../config/profiles/cluster";
import { resolve } from "../../config/resolve";
import { settingsSchema } from "../../config/settings";
import { isRecord } from "../../config/shape";
import { errorOf, faultsOf, given, saidBy, settingsBy } from "./support";

describe.each(environments)("the team's stack %s", (stack) => {
  it("has no fault", () => {
    expect(faultsOf(saidBy(stack))).toEqual([]);
  });

  it("has what it says on top of its environment's defaults", () => {
    const { environment, cluster, thunderline } = settingsBy(stack);
    expect([environment, cluster.context]).toEqual([stack, `platform-${stack}`]);
    expect(thunderline.app.image).toBe("docker.io/thunderline/app:2.1.0");
  });

  it("has settings that nobody can change, at any depth", () => {
    const loose: unknown[] = [];
    const visit = (value: unknown): void => {
      if (!isRecord(value) && !Array.isArray(value)) return;
      if (!Object.isFrozen(value)) loose.push(value);
      Object.values(value).forEach(visit);
    };
    visit(settingsBy(stack));
    expect(loose).toEqual([]);
  });

  it("is left as it was, and so are the defaults", () => {
    const said = saidBy(stack);
    resolve(stack, said, given);
    expect(said).toEqual(saidBy(stack));
    expect(
      [said.cluster, clusterDefaults, clusterDefaults.capabilities].some(Object.isFrozen),
    ).toBe(false);
  });
});

describe("faults", () => {
  it("say nothing of settings beside a broken one for which nothing can stand in", () => {
    const said = saidBy("prod", { "faultmaven.model.apiKey.key": undefined });
    expect(faultsOf(said)).toEqual([
      "platform:faultmaven.model.apiKey.key: nothing is set, expected the name of an encrypted setting such as openaiApiKey",
    ]);
  });

  it("are all reported at once, those of single settings and those between settings", () => {
    const said = saidBy("prod", {
      "thunderline.app.image": "ghcr.io/acme/app:latest",
      "thunderline.app.logLevl": "info",
      "thunderline.web.ingress.host": "https://example.com",
      "thunderline.web.resources.requests.cpu": "5",
      "thunderline.web.scaling.minReplicas": 5,
      "thunderline.postgres.volume.storageClass": "slow",
      "thunderline.quota.pods": 3,
      "cluster.context": undefined,
    });
    expect(faultsOf(said)).toEqual([
      "platform:cluster.context: nothing is set, expected the kubeconfig context that this stack must be applied to",
      'platform:thunderline.app.image: got "ghcr.io/acme/app:latest", expected an image with a digest or the tag of one release, never latest, such as ghcr.io/acme/app:1.4.2',
      'platform:thunderline.app.logLevl: got "info", expected one of image, runAsUser, logLevel, features, poolSize; did you mean logLevel?',
      'platform:thunderline.web.ingress.host: got "https://example.com", expected a host name such as web.example.com, without scheme or port',
      'platform:thunderline.web.resources.requests.cpu: got "5", expected at most the limit, 1000m',
      "platform:thunderline.web.scaling.minReplicas: got 5, expected at most maxReplicas, 4",
      'platform:thunderline.postgres.volume.storageClass: got "slow", expected one of standard, fast, shared; or declare it under platform:cluster.storageClasses',
      "platform:thunderline.quota.pods: got 3, expected at least 22, the sum of the workloads with one roll-out under way",
    ]);
  });

  it("have a path, a value, what was expected and a mend", () => {
    const error = errorOf(saidBy("dev", { "thunderline.web.scalign": 3 }));
    expect(error.faults).toEqual([
      {
        path: ["thunderline", "web", "scalign"],
        value: 3,
        expected: "one of host, resources, scaling, ingress",
        mend: "did you mean scaling?",
      },
    ]);
  });

  it.each([
    ["a missing value", { "cluster.context": undefined }],
    ["a value that breaks two rules of its own", { "thunderline.app.image": "No Image" }],
    ["a number that is too large and not exact", { "thunderline.app.poolSize": 1e300 }],
    ["a union without default", { "thunderline.cerebros": { type: "external" } }],
    ["an option that there is not", { "thunderline.web.ingress.tls": { from: "letsencrypt" } }],
    ["a key of another option", { "thunderline.cerebros": { type: "off", image: "a:1" } }],
    [
      "a misspelt key that is needed",
      { "cluster.ingressClasses.a": { controler: "nginx", namespace: "a" } },
    ],
    ["an item of a list", { "thunderline.app.features": ["ml_nas", "No"] }],
    ["an empty part without default", { "thunderline.secrets.openaiApiKey": {} }],
    ["a name that is none", { "cluster.storageClasses.A_B": { accessModes: ["ReadWriteOnce"] } }],
  ])("are reported once: %s", (_what, changes) => {
    expect(faultsOf(saidBy("dev", changes))).toHaveLength(1);
  });

  it.each([
    ["an unknown key beside it", { "thunderline.web.scaling.replicas": 3 }],
    [
      "a part elsewhere that no default completes",
      { "thunderline.cerebros": { type: "external" } },
    ],
    ["a map elsewhere that is none", { "cluster.namespaces": "kube-system" }],
    ["an item elsewhere", { "thunderline.app.features": ["No"] }],
  ])("do not hide what lies between other settings: %s", (_what, changes) => {
    const said = saidBy("prod", { ...changes, "thunderline.web.scaling.minReplicas": 5 });
    expect(faultsOf(said)).toHaveLength(2);
    expect(faultsOf(said)[1]).toMatch(/^platform:thunderline\.web\.scaling\.minReplicas: got 5,/);
  });

  it("do not hide what lies between the settings of an option beside a key of another one", () => {
    const scaling = { type: "hpa", minReplicas: 5, maxReplicas: 2, cpuPercent: 70, replicas: 3 };
    expect(faultsOf(saidBy("dev", { "thunderline.web.scaling": scaling }))).toHaveLength(2);
  });

  it("do not hide a wrong value under the right name beside the misspelt one", () => {
    const said = saidBy("dev", { "thunderline.web.scaling": { replica: 1, replicas: "x" } });
    expect(faultsOf(said)).toHaveLength(2);
  });

  it("are found inside what stands under a wrong name", () => {
    const said = saidBy("dev", {
      "cluster.ingressClasses.A_B": { controller: "caddy", namespace: "ingress" },
    });
    expect(faultsOf(said)).toEqual([
      'platform:cluster.ingressClasses.A_B: got "A_B", expected the name of a Kubernetes object such as fast-ssd',
      'platform:cluster.ingressClasses.A_B.controller: got "caddy", expected one of traefik, nginx',
    ]);
  });
});

describe("the environment", () => {
  const known = Object.keys(settingsSchema.shape).join(", ");

  it("must be set", () => {
    expect(faultsOf(saidBy("dev", { environment: undefined }))).toEqual([
      "platform:environment: nothing is set, expected one of dev, staging, prod",
    ]);
  });

  it.each([
    ["production", '"production"'],
    ["toString", '"toString"'],
    ["Dev", '"Dev"'],
    ["", '""'],
    [1, "1"],
    [null, "null"],
    [["dev"], "a list of 1"],
    [{ name: "dev" }, "a map of name"],
  ])("is not %j", (environment, shown) => {
    expect(faultsOf(saidBy("dev", { environment }))).toEqual([
      `platform:environment: got ${shown}, expected one of dev, staging, prod`,
    ]);
  });

  it("is named once where its name is misspelt", () => {
    expect(faultsOf(saidBy("dev", { environment: undefined, enviroment: "dev" }))).toEqual([
      `platform:enviroment: got a value that is not shown, expected one of ${known}; did you mean environment? (a secret is set with pulumi config set --secret)`,
    ]);
  });

  it("is reported together with what is wrong in every environment", () => {
    const said = saidBy("prod", { environment: "production", "thunderline.app.poolSize": 0 });
    expect(faultsOf(said)).toEqual([
      'platform:environment: got "production", expected one of dev, staging, prod',
      "platform:thunderline.app.poolSize: got 0, expected a whole number from 1 to 200",
    ]);
  });

  it("is reported without what is wrong in some of them alone", () => {
    const said = saidBy("prod", {
      environment: "production",
      "thunderline.web.scaling.maxReplicas": 6,
    });
    expect(faultsOf(said)).toHaveLength(1);
  });
});

describe("a stack that says nothing", () => {
  it("lacks its environment and its context, which nobody can guess", () => {
    expect(faultsOf({})[0]).toBe(
      "platform:environment: nothing is set, expected one of dev, staging, prod",
    );
    expect(faultsOf({})[1]).toContain("platform:cluster.context: nothing is set");
  });
});
