import { shortHash } from "./hash";

/** Labels by the Kubernetes recommendation. */
export type Labels = Readonly<Record<string, string>>;

/** What the labels say of an object's surroundings. */
export interface Belonging {
  /** The kind of system: `thunderline`. */
  readonly system: string;
  /** The one system of that kind that this is: two may stand side by side. */
  readonly instance: string;
  /** The role in the system, where a part of it has one: `database`. */
  readonly component?: string;
}

const prefix = "app.kubernetes.io";

/** The label that tells the workloads of a namespace apart. */
export const nameLabel = `${prefix}/name`;

/** The labels that select a component's pods. They are part of its identity and never change. */
export function selectorLabels({ system }: Belonging, name: string): Labels {
  return { [nameLabel]: name, [`${prefix}/part-of`]: system };
}

/** The labels of a pod that ends by itself. A Job's template cannot change, so they never do either. */
export function runLabels(belonging: Belonging, name: string): Labels {
  return { ...selectorLabels(belonging, name), [`${prefix}/managed-by`]: "pulumi" };
}

/** The labels that every object carries; what runs an image has its version too. */
export function objectLabels(belonging: Belonging, name: string, image?: string): Labels {
  const { instance, component } = belonging;
  return {
    ...runLabels(belonging, name),
    [`${prefix}/instance`]: instance,
    ...(component === undefined ? {} : { [`${prefix}/component`]: component }),
    ...(image === undefined ? {} : { [`${prefix}/version`]: versionOf(image) }),
  };
}

/** An image's tag, or the start of its digest, as far as a label can hold it. */
function versionOf(image: string): string {
  const [name = "", digest] = image.split("@sha256:");
  const tag = /:([^:/]+)$/.exec(name)?.[1];
  if (tag === undefined) return (digest ?? "unknown").slice(0, 12);
  return /^[A-Za-z0-9]([-._A-Za-z0-9]{0,61}[A-Za-z0-9])?$/.test(tag) ? tag : shortHash(tag);
}
