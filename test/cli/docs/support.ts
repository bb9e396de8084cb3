import type { KubernetesObject } from "../../../cli/docs";

export type Fields = Readonly<Record<string, unknown>>;

export const named = (name: string): Fields => ({ "app.kubernetes.io/name": name });

export function object(
  kind: string,
  name: string,
  spec: Fields,
  metadata: Fields = {},
): KubernetesObject {
  return {
    kind,
    metadata: {
      name,
      namespace: "acme",
      labels: named(name) as Record<string, string>,
      ...metadata,
    },
    spec,
  };
}

export function pods(name: string, container: Fields = {}, pod: Fields = {}): Fields {
  return {
    metadata: { labels: named(name) },
    spec: { containers: [{ name, ...container }], ...pod },
  };
}

export function deployment(
  name: string,
  container: Fields = {},
  spec: Fields = {},
): KubernetesObject {
  return object("Deployment", name, { replicas: 1, template: pods(name, container), ...spec });
}

export const select = (name: string): Fields => ({ matchLabels: named(name) });
export const inNamespace = (name: string): Fields => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

/** The two policies of a connection. */
export function connection(from: string, to: string, port: number): KubernetesObject[] {
  const ports = [{ protocol: "TCP", port }];
  return [
    policy(`${from}-to-${to}`, from, { egress: [{ to: [{ podSelector: select(to) }], ports }] }),
    policy(`${to}-from-${from}`, to, {
      ingress: [{ from: [{ podSelector: select(from) }], ports }],
    }),
  ];
}

export function policy(name: string, on: string, rules: Fields): KubernetesObject {
  const labels = named(/^(.+)-(?:to|from)-/.exec(name)?.[1] ?? name);
  return object("NetworkPolicy", name, { podSelector: select(on), ...rules }, { labels });
}

/** The row of a workload in the table whose head begins with these columns. */
export function row(page: string, column: string, workload: string): string[] {
  const lines = page.split("\n");
  const head = lines.findIndex((line) => line.startsWith("| Workload") && line.includes(column));
  const found = lines.slice(head).find((line) => line.startsWith(`| \`${workload}\` |`));
  return (found ?? "").split(" | ").map((cell) => cell.replace(/^\| | \|$/g, ""));
}

export const workload = (page: string, name: string): string[] => row(page, "Purpose", name);
export const connections = (page: string, name: string): string[] => row(page, "Connects to", name);
