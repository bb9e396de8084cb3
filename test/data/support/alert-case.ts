import type { Samples } from "./promtool";

/** When one alert fires, and when it does not. */
export interface AlertCase {
  readonly alert: string;
  /** What makes it fire, where an alert has several causes. */
  readonly cause: string;
  /** A namespace of stack prod whose rules have the alert. */
  readonly namespace: string;
  /** Samples by the minute with which it fires, and some with which all is well. */
  readonly bad: Samples;
  readonly good: Samples;
  /** The first minute at which its expression holds. @default 0 */
  readonly since?: number;
  /** What the alert says of itself beside its severity and system. */
  readonly labels: Readonly<Record<string, string>>;
}

/** A series that stays as it is for two days. */
export function always(value: number): string {
  return `${String(value)}x3000`;
}
