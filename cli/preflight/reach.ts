import { versions } from "../toolchain/tools";
import { type ClusterClient, messageOf } from "./cluster";
import {
  attempt,
  failed,
  type Finding,
  passed,
  type Place,
  type PreflightContext,
  unchecked,
  Unchecked,
  warning,
} from "./model";
import type { Answer } from "./proxy";

/** Pods have a `sleep` before they stop, which the API server knows since then. */
const oldestMinor = 30;

/** Beyond this, tokens and certificates that were just made may count as not valid yet. */
const skewSeconds = 60;

interface Version {
  readonly major: string;
  readonly minor: string;
  readonly gitVersion: string;
}

/** Whether the API server answers, as whom, in which version, and with which time. */
export async function reach(context: PreflightContext): Promise<readonly Finding[]> {
  const { stack, place, settings } = context;
  const open = placeFindings(place, stack, settings.cluster.context);
  return place.kind === "none" ? open : [...open, ...(await answers(context))];
}

/** Whether another cluster than the one that is meant answers, or none. */
export function placeFindings(
  { kind, meant }: Place,
  stack: string,
  context: string,
): readonly Finding[] {
  if (kind === meant) return [];
  const start = `npm run up -- --stack ${stack}`;
  if (meant === "embedded") return [failed(embedded, "it does not run", `Start it: ${start}`)];
  const subject = `Context ${context}`;
  const evidence = "your kubeconfig has no real cluster under this name";
  return kind === "none"
    ? [failed(subject, evidence, "Set KUBECONFIG, or correct platform:cluster.context.")]
    : [
        unchecked(
          subject,
          `${evidence}, so that the embedded one was asked: nobody has looked at the stack's own cluster`,
        ),
      ];
}

/** What the embedded cluster says is never said under the context of the stack's own. */
const embedded = "Embedded cluster";

async function answers({ cluster, place, settings }: PreflightContext): Promise<Finding[]> {
  const client = cluster();
  const sent = Date.now();
  const answer = await client.answer({ method: "GET", path: "/version" });
  const took = Date.now() - sent;
  const one = (
    about: string,
    work: () => Finding | Promise<Finding>,
  ): Promise<readonly Finding[]> => attempt(about, async () => [await work()]);
  const subject = place.kind === "real" ? `Context ${settings.cluster.context}` : embedded;
  const found = await Promise.all([
    one(subject, () => {
      contentOf(answer);
      return passed(subject, `the API server answers in ${took} ms`);
    }),
    one("Identity", () => identityFinding(client)),
    one("Server version", () => versionFinding(JSON.parse(contentOf(answer)) as Version)),
    one("Clocks", () => clockFinding(answer.headers.date, sent + took / 2)),
  ]);
  return found.flat();
}

function contentOf({ status, text }: Answer): string {
  if (status === 200) return text;
  throw new Unchecked(`/version: ${status} ${messageOf(text)}`);
}

/** Servers before 1.28 do not say it. */
async function identityFinding(client: ClusterClient): Promise<Finding> {
  const who = await client.review<{ status?: { userInfo?: { username?: string } } }>(
    "/apis/authentication.k8s.io/v1/selfsubjectreviews",
    { apiVersion: "authentication.k8s.io/v1", kind: "SelfSubjectReview" },
  );
  return passed(
    "Identity",
    `you are ${who.status?.userInfo?.username ?? "somebody without a name"}`,
  );
}

/** The range is that of the README, up to the version that the tests run on. */
export function versionFinding({ major, minor, gitVersion }: Version): Finding {
  const subject = `Server version ${gitVersion}`;
  // Some providers write `33+`.
  const found = Number.parseInt(minor, 10);
  const newest = versions.kubernetes.split(".").slice(0, 2).join(".");
  const newestMinor = Number(newest.split(".")[1]);
  const range = `1.${oldestMinor} to ${newest}`;
  if (major !== "1" || found < oldestMinor) {
    return failed(
      subject,
      `expected ${range}: pods wait before they stop, which an older server does not know`,
      "Update the cluster.",
    );
  }
  if (found <= newestMinor) return passed(subject, `within ${range}`);
  return warning(
    subject,
    `later than ${newest}, which is the last one that this program and Kubernetes provider ${versions.kubernetesProvider} were tried with`,
    "Try the stack on a cluster of this version before production.",
  );
}

/** The header has whole seconds, and is from somewhere between question and answer. */
export function clockFinding(date: string | undefined, localMs: number): Finding {
  const server = Date.parse(date ?? "");
  if (Number.isNaN(server)) throw new Unchecked("The API server does not say what time it has.");
  const apart = Math.round(Math.abs(server - localMs) / 1000);
  const which = server < localMs ? "behind" : "ahead of";
  const evidence = `the server's is ${apart} s ${which} this machine's`;
  if (apart <= skewSeconds) return passed("Clocks", apart <= 1 ? "within a second" : evidence);
  return warning(
    "Clocks",
    `${evidence}; expected at most ${skewSeconds} s`,
    "Set both by NTP: tokens and certificates are valid by the clock.",
  );
}
