/** The rules of the building blocks, which hold wherever one of them stands in the settings. */
import { faultsOf, type Said, saidBy } from "./support";

const nginx = {
  "cluster.ingressClasses.public": { controller: "nginx", namespace: "ingress-nginx" },
};

describe("resources", () => {
  it.each([
    ["cpu", "2", "1000m"],
    ["memory", "2Gi", "1Gi"],
  ])("request no more %s than their limit", (kind, request, limit) => {
    const path = `thunderline.web.resources.requests.${kind}`;
    expect(faultsOf(saidBy("dev", { [path]: request }))).toEqual([
      `platform:${path}: got "${request}", expected at most the limit, ${limit}`,
    ]);
  });

  it("may request as much as their limit, however it is written", () => {
    const changes = {
      "thunderline.web.resources.requests": { cpu: 1, memory: "1024Mi" },
      "thunderline.web.resources.limits": { cpu: "1000m", memory: "1Gi" },
    };
    expect(faultsOf(saidBy("dev", changes))).toEqual([]);
  });

  it.each([
    "thunderline.web.resources",
    "thunderline.worker.resources",
    "thunderline.migration.resources",
    "thunderline.mlflow.resources",
    "thunderline.collector.resources",
    "thunderline.cerebros.resources",
    "thunderline.livebook.resources",
    "thunderline.postgres.resources",
    "thunderline.postgres.setup.resources",
    "thunderline.objectStore.resources",
    "thunderline.objectStore.setup.resources",
  ])("are checked at %s", (path) => {
    expect(faultsOf(saidBy("dev", { [`${path}.requests.cpu`]: "99" }))).toEqual([
      expect.stringContaining(`platform:${path}.requests.cpu: got "99"`),
    ]);
  });
});

describe("scaling", () => {
  it("has no more replicas at least than at most", () => {
    const changes = { "thunderline.web.scaling.minReplicas": 5 };
    expect(faultsOf(saidBy("prod", changes))).toEqual([
      "platform:thunderline.web.scaling.minReplicas: got 5, expected at most maxReplicas, 4",
    ]);
  });

  it("may have as many at least as at most", () => {
    expect(faultsOf(saidBy("prod", { "thunderline.web.scaling.minReplicas": 4 }))).toEqual([]);
  });

  it("by an autoscaler goes by CPU, memory or both", () => {
    const scaling = { type: "hpa", minReplicas: 1, maxReplicas: 2 };
    expect(faultsOf(saidBy("dev", { "thunderline.web.scaling": scaling }))).toEqual([
      "platform:thunderline.web.scaling: nothing is set, expected cpuPercent, memoryPercent or both; an autoscaler needs something to go by",
    ]);
  });

  const keda = { type: "keda", minReplicas: 0, maxReplicas: 4, jobsPerReplica: 10 };

  it("by KEDA needs a cluster that has it", () => {
    expect(faultsOf(saidBy("dev", { "thunderline.worker.scaling": keda }))).toEqual([
      'platform:thunderline.worker.scaling.type: got "keda", expected fixed or hpa; install KEDA and set platform:cluster.capabilities.keda to true',
    ]);
  });

  it("by KEDA is taken where the cluster has it", () => {
    expect(faultsOf(saidBy("prod", { "thunderline.worker.scaling": keda }))).toEqual([]);
  });

  it("by KEDA is not for a workload without a queue", () => {
    expect(faultsOf(saidBy("prod", { "thunderline.web.scaling": keda }))).toEqual([
      'platform:thunderline.web.scaling.type: got "keda", expected one of fixed, hpa',
    ]);
  });
});

