import { titleOf } from "../manifests";
import { type Controller, controllers, selects } from "../pods";
import type { Synthesis } from "../synth";
import { unless, type Violations } from "./pods";

/** What a pod reads, mounts or runs as exists, and the pod waits for it. `foreign` Secrets and claims are somebody else's. */
export function danglingPods(
  synthesis: Synthesis<unknown>,
  foreign: readonly string[] = [],
): Violations {
  return controllers(synthesis).flatMap((controller) => {
    const waits = controller.resource.dependsOn
      .filter((one) => synthesis.resources.includes(one))
      .map(titleOf);
    const others = [...foreign, ...issued(synthesis)];
    return needs(controller)
      .filter(({ title }) => !others.some((name) => title === `Secret/${name}`))
      .filter(({ title }) => !foreign.some((name) => title === `PersistentVolumeClaim/${name}`))
      .flatMap(({ title, key }) => [
        ...unless(has(synthesis, title), `${controller.title} needs ${title}, which is not there`),
        ...unless(waits.includes(title), `${controller.title} does not wait for ${title}`),
        ...unless(
          key === undefined || keysOf(synthesis, title).includes(key),
          `${controller.title} reads ${title}, which has no ${key ?? ""}`,
        ),
      ]);
  });
}

/** A pod that starts before its ways are open fails at its first connection. */
export function earlyPods(synthesis: Synthesis<unknown>): Violations {
  return controllers(synthesis).flatMap(({ title, resource }) =>
    synthesis.resources
      .filter(
        ({ type, parent }) => /:(NetworkPolicy|Service)$/.test(type) && parent === resource.parent,
      )
      // What opens a way to the pod after it is there, such as its autoscaler's, waits for the pod.
      .filter(({ dependsOn }) => !dependsOn.includes(resource))
      .filter((way) => !resource.dependsOn.includes(way))
      .map((way) => `${title} does not wait for ${titleOf(way)}`),
  );
}

/** Services, probes, ingresses, budgets, scalers and monitors name something that exists. */
export function danglingObjects(
  synthesis: Synthesis<unknown>,
  foreign: readonly string[] = [],
): Violations {
  return [
    ...services(synthesis),
    ...probes(synthesis),
    ...ingresses(synthesis),
    ...budgets(synthesis),
    ...scalers(synthesis, foreign),
    ...monitors(synthesis),
  ];
}

interface Need {
  readonly title: string;
  readonly key?: string | undefined;
}

function needs({ template, containers }: Controller): Need[] {
  const { serviceAccountName = "", volumes = [], imagePullSecrets = [] } = template.spec ?? {};
  const hasToken = template.spec?.automountServiceAccountToken === true;
  return [
    { title: `ServiceAccount/${serviceAccountName}` },
    ...(hasToken ? ["Role", "RoleBinding"] : []).map((kind) => ({
      title: `${kind}/${serviceAccountName}`,
    })),
    ...imagePullSecrets.map(({ name = "" }) => ({ title: `Secret/${name}` })),
    ...volumes.flatMap(({ persistentVolumeClaim, configMap, secret }) => [
      ...named("PersistentVolumeClaim", persistentVolumeClaim?.claimName),
      ...named("ConfigMap", configMap?.name),
      ...named("Secret", secret?.secretName),
    ]),
    ...containers.flatMap(({ env = [] }) =>
      env.flatMap(({ valueFrom }) => [
        ...named("Secret", valueFrom?.secretKeyRef?.name, valueFrom?.secretKeyRef?.key),
        ...named("ConfigMap", valueFrom?.configMapKeyRef?.name, valueFrom?.configMapKeyRef?.key),
      ]),
    ),
  ];
}

function named(kind: string, name: string | undefined, key?: string): Need[] {
  return name === undefined ? [] : [{ title: `${kind}/${name}`, key }];
}

/** The Secrets that cert-manager makes; Kubernetes holds a pod back until one is there. */
function issued(synthesis: Synthesis<unknown>): string[] {
  return synthesis.objects("Certificate").map(({ spec }) => String(spec.secretName));
}

function has(synthesis: Synthesis<unknown>, title: string): boolean {
  return synthesis.resources.some((resource) => titleOf(resource) === title);
}

function keysOf(synthesis: Synthesis<unknown>, title: string): string[] {
  if (!has(synthesis, title)) return [];
  const { stringData = {}, data = {} } = synthesis.resource(title).inputs;
  return Object.keys({ ...(stringData as object), ...(data as object) });
}

function services(synthesis: Synthesis<unknown>): Violations {
  const all = controllers(synthesis);
  return synthesis.objects("Service").flatMap(({ metadata, spec }) => {
    const behind = all.filter(({ labels }) => selects(spec.selector, labels));
    const open = behind.flatMap(({ containers }) => portNames(containers));
    return [
      ...unless(
        behind.length === 1,
        `Service/${metadata.name} has ${String(behind.length)} kinds of pods`,
      ),
      ...spec.ports
        .map(({ targetPort }) => targetPort as string | number | undefined)
        .filter((port) => typeof port === "string")
        .flatMap((port) =>
          unless(
            open.includes(port),
            `Service/${metadata.name} leads to ${port}, which no pod opens`,
          ),
        ),
    ];
  });
}

