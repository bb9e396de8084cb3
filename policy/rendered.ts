import { parse } from "yaml";

import type { Subject } from "./model";
import { type Fields, fields, text } from "./read";

/** A rendered object, as a file of a folder. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * Rendered files as subjects. They have no protection, and what is no Kubernetes object, a generated
 * password for one, is in no file: rules on these say nothing here.
 */
export function subjectsOfFiles(files: readonly RenderedFile[]): readonly Subject[] {
  return files.map(({ path, text: content }) => subjectOf(path, fields(parse(content))));
}

export function subjectOf(title: string, props: Fields): Subject {
  const version = text(props.apiVersion) ?? "";
  const grouped = version.includes("/") ? version : `core/${version}`;
  const type = `kubernetes:${grouped}:${text(props.kind) ?? ""}`;
  return { title, type, name: title, ignoreChanges: [], props };
}
