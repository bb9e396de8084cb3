import { manifestOf, titleOf } from "../manifests";
import { generatedPassword, type Registered } from "../recorder";
import type { Synthesis } from "../synth";
import type { Violations } from "./pods";

/** Secret values are in Secret objects and nowhere else, neither marked as secret nor in clear. */
export function strayingSecrets(
  synthesis: Synthesis<unknown>,
  settings: readonly string[] = [],
): Violations {
  const values = [...synthesis.resources.filter(isPassword).map(valueOf), ...settings];
  const outside = synthesis.resources.filter((one) => manifestOf(one)?.kind !== "Secret");
  const marked = outside.flatMap((one) =>
    one.secretPaths.map((path) => `${titleOf(one)} has a secret at ${path}`),
  );
  const clear = outside.flatMap((one) => {
    const text = JSON.stringify(one.inputs);
    return values
      .filter((value) => text.includes(value))
      .map(() => `${titleOf(one)} shows the value of a secret`);
  });
  const told = synthesis.messages.filter((message) =>
    values.some((value) => message.includes(value)),
  );
  return [...marked, ...clear, ...told];
}

/** The values of a Secret are secret in the state too. */
export function openSecrets({ resources }: Synthesis<unknown>): Violations {
  return resources
    .filter((one) => manifestOf(one)?.kind === "Secret")
    .filter(({ secretPaths }) => !secretPaths.includes("stringData"))
    .map((one) => `${titleOf(one)} has its values in clear in the state`);
}

/** What holds data or opens it: it resists deletion, or everything goes with one wrong setting. */
export function holdsData(resource: Registered): boolean {
  const kind = manifestOf(resource)?.kind ?? "";
  return (
    isPassword(resource) ||
    ["Namespace", "PersistentVolumeClaim"].includes(kind) ||
    (kind === "Secret" && resource.parent?.type === "platform:kubernetes:SecretBundle")
  );
}

function isPassword({ type }: Registered): boolean {
  return type === "random:index/randomPassword:RandomPassword";
}

function valueOf({ name, inputs }: Registered): string {
  return generatedPassword(name, Number(inputs.length));
}
