import type { Cause } from "../causes";
import type { SecretKey } from "../rotations";
import { code, shortened, type Span, some, visible } from "./spans";

/** Why workloads of a namespace restart, to stand after "because". */
export function causeWords(cause: Cause, namespace: string): Span[] {
  switch (cause.kind) {
    case "rotated":
    case "reverted": {
      const did = cause.kind === "rotated" ? " was rotated (" : " went back to an earlier value (";
      const which = `, generation ${String(cause.generation)})`;
      return ["secret ", secretName(cause, namespace), did, name(cause.key), which];
    }
    case "dropped":
      return ["fewer generations of ", ...keyWords(cause, namespace), " are read"];
    case "around":
      return ["the text around ", ...keyWords(cause, namespace), " changed"];
    case "begins":
      return [...keyWords(cause, namespace), " is read from now on"];
    case "stops":
      return [...keyWords(cause, namespace), " is read no more"];
    case "source": {
      const [was, is] = [cause.before, cause].map((it) => keyWords(it, namespace));
      return [...(is ?? []), " is read in place of ", ...(was ?? [])];
    }
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

/** `password` of secret `shop/postgres` */
function keyWords(which: SecretKey, namespace: string): Span[] {
  return [name(which.key), " of secret ", secretName(which, namespace)];
}

function secretName({ secret }: SecretKey, namespace: string): Span {
  return name(`${namespace}/${secret}`);
}

function name(text: string): Span {
  return code(shortened(visible(text), 120));
}
