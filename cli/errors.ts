/**
 * A fault that the user can mend. The command line prints its message, and the hint if there is
 * one, without a stack trace, and ends with the exit code.
 */
export class UserError extends Error {
  /** What the user can do about it. */
  readonly hint: string | undefined;

  constructor(
    message: string,
    hint?: string,
    readonly exitCode = 1,
  ) {
    super(message);
    this.name = "UserError";
    this.hint = hint;
  }
}
