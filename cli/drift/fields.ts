/**
 * Fields as the API server keeps account of them: `metadata.managedFields` of an object says for each
 * manager which fields it has set last, as a tree whose keys are `f:NAME` (a field), `k:{…}` (the item of a
 * list with these keys), `v:…` (a value of a set) and `i:N` (a place in a list). `.` is the thing itself.
 */
export type FieldTree = Readonly<Record<string, unknown>>;

/** One step from an object to what is in it, as the tree names it. */
export type Step = string;

export type FieldPath = readonly Step[];

type Fields = Readonly<Record<string, unknown>>;

/** The paths that a tree ends in. An item of a list that is owned as such is one of them. */
export function leavesOf(tree: FieldTree, above: FieldPath = []): FieldPath[] {
  const below = Object.entries(tree).filter(([step]) => step !== ".");
  if (below.length === 0) return above.length === 0 ? [] : [above];
  return below.flatMap(([step, inner]) => leavesOf(fieldsOf(inner), [...above, step]));
}

/** Whether a tree names a field, something in it, or all of what it is in. */
export function owns(tree: FieldTree, path: FieldPath): boolean {
  let at: FieldTree = tree;
  for (const step of path) {
    if (!(step in at)) return Object.keys(at).length === 0 && at !== tree;
    at = fieldsOf(at[step]);
  }
  return true;
}

/** Whether a tree has a list's item, or a field, as its own and not only something in it. */
export function ownsItself(tree: FieldTree, path: FieldPath): boolean {
  let at: FieldTree = tree;
  for (const step of path) {
    if (!(step in at)) return false;
    at = fieldsOf(at[step]);
  }
  return "." in at || Object.keys(at).length === 0;
}

/** Whether a path is another one, or leads further into it. */
export function within(path: FieldPath, outer: FieldPath): boolean {
  return outer.every((step, i) => path[i] === step);
}

/** What an object has at a path; undefined where it has nothing there. */
export function valueAt(value: unknown, path: FieldPath): unknown {
  let at = value;
  for (const step of path) {
    if (at === masked) return masked;
    at = inside(at, step);
    if (at === undefined) return undefined;
  }
  return at;
}

/** In place of a secret, whatever it is. */
export const masked = "[secret]";

function inside(value: unknown, step: Step): unknown {
  const [kind, name] = [step.slice(0, 2), step.slice(2)];
  if (kind === "f:") return fieldsOf(value)[name];
  if (!Array.isArray(value)) return undefined;
  const items: readonly unknown[] = value;
  if (kind === "i:") return items[Number(name)];
  if (kind === "v:") return items.find((item) => item === JSON.parse(name));
  const keys = Object.entries(JSON.parse(name) as Fields);
  return items.find((item) => keys.every(([key, wanted]) => fieldsOf(item)[key] === wanted));
}

/** A path for people: `spec.template.spec.containers[web].image`. */
export function pathText(path: FieldPath): string {
  return path.reduce((text, step) => {
    const name = step.slice(2);
    if (!step.startsWith("f:")) return `${text}[${itemName(step)}]`;
    if (/[^\w-]/.test(name)) return `${text}[${name}]`;
    return text === "" ? name : `${text}.${name}`;
  }, "");
}

/** `web` of `k:{"name":"web"}`, `80/TCP` of `k:{"port":80,"protocol":"TCP"}`. */
function itemName(step: Step): string {
  const name = step.slice(2);
  if (step.startsWith("i:")) return name;
  const said = JSON.parse(name) as unknown;
  return typeof said === "object" && said !== null
    ? Object.values(said).map(String).join("/")
    : String(said);
}

export function fieldsOf(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : {};
}
