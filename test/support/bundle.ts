import * as pulumi from "@pulumi/pulumi";

import { SecretBundle } from "../../components/kubernetes/secret-bundle";
import { given, retention, type Retention } from "../../components/scope";
import type { SecretChoice } from "../../config/blocks";
import { postures } from "../../config/environment";
import { type Surroundings, testScope } from "./scope";
import { synth, type Synthesis } from "./synth";

export interface Options extends Surroundings {
  readonly retention?: Retention;
}

/** A bundle named `login` with one entry, `password`. */
export function bundle(
  choice: SecretChoice,
  { retention: kept = given, ...surroundings }: Options = {},
): Promise<Synthesis<SecretBundle<"password">>> {
  return synth(
    () =>
      new SecretBundle("acme-login", {
        scope: testScope(surroundings),
        name: "login",
        entries: { password: { choice, length: 20 } },
        retention: kept,
      }),
  );
}

export const inProd = retention(postures.prod, true, "keep");
export const encrypted = { loginPassword: pulumi.secret("set by hand") };
export const existing = { from: "existing", secretName: "theirs", key: "pw", rotation: 1 } as const;
export const setting = { from: "setting", key: "loginPassword", rotation: 1 } as const;

/** The logical names of the values that are declared. */
export function generations(synthesis: Synthesis<unknown>): string[] {
  return synthesis.resources
    .filter(({ type }) => type === "random:index/randomPassword:RandomPassword")
    .map(({ name }) => name);
}
