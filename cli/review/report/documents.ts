import { propertyChanges } from "../difference";
import type { PropertyChange } from "../model";

/** Where two JSON documents differ. */
export interface JsonDifference {
  /** How many texts, numbers and so on are not the same. */
  readonly values: number;
  /** The entries of lists and the keys that they are in: `panels[Requests]`, `title`. */
  readonly places: readonly string[];
  /**
   * What differs, each with its path; empty for a dashboard, whose panels say more than its
   * properties.
   */
  readonly properties: readonly PropertyChange[];
}

/** The difference of two JSON documents; undefined where one of the texts is none. */
export function jsonDifference(before: string, after: string): JsonDifference | undefined {
  const documents = [parsed(before), parsed(after)];
  const [old, next] = documents;
  if (old === undefined || next === undefined) return undefined;
  const [was, is] = [leaves(old), leaves(next)];
  const paths = [...new Set([...was.keys(), ...is.keys()])].filter(
    (path) => was.get(path)?.text !== is.get(path)?.text,
  );
  const places = paths.map((path) => (is.get(path) ?? was.get(path))?.place ?? path);
  return {
    values: paths.length,
    places: [...new Set(places)],
    properties: documents.some(isDashboard) ? [] : propertyChanges(old, next),
  };
}

function parsed(text: string): object | undefined {
  if (!/^\s*[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as object;
  } catch {
    return undefined; // It only looks like one.
  }
}

function isDashboard(document: object | undefined): boolean {
  return document !== undefined && "panels" in document && Array.isArray(document.panels);
}

interface Leaf {
  readonly text: string;
  readonly place: string;
}

/** Whatever has nothing below it: an empty list or object, too. */
function leaves(document: object): Map<string, Leaf> {
  const found = new Map<string, Leaf>();
  const visit = (value: unknown, path: string, place: string | undefined): void => {
    if (typeof value !== "object" || value === null || Object.keys(value).length === 0) {
      found.set(path, { text: JSON.stringify(value), place: place ?? path });
    } else if (Array.isArray(value)) {
      const names = namesOf(value);
      value.forEach((item, index) => {
        const inner = `${path}[${names[index] ?? ""}]`;
        visit(item, inner, place ?? inner);
      });
    } else {
      for (const [key, inner] of Object.entries(value)) {
        visit(inner, path === "" ? key : `${path}.${key}`, place);
      }
    }
  };
  visit(document, "", undefined);
  return found;
}

/** A panel is known by its title, wherever in the list it stands; what has none by its place. */
function namesOf(list: readonly unknown[]): string[] {
  const titles = list.map((entry) =>
    typeof entry === "object" && entry !== null && "title" in entry ? String(entry.title) : "",
  );
  return titles.map((title, index) =>
    title === "" || titles.indexOf(title) !== index ? String(index) : title,
  );
}
