import { Document, isScalar, visit } from "yaml";

/**
 * YAML with every variable in single quotes: Redpanda Connect puts the values in before it reads the
 * YAML, so that an unquoted one could change its shape. A value must not hold a single quote.
 */
export function streamYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_key, node) => {
      if (isScalar(node) && typeof node.value === "string" && node.value.includes("${")) {
        node.type = node.value.includes("\n") ? "BLOCK_LITERAL" : "QUOTE_SINGLE";
      }
    },
  });
  return document.toString({ lineWidth: 0 });
}
