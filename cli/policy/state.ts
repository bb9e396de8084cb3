import { plain } from "../../policy/engine";
import type { Subject } from "../../policy/model";

/** What rules see of a resource in a state. */
interface SavedResource {
  readonly urn: string;
  readonly type: string;
  readonly parent?: string;
  readonly protect?: boolean;
  readonly ignoreChanges?: readonly string[];
  readonly inputs?: unknown;
}

interface Saved {
  readonly checkpoint?: { readonly latest?: { readonly resources?: readonly SavedResource[] } };
  readonly deployment?: { readonly resources?: readonly SavedResource[] };
}

/** The resources of a state, as its file or as pulumi exports it. Encrypted values stay so. */
export function subjectsOfState(text: string): readonly Subject[] {
  const { checkpoint, deployment } = JSON.parse(text) as Saved;
  const resources = deployment?.resources ?? checkpoint?.latest?.resources ?? [];
  return resources.map(({ urn, type, parent, protect = false, ignoreChanges = [], inputs }) => ({
    title: urn,
    type,
    name: urn.slice(urn.lastIndexOf("::") + 2),
    protect,
    ignoreChanges,
    props: plain(inputs),
    ...(parent === undefined ? {} : { parent }),
  }));
}
