import type { Cause } from "../causes";
import { code, shortened, type Span, some, visible } from "./spans";

/** Why workloads of a namespace restart, to stand after "because". */
export function causeWords(cause: Cause, namespace: string): Span[] {
  switch (cause.kind) {
    case "rotated": {
      const { secret, key, generation } = cause;
      const which = `, generation ${String(generation)})`;
      return ["secret ", name(`${namespace}/${secret}`), " was rotated (", name(key), which];
    }
    case "dropped":
      return [
        ...["fewer generations of ", name(cause.key), " in secret "],
        ...[name(`${namespace}/${cause.secret}`), " are read"],
      ];
    case "files":
      return ["files of ConfigMap ", name(`${namespace}/${cause.configMap}`), " changed"];
    case "image":
      return ["image ", name(cause.before), " became ", name(cause.after)];
    case "variables": {
      const names = cause.names.map((it) => shortened(visible(it), 60));
      return [names.length === 1 ? "variable " : "variables ", ...some(names, 6), " changed"];
    }
    case "other":
      return [
        name(cause.what),
        ` of the ${cause.container === undefined ? "pods" : "container"} changed`,
      ];
  }
}

function name(text: string): Span {
  return code(shortened(visible(text), 120));
}
