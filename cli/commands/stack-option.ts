import { Option } from "commander";

/** The option that says which stack is meant. */
export function stackOption(): Option {
  return new Option("-s, --stack <stack>", "the stack, by its file Pulumi.<stack>.yaml").default(
    "dev",
  );
}

/** What every command on a stack is given. */
export interface StackOptions {
  readonly stack: string;
}
