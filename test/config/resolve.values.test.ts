/** What single settings may be: names, types, the options of unions, values that nobody expects. */
import { resolve } from "../../config/resolve";
import { faultsOf, given, saidBy, settingsBy } from "./support";

describe("a misspelt key", () => {
  it.each([
    ["at the top", "thunderlin", {}, "thunderline"],
    ["in a system", "thunderline.webb", {}, "web"],
    ["in a part", "thunderline.web.scalling", 1, "scaling"],
    ["deep in a part", "thunderline.web.resources.limits.memmory", "1Gi", "memory"],
    ["in a union", "thunderline.web.scaling.replica", 2, "replicas"],
    [
      "in a union without default",
      "thunderline.web.ingress.tls",
      { from: "secret", secretname: "a" },
      "secretName",
    ],
    [
      "in a part without default",
      "thunderline.postgres.external",
      { host: "a", pasword: {}, password: { from: "existing", secretName: "a", key: "b" } },
      "password",
    ],
    ["in a map by any name", "cluster.ingressClasses.traefik.controler", "nginx", "controller"],
    ["in another case", "cluster.defaultstorageclass", "standard", "defaultStorageClass"],
  ])("%s is answered with the nearest valid one: %s", (_where, path, value, meant) => {
    expect(faultsOf(saidBy("dev", { [path]: value }))).toEqual([
      expect.stringContaining(`; did you mean ${meant}?`),
    ]);
  });

  it("that is like no other is answered with all that there are", () => {
    expect(faultsOf(saidBy("dev", { "thunderline.web.volume": 1 }))).toEqual([
      "platform:thunderline.web.volume: got 1, expected one of host, resources, scaling, ingress; there is no setting volume here",
    ]);
  });
});

describe("a union", () => {
  const hpa = { type: "hpa", minReplicas: 1, maxReplicas: 3, memoryPercent: 80 };

  it("switched by the stack loses the defaults of its old option", () => {
    const settings = settingsBy("dev", { "thunderline.web.scaling": hpa });
    expect(settings.thunderline.web.scaling).toEqual(hpa);
  });

  it("switched back loses them too", () => {
    const said = saidBy("prod", { "thunderline.web.scaling": { type: "fixed", replicas: 3 } });
    expect(resolve("prod", said, given).thunderline.web.scaling).toEqual({
      type: "fixed",
      replicas: 3,
    });
  });

  it("that is not switched takes single settings", () => {
    const said = saidBy("prod", { "thunderline.web.scaling.maxReplicas": 6 });
    expect(resolve("prod", said, given).thunderline.web.scaling).toMatchObject({
      type: "hpa",
      maxReplicas: 6,
      cpuPercent: 70,
    });
  });

  it("refuses an autoscaler together with fixed replicas", () => {
    const said = saidBy("dev", { "thunderline.web.scaling": { type: "hpa", replicas: 3 } });
    expect(faultsOf(said)).toEqual([
      "platform:thunderline.web.scaling.minReplicas: nothing is set, expected a whole number from 1 to 100",
      "platform:thunderline.web.scaling.maxReplicas: nothing is set, expected a whole number from 1 to 100",
      "platform:thunderline.web.scaling.replicas: got 3, expected one of type, minReplicas, maxReplicas, cpuPercent, memoryPercent; there is no setting replicas here",
    ]);
  });

  it("refuses an autoscaler with fixed replicas beside complete bounds", () => {
    const said = saidBy("dev", { "thunderline.web.scaling": { ...hpa, replicas: 3 } });
    expect(faultsOf(said)).toEqual([
      expect.stringMatching(/^platform:thunderline\.web\.scaling\.replicas: got 3,/),
    ]);
  });

  it.each([
    ["hpaa", '"hpaa"'],
    ["keda", '"keda"'],
    ["constructor", '"constructor"'],
    [null, "null"],
    [1, "1"],
  ])("has no option %j beside those that it names", (type, shown) => {
    expect(faultsOf(saidBy("dev", { "thunderline.web.scaling.type": type }))).toEqual([
      `platform:thunderline.web.scaling.type: got ${shown}, expected one of fixed, hpa`,
    ]);
  });

  it("is a map", () => {
    expect(faultsOf(saidBy("dev", { "thunderline.web.scaling": 3 }))).toEqual([
      "platform:thunderline.web.scaling: got 3, expected a map of settings",
    ]);
  });
});

