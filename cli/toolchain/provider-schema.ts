import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { downloadModule } from "./go";

const providerModule = "github.com/pulumi/pulumi-kubernetes/provider/v4";

/**
 * Puts the two files beside the Kubernetes provider's `main` that it embeds: the schema of the
 * pinned module with its version set, and the mapping to Terraform.
 */
export async function embedProviderSchema(
  folder: string,
  version: string,
  env: NodeJS.ProcessEnv,
  log: string,
): Promise<void> {
  const { Dir } = await downloadModule(folder, providerModule, env, log);
  const read = (file: string): Record<string, unknown> =>
    JSON.parse(
      readFileSync(join(Dir, "cmd", "pulumi-resource-kubernetes", file), "utf8"),
    ) as Record<string, unknown>;
  const write = (file: string, value: unknown): void => {
    writeFileSync(join(folder, file), JSON.stringify(value));
  };
  write("schema-embed.json", { ...read("schema.json"), version });
  write("terraform-mapping-embed.json", read("terraform-mapping.json"));
}
