/** A Markdown table; nothing where there are no rows. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

/** Several entries in one cell, one below the other; a dash where there is none. */
export function list(entries: readonly string[]): string {
  return entries.length === 0 ? "–" : entries.join("<br>");
}

/** Text that no Markdown reader takes for markup. */
export function code(text: string): string {
  return `\`${text}\``;
}

function cell(content: string): string {
  return content.replaceAll("|", "\\|").replaceAll(/\s*\n\s*/g, " ");
}
