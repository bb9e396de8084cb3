import type { ResourceState } from "../../plan";
import type { Change, Risk } from "../model";
import { fieldsOf, textsOf } from "../objects";
import { kindOf } from "../system";
import { type ChangeGroup, groupsOf } from "./groups";
import { item, type Item, limited, plainLine, type Section } from "./report";
import type { Review } from "./review";
import {
  code,
  counted,
  joined,
  type Line,
  shortened,
  type Span,
  some,
  strong,
  visible,
} from "./spans";
import { type PropertyLine, propertyLine } from "./values";

interface Words {
  readonly heading: string;
  readonly importance: number;
}

/** What each risk is called in a report, and what is cut of it later than of others. */
const words: Readonly<Record<Risk, Words>> = {
  data: { heading: "DATA: something stored may be lost", importance: 8 },
  identity: { heading: "IDENTITY: names, selectors, rights", importance: 7 },
  exposure: { heading: "EXPOSURE: who can reach what", importance: 6 },
  restart: { heading: "RESTART: pods are made anew", importance: 4 },
  quiet: { heading: "QUIET", importance: 0 },
};

export function headingOf(risk: Risk): string {
  return words[risk].heading;
}

/** The changes of one risk, those alike together. */
export function changeSections({ changes }: Pick<Review, "changes">, risk: Risk): Section[] {
  const own = changes.filter((change) => change.risk === risk);
  const { heading, importance } = words[risk];
  return [
    {
      heading,
      ...(risk === "quiet" ? { fold: counted(own.length, "quiet change") } : {}),
      items: groupsOf(own).map(groupItem),
      importance,
      noun: `${risk} changes`,
    },
  ];
}

export function groupItem(group: ChangeGroup): Item {
  const { changes, operation, reasons, properties } = group;
  const texts = reasons.map(({ text }) => shortened(visible(text), 300));
  const why = reasonWords([...new Set(texts)]);
  const what: Span[] = changes.length === 1 ? [labelOf(changes[0])] : many(group);
  const line: Line = [strong(operation), " ", ...what, ...(why === "" ? [] : [`: ${why}`])];
  const selections = changes.length === 1 ? changes.flatMap((it) => selectionLine(it) ?? []) : [];
  const lines = [...selections, ...properties.map(propertyLine)];
  return item(line, changes.length, limited(lines));
}

/** Which pods a Service led to and leads to, in words beside its labels one by one. */
function selectionLine({ resource: { type, before, after } }: Change): PropertyLine | undefined {
  if (kindOf({ type }) !== "Service" || before === undefined || after === undefined) {
    return undefined;
  }
  const [was, is] = [before, after].map(podsOf);
  if (was?.join() === is?.join()) return undefined;
  const pods = (labels: readonly string[] = []): Span[] =>
    labels.length === 0 ? ["no pods"] : ["the pods with ", ...some(labels)];
  return plainLine(["led to ", ...pods(was), "; now leads to ", ...pods(is)]);
}

/** By which labels a Service chooses its pods. */
function podsOf({ inputs }: ResourceState): readonly string[] {
  const labels = Object.entries(textsOf(fieldsOf(inputs.spec).selector));
  return labels.map(([key, value]) => shortened(visible(`${key}=${value}`), 160));
}

/** Reasons that begin alike (`is deleted: …`) say so once. */
function reasonWords(texts: readonly string[]): string {
  const start = /^[^:]+: /.exec(texts[0] ?? "")?.[0];
  return texts
    .map((text, index) =>
      index > 0 && start !== undefined && text.startsWith(start) ? text.slice(start.length) : text,
    )
    .join("; ");
}

function many({ changes, kinds, properties }: ChangeGroup): Span[] {
  const sorts = [...kinds].map(([kind, count]) => counted(count, shortened(visible(kind), 60)));
  const names = changes.map(nameOf);
  // Where a property tells what happens, one name is enough to look it up.
  if (properties.length > 0 && changes.length > 8) {
    return [...joined(sorts.slice(0, 8)), ", for example ", labelOf(changes[0])];
  }
  return [...joined(sorts.slice(0, 8)), " (", ...some(names, 12), ")"];
}

function labelOf(change: Change | undefined): Span {
  return code(shortened(visible(change?.label ?? ""), 160));
}

/** The label without its kind. */
function nameOf({ label }: Change): string {
  return shortened(visible(label.slice(label.indexOf(" ") + 1)), 90);
}
