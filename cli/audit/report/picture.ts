import type { Audit } from "../model";
import { ownerOf } from "../owner";
import { titleOf, type Workload } from "../workload";
import { workloadRow } from "./data";
import { markup, type Markup } from "./markup";
import { ownerText, podsText, stateText } from "./words";

/** A box of the picture: a workload or a claim. */
interface Tile {
  readonly name: string;
  readonly below: string;
  /** The whole of it, shown where the pointer rests. */
  readonly title: string;
  /** By these its colour and its edge are chosen. */
  readonly state: string;
  readonly owner: string;
}

/** A namespace with all that is drawn in it. */
interface Plot {
  readonly namespace: string;
  readonly tiles: readonly Tile[];
  readonly claims: readonly Tile[];
}

const page = 1080;
const gap = 10;
const margin = 16;
const head = 34;
const perRow = 4;
const tile = { width: (page - 2 * margin - (perRow - 1) * gap) / perRow, height: 46 } as const;
/** As many as fit into a tile in bold, in any of the fonts. */
const letters = 28;

/** Namespaces and what lives in them, coloured by state, with an edge that says whose it is. */
export function picture(audit: Audit): Markup {
  let top = 0;
  const drawn = plotsOf(audit).map((plot) => {
    const { height, inside } = draw(plot);
    const at = top;
    top += height + gap;
    return markup`<g transform="translate(0 ${at})"><rect class="namespace" width="${page}" height="${height}" rx="10"/>${inside}</g>`;
  });
  const height = Math.max(top - gap, 0);
  return markup`<svg class="picture" viewBox="0 0 ${page} ${height}" role="img" aria-label="Namespaces and what lives in them">${drawn}</svg>`;
}

/** What the colours and edges mean. */
export function legend(): Markup {
  const states = Object.entries(stateText)
    .filter(([state]) => state !== "done")
    .map(
      ([state, text]) => markup`<span class="key"><i class="swatch s-${state}"></i>${text}</span>`,
    );
  const owners = Object.entries(ownerText).map(
    ([owner, text]) => markup`<span class="key"><i class="swatch o-${owner}"></i>${text}</span>`,
  );
  return markup`<p class="legend">${states}<span class="key"><i class="swatch s-orphaned"></i>claim that nobody mounts</span></p><p class="legend">Left edge, whose it is: ${owners}</p>`;
}

function plotsOf({ inventory, findings }: Audit): readonly Plot[] {
  const orphans = new Set(
    findings.filter(({ rule }) => rule === "orphaned-claim").map(({ subject }) => subject),
  );
  const { workloads, claims } = inventory;
  const names = [...workloads, ...claims.map(({ metadata }) => metadata)].map(
    ({ namespace = "" }) => namespace,
  );
  return [...new Set(names)].sort().map((namespace) => ({
    namespace,
    tiles: workloads
      .filter((it) => it.namespace === namespace && it.state !== "done")
      .map(workloadTile),
    claims: claims
      .filter(({ metadata }) => metadata.namespace === namespace)
      .map(({ metadata, spec, status }) => {
        const size = status?.capacity?.storage ?? spec?.resources?.requests?.storage ?? "";
        const subject = `PersistentVolumeClaim ${namespace}/${metadata.name}`;
        const isOrphan = orphans.has(subject);
        return {
          name: metadata.name,
          below: `claim, ${size}${isOrphan ? ", mounted by nobody" : ""}`,
          title: `${subject}, ${size}, ${status?.phase ?? "unknown"}`,
          state: isOrphan ? "orphaned" : "claim",
          owner: ownerOf(metadata),
        };
      }),
  }));
}

function workloadTile(workload: Workload): Tile {
  const row = workloadRow(workload);
  const { kind, name, owner, state, release } = row;
  const pods = podsText(row);
  const told = [stateText[state], ...(pods === "" ? [] : [pods])].join(", ");
  return {
    name,
    below: `${kind}: ${told}`,
    title: [
      `${titleOf(workload)}: ${told}`,
      `belongs to ${ownerText[owner]}`,
      ...(release === undefined ? [] : [`release ${release}`]),
      ...row.images,
    ].join("\n"),
    ...{ state, owner },
  };
}

function draw({ namespace, tiles, claims }: Plot): {
  readonly height: number;
  readonly inside: Markup;
} {
  const failing = tiles.filter(({ state }) => state === "failing").length;
  const said = [
    `${String(tiles.length)} ${tiles.length === 1 ? "workload" : "workloads"}`,
    ...(failing === 0 ? [] : [`${String(failing)} failing`]),
    ...(claims.length === 0
      ? []
      : [`${String(claims.length)} ${claims.length === 1 ? "claim" : "claims"}`]),
  ].join(", ");
  const rows = (all: readonly Tile[]): number => Math.ceil(all.length / perRow);
  const tall = (all: readonly Tile[]): number => rows(all) * (tile.height + gap);
  return {
    height: head + tall(tiles) + tall(claims) + margin - gap,
    inside: markup`<text class="title" x="${margin}" y="23">${shortened(namespace, 60)}</text><text class="said" x="${page - margin}" y="23">${said}</text>${grid(tiles, head)}${grid(claims, head + tall(tiles))}`,
  };
}

function grid(tiles: readonly Tile[], top: number): Markup[] {
  return tiles.map(({ name, below, title, state, owner }, at) => {
    const x = margin + (at % perRow) * (tile.width + gap);
    const y = top + Math.floor(at / perRow) * (tile.height + gap);
    return markup`<g transform="translate(${x} ${y})"><title>${title}</title><rect class="tile s-${state}" width="${tile.width}" height="${tile.height}" rx="6"/><rect class="edge o-${owner}" width="5" height="${tile.height}" rx="2.5"/><text class="name" x="15" y="20">${shortened(name, letters)}</text><text class="below" x="15" y="36">${shortened(below, letters + 7)}</text></g>`;
  });
}

/** The end of a name tells more than its middle: releases put their own in front. */
function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const start = Math.floor(most / 4);
  return `${text.slice(0, start)}…${text.slice(text.length - (most - start - 1))}`;
}
