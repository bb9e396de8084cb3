import { UserError } from "../../../cli/errors";

/** The fault that something is refused with; anything else goes on as it is. */
export function faultOf(work: () => unknown): UserError {
  try {
    work();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was refused");
}
