import { readFileSync } from "node:fs";
import { join } from "node:path";

import { parse } from "yaml";

import { type Environment } from "../../config/environment";
import { merge } from "../../config/merge";
import { resolve } from "../../config/resolve";
import { type Settings, settingsSchema } from "../../config/settings";

type Said = Readonly<Record<string, unknown>>;

/** What a stack has to say of its place: nobody can guess a context, a host or a certificate. */
function facts(environment: Environment): Said {
  const tls = { from: "secret", secretName: "wildcard-tls" };
  const ingress = (host: string): Said => (environment === "dev" ? {} : { ingress: { host, tls } });
  return {
    environment,
    cluster: { context: `test-${environment}` },
    thunderline: {
      web: ingress("thunderline.example.com"),
      livebook: ingress("livebook.example.com"),
    },
  };
}

/** The settings of an environment with `overrides` on top, as a stack file would give them. */
export function settingsOf(
  environment: Environment,
  overrides: Said = {},
  encrypted: readonly string[] = [],
): Settings {
  const said = merge(settingsSchema, facts(environment), overrides) as Said;
  return resolve(environment, said, encrypted);
}

/** The settings of one of the team's own stacks. */
export function stackSettings(stack: Environment): Settings {
  const file = join(__dirname, "../..", `Pulumi.${stack}.yaml`);
  const { config } = parse(readFileSync(file, "utf8")) as { config: Said };
  const said = Object.entries(config).map(([key, value]) => [key.replace(/^platform:/, ""), value]);
  return resolve(stack, Object.fromEntries(said) as Said);
}
