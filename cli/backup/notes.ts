import type { Working } from "./job";
import type { ResultLine } from "./result-line";

/** What the reader of some data has to know of them. */
export function noteOf(
  plan: Working,
  { changed, withoutPasswords }: ResultLine,
): { readonly note?: string } {
  if (withoutPasswords) return { note: "the roles are saved without their passwords" };
  if (changed) return { note: "some of its files changed while they were copied" };
  return plan.method === "copy" && plan.inUse
    ? { note: "its files were in use while they were copied" }
    : {};
}
