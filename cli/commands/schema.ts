import { writeFileSync } from "node:fs";
import { join } from "node:path";

import type { Command } from "commander";

import { stackFileSchema } from "../../config/json-schema";
import { openWorkspace } from "../workspace";

/** `schema`: the JSON Schema of the stack files, for editors. */
export function addSchema(program: Command): void {
  program
    .command("schema")
    .summary("write the JSON Schema of the stack files")
    .description("Writes config/stack.schema.json from the settings' own schema.")
    .addHelpText("after", "\nExample:\n  npm run schema && git diff config")
    .action(schema);
}

async function schema(): Promise<void> {
  // Slow to load, and of no use to the other commands.
  const { format, resolveConfig } = await import("prettier");
  const file = join(openWorkspace().repository, "config", "stack.schema.json");
  const options = await resolveConfig(file);
  const text = await format(JSON.stringify(stackFileSchema()), { ...options, filepath: file });
  writeFileSync(file, text);
}
