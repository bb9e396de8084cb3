import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

import type { RenderedFile } from "../render";

/** Writes rendered objects as a chart that has them as they are; gives the folders of both. */
export function writeChart(
  folder: string,
  files: readonly RenderedFile[],
): { readonly chart: string; readonly objects: string } {
  const objects = join(folder, "objects");
  const put = (path: string, text: string): void => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  for (const { path, text } of files) put(join("objects", path), text);
  put("Chart.yaml", JSON.stringify({ apiVersion: "v2", name: "platform", version: "0.0.0" }));
  put(
    "templates/all.yaml",
    '{{ range $path, $text := .Files.Glob "objects/**.yaml" }}---\n{{ $text | toString }}\n{{ end }}',
  );
  return { chart: folder, objects };
}
