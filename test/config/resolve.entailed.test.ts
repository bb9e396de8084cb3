/** Where one setting is at fault, nobody is told what would only follow from that. */
import { faultsOf, saidBy } from "./support";

const tls = { from: "secret", secretName: "tls" };
const open = { enabled: true, host: "a.example.com", tls };
const existing = { from: "existing", secretName: "theirs", key: "key" };

it.each([
  [
    "the measure of an autoscaler is misspelt: there is none",
    { "thunderline.web.scaling": { type: "hpa", minReplicas: 1, maxReplicas: 2, cpuPercnt: 70 } },
  ],
  [
    "a limit of CPU is none: the request is above it",
    { "thunderline.web.resources": { requests: { cpu: "2" }, limits: { cpu: "two" } } },
  ],
  [
    "a limit of memory is none: the request is above it",
    { "thunderline.web.resources": { requests: { memory: "2Gi" }, limits: { memory: "4" } } },
  ],
  [
    "a host is misspelt: it is missing",
    { "thunderline.web.ingress": { enabled: true, hosst: "a.example.com", tls } },
  ],
  [
    "an ingress class is at fault: it is not offered",
    {
      "cluster.ingressClasses.nginx": { controller: "ngins", namespace: "ingress" },
      "thunderline.web.ingress": { ...open, className: "nginx" },
    },
  ],
  [
    "an ingress class has no such controller: it does not know an annotation",
    {
      "cluster.ingressClasses.traefik.controller": "ngins",
      "thunderline.web.ingress": {
        ...open,
        annotations: { "nginx.ingress.kubernetes.io/proxy-body-size": "1" },
      },
    },
  ],
  [
    "the class of an ingress is no name: its controller does not know a limit",
    { "thunderline.web.ingress": { ...open, className: "A_B", requestsPerSecond: 5 } },
  ],
  [
    "nobody knows whether there is cert-manager: there is none",
    {
      "cluster.capabilities.certManager": "yes",
      "thunderline.web.ingress": { ...open, tls: { from: "issuer", clusterIssuer: "letsencrypt" } },
    },
  ],
  [
    "nobody knows whether there is KEDA: there is none",
    {
      "cluster.capabilities.keda": "yes",
      "thunderline.worker.scaling": {
        type: "keda",
        minReplicas: 0,
        maxReplicas: 2,
        jobsPerReplica: 1,
      },
    },
  ],
  [
    "a storage class is at fault: the default is not offered",
    { "cluster.storageClasses.fast": { accessModes: [] }, "cluster.defaultStorageClass": "fast" },
  ],
  [
    "an external database is at fault: it is missing",
    { "thunderline.postgres": { mode: "external", external: { host: "UP", password: existing } } },
  ],
  [
    "the addresses of an external database are at fault: they are missing",
    {
      'cluster.externalCidrs["db.example.com"]': ["10.0.0.1"],
      "thunderline.postgres": {
        mode: "external",
        external: { host: "db.example.com", password: existing },
      },
    },
  ],
])("dev: %s", (_what, changes) => {
  expect(faultsOf(saidBy("dev", changes))).toHaveLength(1);
});

it.each([
  [
    "the bound of an autoscaler is none: the other is beyond it",
    { "thunderline.web.scaling": { minReplicas: 5, maxReplicas: "x" } },
  ],
  [
    "nobody knows whether there is an ingress: it lacks a host",
    { "thunderline.web.ingress.enabled": "no", "thunderline.web.ingress.host": undefined },
  ],
  [
    "nobody knows whether there is an ingress: it lacks TLS",
    { "thunderline.livebook.ingress.enabled": "no", "thunderline.livebook.ingress.tls": undefined },
  ],
  [
    "nobody knows whether there is an ingress: the host is said twice",
    { "thunderline.web.ingress.enabled": "no", "thunderline.web.host": "a.example.com" },
  ],
  [
    "nobody knows whether livebook is there: it lacks TLS",
    { "thunderline.livebook.enabled": "no", "thunderline.livebook.ingress.tls": undefined },
  ],
])("prod: %s", (_what, changes) => {
  expect(faultsOf(saidBy("prod", changes))).toHaveLength(1);
});
