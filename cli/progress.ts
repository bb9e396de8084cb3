import { duration, type Progress, type ProgressStream, type Step } from "./toolchain/progress";

const refreshMs = 250;
/** A shorter step is not worth a line in a log. */
const worthALineMs = 2_000;

/** Shows steps one after another without saying how many there are. */
export function showSteps(
  stream: ProgressStream = process.stderr,
  now: () => number = Date.now,
): Progress {
  const live = stream.isTTY === true;
  const step = (title: string): Step => {
    const started = now();
    let detail = "";
    let told = false;
    const line = (text: string): void => {
      stream.write(live ? `\r\x1b[K${text}\n` : `${text}\n`);
    };
    const tick = (): void => {
      const elapsed = now() - started;
      if (live) {
        const text = `${title}${detail === "" ? "" : `: ${detail}`} … ${duration(elapsed)}`;
        stream.write(`\r\x1b[K${text.slice(0, (stream.columns ?? 80) - 1)}`);
      } else if (!told && elapsed >= worthALineMs) {
        told = true;
        line(`${title} …`);
      }
    };
    const timer = setInterval(tick, refreshMs);
    timer.unref(); // Showing that something runs must not keep it running.
    return {
      update: (text) => {
        detail = text;
      },
      say: (text) => {
        detail = text;
        line(`${title}: ${text}`);
      },
      end: (outcome) => {
        clearInterval(timer);
        line(`${title}: ${outcome} in ${seconds(now() - started)}`);
      },
    };
  };
  return { step };
}

/** Shows nothing; for callers that have their own way to show what they do. */
export const silent: Progress = {
  step: () => ({ update: () => undefined, say: () => undefined, end: () => undefined }),
};

/** Does something as one step, which ends with `done`, or with `failed` when it throws. */
export async function during<T>(
  progress: Progress,
  title: string,
  work: (step: Step) => Promise<T>,
): Promise<T> {
  const step = progress.step(title);
  try {
    const result = await work(step);
    step.end("done");
    return result;
  } catch (error) {
    step.end("failed");
    throw error;
  }
}

/** Milliseconds in words, with a tenth where it tells something: `3.4 s`, `1 min 26 s`. */
export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : duration(ms);
}
