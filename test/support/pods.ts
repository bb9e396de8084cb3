import { type Container, type EnvVar, type Loose, type PodTemplate, titleOf } from "./manifests";
import type { Registered } from "./recorder";
import type { Synthesis } from "./synth";

/** A controller with its pods, whichever kind it is. */
export interface Controller {
  readonly resource: Registered;
  /** `Kind/name`. */
  readonly title: string;
  readonly name: string;
  readonly namespace: string;
  readonly selector: Labels | undefined;
  readonly template: PodTemplate;
  readonly labels: Labels;
  readonly containers: readonly Container[];
  /** The most pods that can be there at once, a roll-out's surge included. */
  readonly most: number;
}

type Labels = Readonly<Record<string, string>>;

type Spec = Loose<{
  replicas: number;
  selector: { matchLabels: Labels };
  strategy: { rollingUpdate: { maxSurge: number } };
  template: PodTemplate;
  jobTemplate: { spec: { template: PodTemplate } };
}>;

const kinds = ["Deployment", "StatefulSet", "Job", "CronJob"] as const;

/** Everything that makes pods. */
export function controllers(synthesis: Synthesis<unknown>): Controller[] {
  return kinds.flatMap((kind) =>
    synthesis.objects(kind).map((object) => {
      const { name, namespace } = object.metadata;
      const spec = object.spec as Spec;
      const template = spec.template ?? spec.jobTemplate?.spec?.template ?? {};
      const title = `${kind}/${name}`;
      return {
        resource: synthesis.resource(title),
        title,
        name,
        namespace,
        selector: spec.selector?.matchLabels,
        template,
        labels: template.metadata?.labels ?? {},
        containers: [
          ...(template.spec?.initContainers ?? []),
          ...(template.spec?.containers ?? []),
        ],
        most: replicas(synthesis, name, spec) + (spec.strategy?.rollingUpdate?.maxSurge ?? 0),
      };
    }),
  );
}

/** A Job has no number and runs one pod; an autoscaler's highest number counts instead of none. */
function replicas(synthesis: Synthesis<unknown>, name: string, spec: Spec): number {
  if (spec.replicas !== undefined) return spec.replicas;
  const scaler = synthesis.resources.find((resource) =>
    [`HorizontalPodAutoscaler/${name}`, `ScaledObject/${name}`].includes(titleOf(resource)),
  );
  const bounds = scaler?.inputs.spec as { maxReplicas?: number; maxReplicaCount?: number };
  return scaler === undefined ? 1 : (bounds.maxReplicas ?? bounds.maxReplicaCount ?? 1);
}

/** The variables of a controller's only container that runs, each as it is shown: text, `secret NAME/KEY`, or `field PATH`. */
export function envOf(synthesis: Synthesis<unknown>, title: string): Record<string, string> {
  const controller = controllers(synthesis).find((one) => one.title === title);
  if (controller === undefined) throw new Error(`nothing that makes pods is called ${title}`);
  const [container] = controller.template.spec?.containers ?? [];
  return Object.fromEntries(
    (container?.env ?? []).map((entry) => [entry.name ?? "", shown(entry)]),
  );
}

function shown({ value, valueFrom }: EnvVar): string {
  const { secretKeyRef, fieldRef } = valueFrom ?? {};
  if (secretKeyRef !== undefined) {
    return `secret ${secretKeyRef.name ?? ""}/${secretKeyRef.key ?? ""}`;
  }
  return fieldRef === undefined ? (value ?? "") : `field ${fieldRef.fieldPath ?? ""}`;
}

/** Whether every label that a selector asks for is there. An empty selector selects everything. */
export function selects(selector: Labels | undefined, labels: Labels): boolean {
  return Object.entries(selector ?? {}).every(([key, value]) => labels[key] === value);
}
