import { refusedExit } from "../adopt";
import { UserError } from "../errors";
import { type HelmRelease, readReleases, releaseKey } from "../helm";
import type { Api } from "../kubernetes";
import type { Releases, Remaining, Request } from "./model";

/**
 * The releases of a request, as Helm has written them down.
 *
 * @throws UserError where there is no such release, with those that there are
 */
export async function findReleases(
  api: Api,
  { keep, retire }: Pick<Request, "keep" | "retire">,
): Promise<Releases> {
  requireDistinct(keep, retire);
  const faults: string[] = [];
  // One that is not asked for may be unreadable.
  const all = await readReleases(api, undefined, ({ message }) => faults.push(message));
  const find = (option: string, key: string): HelmRelease => {
    const found = all.find((release) => releaseKey(release) === key);
    if (found !== undefined) return found;
    const known = all.map(releaseKey);
    throw new UserError(
      `${option}: there is no Helm release ${key}, by namespace and name.`,
      [
        known.length === 0
          ? "The cluster has the records of none."
          : `Those that there are: ${known.join(", ")}.`,
        ...faults,
      ].join("\n"),
    );
  };
  return {
    keep: find("--keep", keep),
    retire: retire.map((key) => find("--retire", key)),
  };
}

/** Those that are still there: the last step removes the records one after another, and may be repeated. */
export async function findRemaining(
  api: Api,
  { keep, retire }: Pick<Request, "keep" | "retire">,
): Promise<Remaining> {
  const all = await readReleases(api);
  const find = (key: string): HelmRelease | undefined =>
    all.find((release) => releaseKey(release) === key);
  return { keep: find(keep), retire: retire.flatMap((key) => find(key) ?? []) };
}

function requireDistinct(keep: string, retire: readonly string[]): void {
  const twice = [keep, ...retire].find((key, index, all) => all.indexOf(key) !== index);
  if (twice !== undefined) {
    throw new UserError(
      `Release ${twice} is named twice: a release is either kept or retired, once.`,
      undefined,
      refusedExit,
    );
  }
}
