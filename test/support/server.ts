import { execProbe, sameProbe } from "../../components/kubernetes/probe";
import type { WorkloadArgs } from "../../components/kubernetes/workload";
import { testScope } from "./scope";

export const resources = {
  requests: { cpu: "100m", memory: "128Mi" },
  limits: { cpu: "500m", memory: "256Mi" },
};

/** The backup of a store of whose backup a test says nothing. */
export const noBackup = {
  method: "none",
  reason: "another test looks at it",
  claim: { volume: { size: "1Gi" }, data: "discard" },
} as const;

/** A server that has all a workload needs and nothing more, with `args` on top. */
export function server(args: Partial<WorkloadArgs> = {}): WorkloadArgs {
  return {
    scope: testScope(),
    name: "web",
    description: "A server under test",
    image: "docker.io/acme/web:1.0.0",
    runAsUser: 1000,
    resources,
    ports: { http: 8080 },
    probes: sameProbe((timing) => execProbe(["true"], timing), 30),
    ...args,
  };
}
