import { failed, type Finding, passed } from "../../preflight/model";
import type { Workload } from "../objects";
import { ask, excerpt, type Site } from "./http";

/** A path that the kubelet asks of a pod. */
export interface HealthPath {
  readonly container: string;
  readonly port: number;
  readonly path: string;
}

/** The paths of a workload's readiness and liveness, each once. */
export function healthPathsOf({ spec }: Workload): readonly HealthPath[] {
  const paths = (spec?.template.spec?.containers ?? []).flatMap((container) =>
    [container.readinessProbe, container.livenessProbe].flatMap((probe) => {
      const asked = probe?.httpGet;
      if (asked === undefined) return [];
      const named = asked.port;
      const port =
        typeof named === "number"
          ? named
          : container.ports?.find(({ name }) => name === named)?.containerPort;
      return port === undefined
        ? []
        : [{ container: container.name, port, path: asked.path ?? "/" }];
    }),
  );
  return [...new Map(paths.map((one) => [`${one.port}${one.path}`, one])).values()];
}

/** What the kubelet takes for well: any status from 200 to 399. */
export async function probeHealth(site: Site, pod: string, path: string): Promise<Finding> {
  const subject = `${pod}${path}`;
  const { status, ms, body } = await ask(site, { path });
  if (status >= 200 && status < 400) return passed(subject, `${status} in ${ms} ms`);
  return failed(subject, `answered with ${status}: ${excerpt(body)}`, site.logs);
}