function probes(synthesis: Synthesis<unknown>): Violations {
  return controllers(synthesis).flatMap(({ title, containers }) =>
    containers.flatMap((container) =>
      [container.startupProbe, container.readinessProbe, container.livenessProbe]
        .map((probe) => probe?.httpGet?.port)
        .filter((port) => typeof port === "string")
        .flatMap((port) =>
          unless(
            portNames([container]).includes(port),
            `${title} probes ${port}, which it has not`,
          ),
        ),
    ),
  );
}

function portNames(containers: Controller["containers"]): string[] {
  return containers.flatMap(({ ports = [] }) => ports.map(({ name = "" }) => name));
}

function ingresses(synthesis: Synthesis<unknown>): Violations {
  return synthesis.objects("Ingress").flatMap(({ metadata, spec }) =>
    spec.rules
      .flatMap(({ http }) => http.paths)
      .flatMap(({ backend: { service } }) => {
        const offered = synthesis
          .objects("Service")
          .filter((one) => one.metadata.name === service.name)
          .flatMap((one) => one.spec.ports.map(({ port }) => port));
        return unless(
          offered.includes(service.port.number),
          `Ingress/${metadata.name} leads to ${service.name}:${String(service.port.number)}, which nobody serves`,
        );
      }),
  );
}

function budgets(synthesis: Synthesis<unknown>): Violations {
  const all = controllers(synthesis);
  return synthesis.objects("PodDisruptionBudget").flatMap(({ metadata, spec }) => {
    const guarded = all.filter(({ labels }) => selects(spec.selector.matchLabels, labels));
    return unless(
      guarded.map(({ name }) => name).join() === metadata.name,
      `PodDisruptionBudget/${metadata.name} guards ${guarded.map(({ title }) => title).join()}`,
    );
  });
}

function scalers(synthesis: Synthesis<unknown>, foreign: readonly string[]): Violations {
  interface Target {
    readonly scaleTargetRef: { readonly kind: string; readonly name: string };
    readonly triggers?: readonly { readonly authenticationRef: { readonly name: string } }[];
  }
  const scaling = (["HorizontalPodAutoscaler", "ScaledObject"] as const).flatMap((kind) =>
    synthesis.objects(kind).flatMap(({ metadata, spec }) => {
      const { scaleTargetRef, triggers = [] } = spec as unknown as Target;
      return [
        `${scaleTargetRef.kind}/${scaleTargetRef.name}`,
        ...triggers.map(
          ({ authenticationRef }) => `TriggerAuthentication/${authenticationRef.name}`,
        ),
      ].flatMap((title) =>
        unless(
          has(synthesis, title),
          `${kind}/${metadata.name} needs ${title}, which is not there`,
        ),
      );
    }),
  );
  const credentials = synthesis
    .objects("TriggerAuthentication")
    .flatMap(({ metadata, spec }) =>
      (spec.secretTargetRef as { name: string; key: string }[])
        .filter(({ name }) => !foreign.includes(name))
        .flatMap(({ name, key }) =>
          unless(
            keysOf(synthesis, `Secret/${name}`).includes(key),
            `TriggerAuthentication/${metadata.name} needs ${name}/${key}, which is not there`,
          ),
        ),
    );
  return [...scaling, ...credentials];
}

function monitors(synthesis: Synthesis<unknown>): Violations {
  return [...serviceMonitors(synthesis), ...podMonitors(synthesis)];
}

function podMonitors(synthesis: Synthesis<unknown>): Violations {
  return synthesis.objects("PodMonitor").flatMap(({ metadata, spec }) => {
    const { selector, podMetricsEndpoints } = spec as {
      selector: { matchLabels: Record<string, string> };
      podMetricsEndpoints: { port: string }[];
    };
    const open = controllers(synthesis)
      .filter(({ labels }) => selects(selector.matchLabels, labels))
      .flatMap(({ containers }) => portNames(containers));
    return podMetricsEndpoints.flatMap(({ port }) =>
      unless(
        open.filter((name) => name === port).length === 1,
        `PodMonitor/${metadata.name} reads ${port}, which not exactly one kind of pod opens`,
      ),
    );
  });
}

function serviceMonitors(synthesis: Synthesis<unknown>): Violations {
  return synthesis.objects("ServiceMonitor").flatMap(({ metadata, spec }) => {
    const { selector, endpoints } = spec as {
      selector: { matchLabels: Record<string, string> };
      endpoints: { port: string }[];
    };
    const offered = synthesis
      .objects("Service")
      .filter((service) => selects(selector.matchLabels, service.metadata.labels))
      .flatMap((service) => service.spec.ports.map(({ name }) => name));
    return endpoints.flatMap(({ port }) =>
      unless(
        offered.filter((name) => name === port).length === 1,
        `ServiceMonitor/${metadata.name} reads ${port}, which not exactly one Service offers`,
      ),
    );
  });
}
