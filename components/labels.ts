/** Labels by the Kubernetes recommendation. */
export type Labels = Readonly<Record<string, string>>;

/** The labels that select a component's pods. They are part of its identity and never change. */
export function selectorLabels(system: string, name: string): Labels {
  return { "app.kubernetes.io/name": name, "app.kubernetes.io/part-of": system };
}

/** The labels that every object carries. */
export function objectLabels(system: string, name: string): Labels {
  return { ...selectorLabels(system, name), "app.kubernetes.io/managed-by": "pulumi" };
}
