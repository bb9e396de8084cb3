import { UserError } from "../errors";

/** Options of pulumi that our commands give themselves, with why nobody else may. */
const ours = [
  {
    options: ["--stack", "-s", "--cwd", "-C", "--config", "-c", "--config-file", "--config-path"],
    why: "this command works on its own state and stack file",
    hint: "Change the stack file for another setting. For the rest run pulumi itself; the README says how.",
  },
  {
    options: ["--policy-pack", "--policy-pack-config"],
    why: "this command keeps the rules of policy/ as they are",
    hint: "An exception is written at its component, with its reason; docs/POLICY.md says how.",
  },
];

/** One-letter options of `pulumi up`, `preview` and `destroy` after which a value follows. */
const withValue = /[mptvx=]/;

/**
 * The arguments that go on to pulumi.
 *
 * @throws UserError for one by which pulumi would work on something else than our commands think
 */
export function pulumiArguments(args: readonly string[]): readonly string[] {
  for (const option of args.flatMap(optionsIn)) {
    const taken = ours.find(({ options }) => options.includes(option));
    if (taken === undefined) continue;
    // Without its value, which may be a secret.
    throw new UserError(`${option} cannot be given here: ${taken.why}.`, taken.hint);
  }
  return args;
}

/** The options in one argument: `--stack` of `--stack=x`; `-y` and `-C` of `-yC/dir`. */
function optionsIn(arg: string): readonly string[] {
  if (arg.startsWith("--")) return [arg.replace(/=.*$/s, "")];
  if (!arg.startsWith("-")) return [];
  const letters = Array.from(arg.slice(1));
  const last = letters.findIndex((letter) => withValue.test(letter));
  return (last < 0 ? letters : letters.slice(0, last)).map((letter) => `-${letter}`);
}

/** Options by which pulumi leaves a part of the stack alone, or does not look at the cluster. */
const partial = /^(-t|--target|--exclude|--preview-only|--refresh=false)/;

/** Whether pulumi works on all of the stack with these arguments. */
export function isWhole(args: readonly string[]): boolean {
  return !args.some((arg) => partial.test(arg));
}