describe("an ingress", () => {
  const open = {
    enabled: true,
    host: "web.example.com",
    tls: { from: "secret", secretName: "tls" },
  };

  function web(ingress: Said, more: Said = {}): string[] {
    return faultsOf(saidBy("dev", { ...more, "thunderline.web.ingress": ingress }));
  }

  it("has a host", () => {
    expect(web({ enabled: true })).toEqual([
      "platform:thunderline.web.ingress.host: nothing is set, expected a host name, because the ingress is enabled",
    ]);
  });

  it("needs nothing while it is not enabled", () => {
    expect(
      web({ enabled: false, className: "none", tls: { from: "issuer", clusterIssuer: "x" } }),
    ).toEqual([]);
  });

  it("needs nothing while its part is switched off", () => {
    const changes = {
      "thunderline.livebook.enabled": false,
      "thunderline.livebook.ingress.host": undefined,
    };
    expect(faultsOf(saidBy("prod", changes))).toEqual([]);
  });

  it("needs nothing while its system is switched off", () => {
    const changes = { "thunderline.enabled": false, "thunderline.web.ingress.className": "none" };
    expect(faultsOf(saidBy("prod", changes))).toEqual([]);
  });

  it("has a class that the cluster offers", () => {
    expect(web({ ...open, className: "traefk" })).toEqual([
      'platform:thunderline.web.ingress.className: got "traefk", expected one of nginx, traefik; did you mean traefik?',
    ]);
  });

  it("has its certificates from an issuer only where there is cert-manager", () => {
    expect(web({ ...open, tls: { from: "issuer", clusterIssuer: "letsencrypt" } })).toEqual([
      'platform:thunderline.web.ingress.tls.from: got "issuer", expected secret; install cert-manager and set platform:cluster.capabilities.certManager to true',
    ]);
  });

  it.each([
    ["traefik", "traefik", "nginx.ingress.kubernetes.io/proxy-body-size", "got"],
    ["nginx", "public", "traefik.ingress.kubernetes.io/router.priority", "got"],
  ])("under %s has no annotation of the other controller", (controller, className, annotation) => {
    expect(web({ ...open, className, annotations: { [annotation]: "1" } }, nginx)).toEqual([
      `platform:thunderline.web.ingress.annotations["${annotation}"]: got "1", expected an annotation that ${controller} understands; class ${className} is served by ${controller}`,
    ]);
  });

  it.each([
    ["public", "nginx.ingress.kubernetes.io/proxy-body-size"],
    ["traefik", "traefik.ingress.kubernetes.io/router.priority"],
    ["traefik", "example.com/owner"],
  ])("of class %s may have the annotation %s", (className, annotation) => {
    expect(web({ ...open, className, annotations: { [annotation]: "1" } }, nginx)).toEqual([]);
  });

  it.each(["staging", "prod"] as const)("has a certificate in %s", (environment) => {
    const changes = { "faultmaven.ingress.tls": undefined };
    expect(faultsOf(saidBy(environment, changes))).toContain(
      `platform:faultmaven.ingress.tls: nothing is set, expected an issuer or a secret, because ${environment} is reached over TLS alone`,
    );
  });

  it("has no annotation that excepts it from the rules of the policy pack", () => {
    const annotations = { "policy.platform/ingress-tls": "nobody needs it here" };
    expect(web({ ...open, annotations })).toEqual([
      expect.stringContaining("expected no policy.platform/ annotations"),
    ]);
  });

  it("has annotations of text", () => {
    expect(web({ ...open, annotations: { "example.com/size": 8 } })).toEqual([
      'platform:thunderline.web.ingress.annotations["example.com/size"]: got 8, expected text',
    ]);
  });

  it("limits its rate under nginx", () => {
    expect(web({ ...open, className: "public", requestsPerSecond: 10 }, nginx)).toEqual([]);
  });

  it("does not limit its rate under traefik", () => {
    expect(web({ ...open, requestsPerSecond: 10 })).toEqual([
      "platform:thunderline.web.ingress.requestsPerSecond: got 10, expected nothing under traefik, which limits rates by a Middleware of its own; remove it or choose a class that nginx serves",
    ]);
  });
});
