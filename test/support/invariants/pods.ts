import type { Container, EnvVar } from "../manifests";
import { type Controller, controllers, selects } from "../pods";
import type { Synthesis } from "../synth";

/** Whatever an invariant finds wrong, one sentence each. */
export type Violations = string[];

export function unsized(synthesis: Synthesis<unknown>): Violations {
  return perContainer(synthesis, ({ resources }) =>
    (["requests", "limits"] as const).flatMap((bound) =>
      ["cpu", "memory"]
        .filter((amount) => resources?.[bound]?.[amount] === undefined)
        .map((amount) => `has no ${bound}.${amount}`),
    ),
  );
}

export function unrestricted(synthesis: Synthesis<unknown>): Violations {
  const pods = perController(synthesis, ({ template }) => {
    const { securityContext, hostNetwork, hostPID, hostIPC } = template.spec ?? {};
    const user = securityContext?.runAsUser ?? 0;
    return [
      ...unless(securityContext?.runAsNonRoot === true, "may run as root"),
      ...unless(user > 0, "has no number for its user"),
      ...unless(securityContext?.seccompProfile?.type === "RuntimeDefault", "has no seccomp"),
      ...unless(!(hostNetwork ?? hostPID ?? hostIPC ?? false), "shares its host's namespaces"),
    ];
  });
  const containers = perContainer(synthesis, ({ securityContext }) => [
    ...unless(securityContext?.allowPrivilegeEscalation === false, "may gain privileges"),
    ...unless(securityContext?.readOnlyRootFilesystem === true, "may write anywhere"),
    ...unless(securityContext?.capabilities?.drop?.includes("ALL") === true, "keeps capabilities"),
    ...unless(securityContext?.privileged !== true, "is privileged"),
  ]);
  return [...pods, ...containers];
}

export function disordered(synthesis: Synthesis<unknown>): Violations {
  return perContainer(synthesis, ({ env = [] }) => {
    const keys = env.map((entry) => `${isTemplate(entry) ? "1" : "0"} ${entry.name ?? ""}`);
    const sorted = [...new Set(keys)].sort();
    return unless(keys.join() === sorted.join(), `has its variables as ${keys.join()}`);
  });
}

export function unresolvedTemplates(synthesis: Synthesis<unknown>): Violations {
  return perContainer(synthesis, ({ env = [] }) =>
    env.flatMap((entry, index) => {
      const before = env.slice(0, index).map(({ name }) => name);
      return references(entry)
        .filter((name) => !before.includes(name))
        .map((name) => `has ${entry.name ?? ""} refer to ${name}, which is not set before it`);
    }),
  );
}

export function looseSelectors(synthesis: Synthesis<unknown>): Violations {
  const all = controllers(synthesis);
  return all.flatMap(({ title, selector, labels }) => {
    if (selector === undefined) return [];
    const others = all.filter((other) => other.title !== title && selects(selector, other.labels));
    return [
      ...unless(selects(selector, labels), `${title} does not select its own pods`),
      ...others.map((other) => `${title} selects the pods of ${other.title} too`),
    ];
  });
}

/** Servers are asked whether they have started, are ready and live; what ends by itself is not. */
export function unprobedServers(synthesis: Synthesis<unknown>): Violations {
  return perContainer(synthesis, (container, { title }) => {
    const asked = [container.startupProbe, container.readinessProbe, container.livenessProbe];
    const missing = asked.filter((probe) => probe === undefined).length;
    const ends = title.startsWith("Job/") || title.startsWith("CronJob/");
    return unless(missing === (ends ? 3 : 0), `has ${String(3 - missing)} of three probes`);
  });
}

/** A variable that sounds like a secret is read from a Secret, made of one, or a mere switch or figure. */
export function literalSecrets(synthesis: Synthesis<unknown>): Violations {
  return perContainer(synthesis, ({ env = [] }) =>
    env
      .filter(({ name = "" }) => /PASSWORD|SECRET|TOKEN|COOKIE|(_|^)KEY|CREDENTIAL/.test(name))
      .filter((entry) => entry.value !== undefined && !isTemplate(entry))
      .filter(({ value = "" }) => !/^(true|false|\d{1,6})$/.test(value))
      .map(({ name = "" }) => `has ${name} in clear`),
  );
}

/**
 * A volume for one node belongs to one kind of pod, and to jobs that run on that pod's node. Pods of
 * several kinds may share one that is for many.
 */
export function sharedClaims(synthesis: Synthesis<unknown>): Violations {
  const forMany = synthesis
    .objects("PersistentVolumeClaim")
    .filter(({ spec }) => spec.accessModes.includes("ReadWriteMany"))
    .map(({ metadata }) => metadata.name);
  const mounting = controllers(synthesis).map((controller) => ({
    controller,
    claims: (controller.template.spec?.volumes ?? []).flatMap(
      ({ persistentVolumeClaim }) => persistentVolumeClaim?.claimName ?? [],
    ),
  }));
  const claims = mounting.flatMap(({ controller, claims: own }) =>
    own.filter(
      (claim) =>
        !mounting.some(
          (other) => other.claims.includes(claim) && runsBeside(controller, other.controller),
        ),
    ),
  );
  return claims
    .filter((claim, index) => claims.indexOf(claim) !== index && !forMany.includes(claim))
    .map((claim) => `${claim} is mounted by several`);
}

/** Whether pods of one kind are scheduled where those of another are, and nowhere else. */
function runsBeside({ template }: Controller, { labels }: Controller): boolean {
  const terms =
    template.spec?.affinity?.podAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
  return terms.some(
    ({ topologyKey, labelSelector }) =>
      topologyKey === "kubernetes.io/hostname" &&
      (labelSelector?.matchExpressions ?? []).every(
        ({ key = "", operator, values = [] }) =>
          operator === "In" && values.includes(labels[key] ?? ""),
      ),
  );
}

/** Variables that a value refers to; an escaped dollar sign refers to none. */
function references({ value = "" }: EnvVar): string[] {
  return [...value.matchAll(/\$\$|\$\(([^)]+)\)/g)].flatMap(([, name]) => name ?? []);
}

function isTemplate(entry: EnvVar): boolean {
  return references(entry).length > 0;
}

function perController(
  synthesis: Synthesis<unknown>,
  check: (controller: Controller) => string[],
): Violations {
  return controllers(synthesis).flatMap((controller) =>
    check(controller).map((what) => `${controller.title} ${what}`),
  );
}

function perContainer(
  synthesis: Synthesis<unknown>,
  check: (container: Container, controller: Controller) => string[],
): Violations {
  return perController(synthesis, (controller) => [
    ...unless(controller.containers.length > 0, "has no container"),
    ...controller.containers.flatMap((container) => check(container, controller)),
  ]);
}

export function unless(holds: boolean, violation: string): Violations {
  return holds ? [] : [violation];
}
