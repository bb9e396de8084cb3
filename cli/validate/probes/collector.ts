import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";

import { failed, type Finding, passed, unchecked, warning } from "../../preflight/model";
import { ask, excerpt, NoAnswer, type Site } from "./http";

/** The ports of a collector that a probe asks. */
export interface CollectorSites {
  readonly otlp: Site;
  readonly metrics: Site;
}

const subject = "A span to the collector";
/** By this name whoever finds the span knows where it is from. */
export const serviceName = "platform-validate";

/**
 * Sends one span as OTLP over HTTP, and looks for it in the collector's own count of those that it has
 * accepted. The span goes on to where the collector sends spans.
 */
export async function probeCollector({ otlp, metrics }: CollectorSites): Promise<Finding> {
  const before = await counts(metrics);
  const { status, body } = await ask(otlp, {
    ...{ method: "POST", path: "/v1/traces" },
    headers: { "content-type": "application/json" },
    body: JSON.stringify(span(Date.now())),
  });
  if (status !== 200) {
    return failed(subject, `/v1/traces is answered with ${status}: ${excerpt(body)}`, otlp.logs);
  }
  if (before === undefined) {
    return unchecked(subject, "answered with 200; it does not say how many it has accepted");
  }
  const until = Date.now() + otlp.timeoutMs;
  for (;;) {
    const after = await counts(metrics);
    if (after !== undefined && after.accepted > before.accepted) return accepted(before, after);
    if (Date.now() > until) {
      const evidence = `answered with 200, and it has accepted none: still ${after?.accepted ?? before.accepted}`;
      return failed(subject, evidence, otlp.logs);
    }
    await sleep(250);
  }
}

interface Counts {
  readonly accepted: number;
  /** Of its exporters, since it started. */
  readonly lost: number;
}

function accepted(before: Counts, after: Counts): Finding {
  const evidence = `accepted: ${before.accepted} spans before, ${after.accepted} after`;
  return after.lost === 0
    ? passed(subject, evidence)
    : warning(
        subject,
        `${evidence}; but ${after.lost} could not be sent on since it started`,
        "Does what platform:thunderline.collector.exporter names answer?",
      );
}

async function counts(site: Site): Promise<Counts | undefined> {
  try {
    const { status, body } = await ask(site, { path: "/metrics" });
    if (status !== 200) return undefined;
    return {
      accepted: sumOf(body, "otelcol_receiver_accepted_spans"),
      lost: sumOf(body, "otelcol_exporter_send_failed_spans"),
    };
  } catch (error) {
    if (error instanceof NoAnswer) return undefined;
    throw error;
  }
}

/** The sum of all series of a metric; one that has not counted yet is not there. Later versions end its name in `_total`. */
function sumOf(text: string, name: string): number {
  const series = text.matchAll(new RegExp(`^${name}(?:_total)?(?:\\{[^}]*\\})? (\\S+)`, "gm"));
  return [...series].reduce((sum, [, value]) => sum + Number(value), 0);
}

function span(nowMs: number): object {
  const at = BigInt(nowMs) * 1_000_000n;
  return {
    resourceSpans: [
      {
        resource: { attributes: [{ key: "service.name", value: { stringValue: serviceName } }] },
        scopeSpans: [
          {
            spans: [
              {
                traceId: randomBytes(16).toString("hex"),
                spanId: randomBytes(8).toString("hex"),
                name: serviceName,
                kind: 1,
                startTimeUnixNano: String(at),
                endTimeUnixNano: String(at + 1_000_000n),
              },
            ],
          },
        ],
      },
    ],
  };
}
