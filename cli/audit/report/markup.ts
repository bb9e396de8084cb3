/** Text that is markup already. Only {@link markup} makes it, so that all else is escaped. */
export class Markup {
  constructor(readonly text: string) {}
}

type Piece = string | number | Markup | Markup[];

/** Markup with values in it: whatever is not markup itself is escaped, in elements and in attributes. */
export function markup(parts: TemplateStringsArray, ...pieces: readonly Piece[]): Markup {
  const text = parts.reduce((done, part, at) => {
    const piece = pieces[at];
    return `${done}${part}${piece === undefined ? "" : written(piece)}`;
  }, "");
  return new Markup(text);
}

export const nothing = new Markup("");

function written(piece: Piece): string {
  if (piece instanceof Markup) return piece.text;
  if (Array.isArray(piece)) return piece.map((it) => it.text).join("");
  return escaped(String(piece));
}

function escaped(text: string): string {
  const safe = text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
  // What XML has no place for, not even escaped; an SVG with it would not be drawn.
  return safe.replaceAll(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/g, "\ufffd");
}
