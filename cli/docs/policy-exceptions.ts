import { exceptionIn } from "../../policy/names";
import { byKey, type KubernetesObject, lastingName } from "./objects";
import { code, list, table } from "./table";

type Stacks = Readonly<Record<string, readonly KubernetesObject[]>>;

/** More objects than these are counted. */
const mostNamed = 8;

/** What the objects of each stack are excepted from: one row for each rule and reason. */
export function exceptionTable(stacks: Stacks): string {
  const rows = new Map<string, { rule: string; reason: string; objects: Map<string, string[]> }>();
  for (const [stack, objects] of Object.entries(stacks).sort(byKey(([name]) => name))) {
    for (const object of objects) {
      for (const { rule, part, reason } of exceptionsIn(object)) {
        const key = `${rule} ${reason}`;
        const row = rows.get(key) ?? { rule, reason, objects: new Map<string, string[]>() };
        const name = [nameOf(object), ...(part === undefined ? [] : [part])].join(", ");
        row.objects.set(name, [...(row.objects.get(name) ?? []), stack]);
        rows.set(key, row);
      }
    }
  }
  const count = Object.keys(stacks).length;
  return table(
    ["Rule", "Objects", "Reason"],
    [...rows]
      .sort(byKey(([key]) => key))
      .map(([, { rule, reason, objects }]) => [code(rule), inWords(objects, count), reason]),
  );
}

function exceptionsIn({ metadata }: KubernetesObject) {
  return Object.entries(metadata.annotations ?? {}).flatMap(([key, reason]) => {
    const found = exceptionIn(key);
    return found === undefined ? [] : [{ ...found, reason }];
  });
}

function nameOf(object: KubernetesObject): string {
  const { kind, metadata } = object;
  const name = kind === "Job" ? lastingName(object) : metadata.name;
  return `${kind} ${metadata.namespace === undefined ? "" : `${metadata.namespace}/`}${name}`;
}

/** Each object by its name, with its stacks where it is not in all of them; many are counted. */
function inWords(objects: ReadonlyMap<string, readonly string[]>, stacks: number): string {
  const named = [...objects].sort(byKey(([name]) => name));
  if (named.length <= mostNamed) {
    return list(
      named.map(([name, where]) =>
        where.length === stacks ? name : `${name} (${where.join(", ")})`,
      ),
    );
  }
  const kinds = new Map<string, number>();
  for (const [name] of named) {
    const kind = name.split(" ")[0] ?? "";
    kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  }
  return list([...kinds].map(([kind, number]) => `${String(number)} of kind ${kind}`));
}
