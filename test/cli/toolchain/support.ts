import { chmodSync, mkdtempSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

import type { Item, Tool } from "../../../cli/toolchain/model";
import type { ProgressStream, Step } from "../../../cli/toolchain/progress";

const folders: string[] = [];

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes when the tests of the file are done. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "platform-toolchain-"));
  folders.push(folder);
  return folder;
}

/** Writes a file, and the folders above it. */
export function put(path: string, text: string, mode = 0o644): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

/** A tool that nobody builds. */
export function someTool(changes: Partial<Tool> = {}): Tool {
  return {
    kind: "programs",
    name: "hammer",
    version: "1.2.3",
    programs: [{ name: "hammer", version: { kind: "arguments", args: ["--version"] } }],
    release: () => [],
    builds: [{ module: "hammer", packages: { hammer: "." }, variables: {}, minutes: 1 }],
    ...changes,
  };
}

/** A folder `toolchain/` with the module of an item. */
export function someSources(folder: string, item: Item): string {
  const modules = item.kind === "files" ? [item.module] : item.builds.map(({ module }) => module);
  for (const module of modules) {
    put(join(folder, module, "go.mod"), `module ${module}\n\ngo 1.26.8\n`);
    put(join(folder, module, "sub", "main.go"), "package main\n");
  }
  return folder;
}

/** A step that notes what it is told. */
export function recordingStep(): Step & { readonly lines: string[] } {
  const lines: string[] = [];
  return {
    lines,
    update: () => undefined,
    say: (text) => void lines.push(text),
    end: (text) => void lines.push(`end: ${text}`),
  };
}

/** A stream that notes what it is given. */
export function recordingStream(isTTY: boolean): ProgressStream & { readonly text: () => string } {
  let written = "";
  return { isTTY, columns: 60, write: (text) => (written += text), text: () => written };
}
