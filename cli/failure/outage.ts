import { type Finding, kubectl, mend, shown } from "../audit/model";
import type { FailedObject } from "../plan";
import { isLate, serversWords, subjectOf } from "./causes";

/** What clients say where the way to an API server is cut, before it answers or while it does. */
const cut =
  /connection refused|connection reset|connection lost|sent GOAWAY|broken pipe|unexpected EOF|": EOF|i\/o timeout|TLS handshake timeout|no route to host|network is unreachable|no such host|cluster is unreachable/;

/** What the engine says where its provider has ended; version 4.25 does where it waits for a quota or a claim. */
const providerEnded = /error reading from server: EOF|transport is closing/;

/** Whether an object has failed because nobody could ask the API server. */
export function isUnanswered(object: FailedObject): boolean {
  const { message } = object;
  // What it waited for in vain cites what a pod could not reach: a registry, its own port.
  return !isLate(object) && (cut.test(message) || providerEnded.test(message));
}

/** That the API server was away, told once for all objects; `silence` is why it does not answer now. */
export function outage(
  failures: readonly FailedObject[],
  silence: string | undefined,
): Finding | undefined {
  const all = failures.filter(isUnanswered);
  if (all.length === 0 && silence === undefined) return undefined;
  const said = all.filter(({ message }) => cut.test(message));
  const [first, ...others] = said;
  const crashed = all.some(({ message }) => providerEnded.test(message));
  const count = all.length === 1 ? "an object was" : `${String(all.length)} objects were`;
  return shown("outage", {
    level: "critical",
    subject: "API server",
    what: all.length === 0 ? "does not answer" : `was away while ${count} made or changed`,
    evidence: [
      ...(first === undefined ? [] : [`${subjectOf(first)}: ${serversWords(first.message)}`]),
      ...(others.length === 0 ? [] : [`the same of ${String(others.length)} more`]),
      ...(crashed
        ? ["the engine's provider for Kubernetes has ended over it, and the trace above is its own"]
        : []),
      silence ?? "now it answers again",
    ],
    mend: mend(
      "Once it answers, the same command goes on: it takes over what was on its way.",
      kubectl("get", "--raw", "/readyz"),
    ),
  });
}
