/** A part of a line: plain words, or what somebody else has written and is shown as it stands. */
export type Span = string | { readonly code: string } | { readonly strong: string };

/** A line of a report. */
export type Line = readonly Span[];

export function code(text: string): Span {
  return { code: text };
}

export function strong(text: string): Span {
  return { strong: text };
}

/** Spans with plain words between them. */
export function joined(spans: readonly Span[], between = ", "): Span[] {
  return spans.flatMap((span, index) => (index === 0 ? [span] : [between, span]));
}

/** `a, b and 3 more`: as many as people read. */
export function some(names: readonly string[], most = 8): Span[] {
  const shown = names.slice(0, names.length > most ? most - 1 : most);
  const rest = names.length - shown.length;
  return [...joined(shown.map(code)), ...(rest > 0 ? [` and ${rest} more`] : [])];
}

/** `1 change`, `2 changes`, `3 NetworkPolicies`, `4 Ingresses`. */
export function counted(count: number, noun: string): string {
  return `${count} ${count === 1 ? noun : pluralOf(noun)}`;
}

function pluralOf(noun: string): string {
  if (noun.endsWith("s")) return `${noun}es`;
  return /[^aeiou]y$/.test(noun) ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}

/**
 * A text of somebody else on one line: control characters, which move a terminal's cursor, and those
 * that turn the direction of writing are shown by their numbers; line breaks as `⏎`.
 */
export function visible(text: string): string {
  return text
    .replace(/\r?\n/g, "⏎")
    .replace(
      /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}

/**
 * Two texts, each at most so many characters: where they have to be cut, what differs stays, with a
 * little of what is around it.
 */
export function shortenedPair(before: string, after: string, most: number): [string, string] {
  if (before.length <= most && after.length <= most) return [before, after];
  const around = Math.floor(most / 4);
  const least = Math.min(before.length, after.length);
  let start = 0;
  while (start < least && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < least - start && before.at(-1 - end) === after.at(-1 - end)) end += 1;
  const cut = (text: string): string => {
    const from = Math.max(0, start - around);
    const to = Math.min(text.length, text.length - end + around);
    const middle = shortened(text.slice(from, to), most);
    return `${from > 0 ? "…" : ""}${middle}${to < text.length ? "…" : ""}`;
  };
  return [cut(before), cut(after)];
}

/** At most so many characters: what is too long is cut in the middle, where names differ least. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const kept = most - 1;
  const head = text.slice(0, Math.ceil(kept / 2)).replace(/[\ud800-\udbff]$/, "");
  return `${head}…${text.slice(text.length - Math.floor(kept / 2)).replace(/^[\udc00-\udfff]/, "")}`;
}

/** Characters of a sentence of somebody else. */
const mostMessage = 600;

/** A sentence of somebody else, as a message of the engine or a reason. */
export function message(text: string): string {
  return shortened(visible(text), mostMessage);
}
