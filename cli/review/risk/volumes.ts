import type { ResourceState } from "../../plan";
import { fieldsOf, listOf, templateOf } from "../objects";
import { type Judged, touches } from "./judged";

/** What becomes of the volumes of pods: the claims that they mount, and those made for them. */
export function volumeTexts(change: Judged): readonly string[] {
  const { before, after } = change.resource;
  if (before === undefined || after === undefined) return [];
  return [
    ...mounted(claimsOf(before), claimsOf(after)),
    ...(touches(change, /^spec\.volumeClaimTemplates\b/) ? ["the claims of its pods change"] : []),
    ...retention(before, after),
  ];
}

/** A claim that another volume mounts now is told of there, or only its volume has another name. */
function mounted(
  was: ReadonlyMap<string, string>,
  is: ReadonlyMap<string, string>,
): readonly string[] {
  return [...was].flatMap(([volume, claim]) => {
    const now = is.get(volume);
    if (now === claim) return [];
    if (now !== undefined) {
      return [`its volume ${volume} is another claim: it starts on other data`];
    }
    return [...is.values()].includes(claim)
      ? []
      : [`its volume ${volume} is no claim any more: it starts without the data`];
  });
}

/** The claims by the names of their volumes. */
function claimsOf({ inputs }: ResourceState): ReadonlyMap<string, string> {
  const { volumes } = fieldsOf(templateOf({ fields: inputs })?.spec);
  return new Map(
    listOf(volumes).flatMap(({ name, persistentVolumeClaim }) => {
      const { claimName } = fieldsOf(persistentVolumeClaim);
      return typeof name === "string" && typeof claimName === "string" ? [[name, claimName]] : [];
    }),
  );
}

/** Kubernetes retains the claims of a StatefulSet unless it is told otherwise. */
const whenDropped = {
  whenDeleted: "the claims of its pods are deleted with it from now on",
  whenScaled: "the claims of pods that it has no more are deleted from now on",
};

function retention(before: ResourceState, after: ResourceState): readonly string[] {
  const policyOf = ({ inputs }: ResourceState): Readonly<Record<string, unknown>> =>
    fieldsOf(fieldsOf(inputs.spec).persistentVolumeClaimRetentionPolicy);
  const [was, is] = [policyOf(before), policyOf(after)];
  return Object.entries(whenDropped)
    .filter(([when]) => is[when] === "Delete" && was[when] !== "Delete")
    .map(([, text]) => text);
}
