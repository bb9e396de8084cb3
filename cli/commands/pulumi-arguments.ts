import { UserError } from "../errors";

/** Arguments of pulumi that our commands give themselves. */
const ours = ["--config-file", "--stack", "--cwd", "-C"];

/**
 * The arguments that go on to pulumi.
 *
 * @throws UserError for one by which pulumi would work on something else than our commands think
 */
export function pulumiArguments(args: readonly string[]): readonly string[] {
  const taken = args.find((arg) => ours.some((name) => arg === name || arg.startsWith(`${name}=`)));
  if (taken === undefined) return args;
  throw new UserError(
    `${taken} cannot be given here: this command works on its own state and stack file.`,
    "Run pulumi itself for that; the README says how.",
  );
}

/** Options by which pulumi leaves a part of the stack alone, or does not look at the cluster. */
const partial = /^(-t|--target|--exclude|--preview-only|--refresh=false)/;

/** Whether pulumi works on all of the stack with these arguments. */
export function isWhole(args: readonly string[]): boolean {
  return !args.some((arg) => partial.test(arg));
}
