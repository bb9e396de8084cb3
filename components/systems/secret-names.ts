/** The names of Secrets for a system's outputs, each once, in the order in which a person would look. */
export function secretNames(...names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}
