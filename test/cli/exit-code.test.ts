/** Proves that the codes of programs that we run never pass for our own. */
import { UserError } from "../../cli/errors";
import { exitCodeOf } from "../../cli/exit-code";
import { ChildFailure, Interrupted } from "../../cli/process";

it.each([
  ["pulumi's 2, which is our policy or drift", new ChildFailure("pulumi", 2), 1],
  ["pulumi's 3, which is our other change than reviewed", new ChildFailure("pulumi", 3), 1],
  ["pulumi's 255", new ChildFailure("pulumi", 255), 1],
  ["a program that SIGKILL has ended", new ChildFailure("pulumi", 137), 137],
  ["a signal to ourselves", new Interrupted("SIGINT"), 130],
  ["a fault that has a code", new UserError("differs", undefined, 3), 3],
  ["a fault that has none", new UserError("refused"), 1],
  ["a fault of the program", new Error("odd"), 70],
])("%s", (_what, error, code) => {
  expect(exitCodeOf(error)).toBe(code);
});