describe("a value of the wrong type", () => {
  it.each([
    ["cluster", null, "got null, expected a map of settings"],
    ["cluster", [], "got an empty list, expected a map of settings"],
    ["thunderline", "on", 'got "on", expected a map of settings'],
    ["thunderline.web", true, "got true, expected a map of settings"],
    ["cluster.storageClasses", 3, "got 3, expected a map of settings"],
    ["thunderline.enabled", "yes", 'got "yes", expected true or false'],
    ["thunderline.enabled", 1, "got 1, expected true or false"],
    ["thunderline.app.poolSize", "10", 'got "10", expected a whole number from 1 to 200'],
    ["thunderline.app.poolSize", 1.5, "got 1.5, expected a whole number from 1 to 200"],
    ["thunderline.app.features", { a: 1 }, "got a map of a, expected a list"],
    ["thunderline.migration.command", [], "got an empty list, expected a list of at least 1"],
    [
      "thunderline.collector.exporter.verbosity",
      "loud",
      'got "loud", expected one of basic, normal, detailed',
    ],
    ["thunderline.cerebros.experiment", "", 'got "", expected the name of an MLflow experiment'],
    [
      "thunderline.cerebros.schedule",
      "daily",
      'got "daily", expected a cron expression of five fields such as "0 2 * * *"',
    ],
    ["thunderline.app.runAsUser", 0, "got 0, expected a numeric user id above 0 such as 1000"],
    [
      "thunderline.mlflow.volume.size",
      "10",
      'got "10", expected a quantity with its unit such as 512Mi or 10Gi',
    ],
    [
      "cluster.context",
      "",
      'got "", expected the kubeconfig context that this stack must be applied to',
    ],
  ])("is refused: %s as %j", (path, value, text) => {
    expect(faultsOf(saidBy("dev", { [path]: value }))).toEqual([`platform:${path}: ${text}`]);
  });

  it("is refused for an image's tag without quotes, which YAML reads as a number", () => {
    expect(faultsOf(saidBy("dev", { "thunderline.app.image": 1.1 }))).toEqual([
      "platform:thunderline.app.image: got 1.1, expected an image reference in quotes such as postgres:16.4 (a bare number loses its zeros)",
    ]);
  });

  it("is taken for CPU, of which pulumi config set makes a whole number", () => {
    const said = saidBy("dev", { "thunderline.web.resources.limits.cpu": 1 });
    expect(resolve("dev", said, given).thunderline.web.resources.limits.cpu).toBe("1");
  });
});

describe("a key that every JavaScript object has", () => {
  const names = ["__proto__", "constructor", "toString", "hasOwnProperty", "valueOf"];
  const values = ["x", { a: 1 }, { environment: "prod", replicas: 5, host: "a.b" }];
  const places = [
    "",
    "cluster.",
    "thunderline.",
    "thunderline.web.",
    "thunderline.web.scaling.",
    "thunderline.postgres.password.",
  ];

  it.each(places.flatMap((place) => names.map((name) => `${place}${name}`)))(
    "is unknown like any other: %s",
    (path) => {
      for (const value of values) {
        const faults = faultsOf(saidBy("dev", { [path]: value }));
        expect(faults).toEqual([
          expect.stringContaining(`there is no setting ${String(path.split(".").at(-1))} here`),
        ]);
        expect(faults[0]).toMatch(new RegExp(`^platform:${path.replaceAll(".", "\\.")}: got `));
      }
    },
  );

  it("is refused where it stands inside a switched union", () => {
    const scaling = { type: "hpa", minReplicas: 1, maxReplicas: 2, cpuPercent: 70, constructor: 1 };
    expect(faultsOf(saidBy("dev", { "thunderline.web.scaling": scaling }))).toEqual([
      expect.stringMatching(/^platform:thunderline\.web\.scaling\.constructor: got 1,/),
    ]);
  });

  it.each(["constructor", "valueof"])("is no ingress class: %s", (className) => {
    expect(faultsOf(saidBy("staging", { "thunderline.web.ingress.className": className }))).toEqual(
      [
        `platform:thunderline.web.ingress.className: got "${className}", expected one of nginx, traefik; or declare it under platform:cluster.ingressClasses`,
      ],
    );
  });

  it("is no host with known addresses", () => {
    const cerebros = { type: "external", url: "http://constructor/" };
    expect(faultsOf(saidBy("dev", { "thunderline.cerebros": cerebros }))).toHaveLength(1);
  });

  it("may be the name of an ingress class", () => {
    const said = saidBy("staging", {
      "cluster.ingressClasses.constructor": { controller: "nginx", namespace: "ingress" },
      "thunderline.web.ingress.className": "constructor",
    });
    expect(faultsOf(said)).toEqual([]);
  });
});

describe("a value that nobody expects", () => {
  it("is shown on one line, in characters that a terminal does not act on", () => {
    const [fault] = faultsOf(saidBy("dev", { "thunderline.app.image": "\u001b[31m\n\u202ex" }));
    expect(fault).toContain(String.raw`got "\u001b[31m\n\u202ex",`);
  });

  it("is cut where it is huge", () => {
    const [fault] = faultsOf(saidBy("dev", { "thunderline.app.image": "A".repeat(1_000_000) }));
    expect(fault?.length).toBeLessThan(250);
  });

  it("is cut where it is a huge key", () => {
    const [fault] = faultsOf(saidBy("dev", { [`thunderline.${"k".repeat(10_000)}`]: 1 }));
    expect(fault?.length).toBeLessThan(500);
  });

  it("may be nested deeper than any program can follow", () => {
    let value: unknown = 1;
    for (let depth = 0; depth < 50_000; depth += 1) value = { a: value };
    expect(faultsOf({ ...saidBy("dev"), other: value })).toHaveLength(1);
    expect(faultsOf({ ...saidBy("dev"), thunderline: { app: { image: value } } })).toHaveLength(1);
  });
});
