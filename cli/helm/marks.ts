/** What Helm writes on every object that it takes for its own. */
export const helmMarks = {
  label: "app.kubernetes.io/managed-by",
  name: "meta.helm.sh/release-name",
  namespace: "meta.helm.sh/release-namespace",
  policy: "helm.sh/resource-policy",
} as const;
