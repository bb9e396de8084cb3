import { writeFileSync } from "node:fs";
import { join } from "node:path";

import { format, resolveConfig } from "prettier";

import { stackFileSchema } from "../config/json-schema";

/** Writes the JSON Schema of the stack files, as prettier would have it. */
async function main(): Promise<void> {
  const file = join(__dirname, "..", "config", "stack.schema.json");
  const options = await resolveConfig(file);
  const text = await format(JSON.stringify(stackFileSchema()), { ...options, filepath: file });
  writeFileSync(file, text);
}

void main();
