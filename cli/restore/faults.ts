import { UserError } from "../errors";

/** A task was begun, and what has become of it is not known: it may be at work. */
export class LostSight extends UserError {
  constructor(job: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : String(cause);
    super(`What has become of Job ${job} is not known: ${why}`);
    this.name = "LostSight";
  }
}

/** A restore may be at work, of this run or of another one: nobody's writers may be started now. */
export class StayStopped extends UserError {
  constructor(message: string, hint: string) {
    super(message, hint);
    this.name = "StayStopped";
  }
}
