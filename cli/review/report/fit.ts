/** A section as text, in parts that can be left out from its end. */
export interface Piece {
  readonly start: string;
  readonly items: readonly { readonly text: string; readonly weight: number }[];
  readonly end: string;
  /** Says how many changes are left out. */
  readonly cut: (count: number) => string;
  /** The lowest is cut first. */
  readonly importance: number;
}

/**
 * Puts pieces together so that the whole is not longer than `most` characters: from the least
 * important piece the last items go first, and each piece says how much of it is missing.
 */
export function fit(head: string, pieces: readonly Piece[], most: number): string {
  const kept = pieces.map(({ items }) => items.length);
  const order = pieces
    .map(({ importance }, index) => ({ importance, index }))
    .sort((a, b) => a.importance - b.importance || b.index - a.index);
  for (const { index } of order) {
    let excess = whole(head, pieces, kept).length - most;
    while (excess > 0 && (kept[index] ?? 0) > 0) {
      kept[index] = fewer(pieces[index], kept[index] ?? 0, excess);
      excess = whole(head, pieces, kept).length - most;
    }
  }
  return whole(head, pieces, kept);
}

/** How many items stay when at least so many characters go; one goes at the least. */
function fewer(piece: Piece | undefined, kept: number, excess: number): number {
  let left = kept;
  let gone = 0;
  while (left > 0 && gone < excess) {
    left -= 1;
    gone += piece?.items[left]?.text.length ?? 0;
  }
  return left;
}

function whole(head: string, pieces: readonly Piece[], kept: readonly number[]): string {
  const texts = pieces.map(({ start, items, end, cut }, index) => {
    const shown = items.slice(0, kept[index]);
    const missing = items.slice(kept[index]).reduce((sum, { weight }) => sum + weight, 0);
    const note = shown.length === items.length ? "" : cut(missing);
    return `${start}${shown.map(({ text }) => text).join("")}${note}${end}`;
  });
  return `${head}\n${texts.join("")}`.replace(/\n{3,}/g, "\n\n").trimEnd() + "\n";
}
