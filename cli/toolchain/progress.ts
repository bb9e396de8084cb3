/** Where progress is written; a terminal or a log. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/** One long step, shown while it runs. */
export interface Step {
  /** What it is at now; shown at once on a terminal, at the next heartbeat in a log. */
  update(detail: string): void;
  /** Something that a log must have too, at once. */
  say(detail: string): void;
  /** Ends the step. */
  end(outcome: string): void;
}

/** Shows n of m steps. */
export interface Progress {
  step(title: string, typicalMinutes?: number): Step;
}

const heartbeatMs = 30_000;
const refreshMs = 250;

/** Milliseconds in words: `8 s`, `1 min 26 s`. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
}

/** Progress of a known number of steps. */
export function createProgress(
  total: number,
  stream: ProgressStream = process.stderr,
  now: () => number = Date.now,
): Progress {
  const live = stream.isTTY === true;
  let count = 0;

  function step(title: string, typicalMinutes?: number): Step {
    count += 1;
    const head = `[${count}/${total}] ${title}`;
    const usual =
      typicalMinutes === undefined ? "" : `, usually ${duration(typicalMinutes * 60_000)}`;
    const started = now();
    let detail = "";

    const line = (text: string): void => {
      stream.write(live ? `\r\x1b[K${text}\n` : `${text}\n`);
    };
    const status = (): string =>
      `${head}: ${detail === "" ? "" : `${detail}, `}${duration(now() - started)}${usual}`;
    const redraw = (): void => {
      stream.write(`\r\x1b[K${status().slice(0, (stream.columns ?? 80) - 1)}`);
    };

    if (!live) line(`${head}: started${usual}`);
    const timer = live
      ? setInterval(redraw, refreshMs)
      : setInterval(() => {
          line(status());
        }, heartbeatMs);
    timer.unref(); // Showing that something runs must not keep it running.

    return {
      update: (text) => {
        detail = text;
      },
      say: (text) => {
        detail = text;
        if (!live) line(`${head}: ${text}`);
      },
      end: (outcome) => {
        clearInterval(timer);
        line(`${head}: ${outcome} in ${duration(now() - started)}`);
      },
    };
  }

  return { step };
}
