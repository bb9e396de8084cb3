import { type Drift, type DriftedField, type DriftedObject, hasDrifted } from "./model";

/** What a comparison cannot see, so that nobody takes silence for an answer. */
export function blindSpots({ withoutSecrets }: Drift): string[] {
  return [
    ...(withoutSecrets
      ? ["Secrets: this identity may not read them. The deployer may (rbac/deployer.yaml)."]
      : []),
    "Objects that are not in the state: whatever somebody made beside ours.",
    "Who deleted an object or took a field away: only the API server's audit log knows.",
    "Fields that the API server and controllers fill in (defaults, status, an autoscaler's replicas): they are theirs. " +
      "So are labels and annotations that nobody declared and a controller has set, by the name that it gives itself.",
    "Values of Secrets: that one differs is seen, and no value is shown. Nor is any of what programs read " +
      "(variables, arguments, files, annotations): somebody may have put a secret there by hand.",
    "Data: rows, files and buckets, and what is in an image under the same name.",
    "Changes of the program that were never applied: npm run preview shows them.",
    "What a refresh has taken into the state before: to the state that is as it should be.",
  ];
}

/** What to do about it, in the words of a stack's cluster. */
export function remedies(drift: Drift): string[] {
  const { stack, cluster, changed, deleted } = drift;
  if (!hasDrifted(drift)) return [];
  const fields = changed.flatMap((object) => object.fields);
  const up =
    cluster === "embedded"
      ? `npm run up -- --stack ${stack} --refresh`
      : `npm run apply -- --stack ${stack} --refresh`;
  return [
    "Is it meant? Put it into the settings or the program; then it is no drift.",
    `Is it not? This puts back what was changed, removed or deleted: ${up}`,
    ...(fields.some(({ conflicts }) => conflicts)
      ? [
          "Where it says so, the update is refused, and prints the command for it: give the field its declared " +
            "value first, with the same tool that set it (kubectl scale, helm …) or by hand.",
        ]
      : []),
    ...(fields.some(({ kind }) => kind === "added")
      ? ["What was added stays, because nobody declares it: take it away with kubectl edit."]
      : []),
    ...(deleted.some(({ kind }) => kind === "Job") ? ["A Job that is gone runs again."] : []),
    ...(deleted.some(({ kind }) => kind === "PersistentVolumeClaim")
      ? ["A claim that is gone comes back empty: npm run restore brings its data back."]
      : []),
  ];
}

/** For a terminal. */
export function textReport(drift: Drift): string {
  return [
    headline(drift),
    ...section(
      "Deleted:",
      drift.deleted.map((object) => `  ${nameOf(object)}`),
    ),
    ...drift.changed.flatMap((object) =>
      section(
        `${nameOf(object)}:`,
        object.fields.map((field) => `  ${fieldText(field)}`),
      ),
    ),
    ...section(
      "Besides (no drift):",
      drift.warnings.map((text) => `  ${indented(text)}`),
    ),
    ...section(
      "What to do:",
      remedies(drift).map((text) => `  ${text}`),
    ),
    ...section(
      "What this cannot see:",
      blindSpots(drift).map((text) => `  ${text}`),
    ),
  ].join("\n");
}

/** For an issue. The first line, which nobody sees, tells which issue is the stack's. */
export function markdownReport(drift: Drift): string {
  const { stack, deleted, changed, warnings } = drift;
  const rows = [
    ...deleted.map((object) => row(nameOf(object), "the object", "deleted", "who is not known")),
    ...changed.flatMap((object) =>
      object.fields.map((field) =>
        row(nameOf(object), field.path, changeText(field), handText(field)),
      ),
    ),
  ];
  return [
    `<!-- platform-drift:${stack} -->`,
    `### ${headline(drift)}`,
    "",
    ...(rows.length === 0
      ? []
      : ["| object | what | declared → live | who |", "| --- | --- | --- | --- |", ...rows, ""]),
    ...bullets("Besides (no drift)", warnings.map(code)),
    ...bullets("What to do", remedies(drift)),
    "<details><summary>What this cannot see</summary>",
    "",
    ...blindSpots(drift).map((text) => `- ${text}`),
    "",
    "</details>",
  ].join("\n");
}

function headline(drift: Drift): string {
  const { stack, objects, deleted, changed, cluster, context } = drift;
  const where = `stack ${stack} (${cluster === "embedded" ? "embedded cluster" : `context ${context}`})`;
  if (!hasDrifted(drift)) {
    return `No drift: ${count(objects, "object")} of ${where} are as applied.`;
  }
  const fields = changed.reduce((sum, object) => sum + object.fields.length, 0);
  const parts = [
    ...(deleted.length === 0 ? [] : [`${count(deleted.length, "object")} deleted`]),
    ...(fields === 0 ? [] : [`${count(fields, "field")} of ${count(changed.length, "object")}`]),
  ];
  return `Drift of ${where}: ${parts.join(", ")}, of ${count(objects, "object")} compared.`;
}

function fieldText(field: DriftedField): string {
  return `${field.path}: ${changeText(field)} (${handText(field)})`;
}

function changeText({ kind, declared, live }: DriftedField): string {
  if (kind === "added") return "added";
  if (kind === "removed") return declared === undefined ? "removed" : `${declared} → removed`;
  if (declared === undefined && live === undefined) return "changed (values are not shown)";
  return declared === live ? "changed" : `${declared ?? "?"} → ${live ?? "?"}`;
}

function handText({ by, conflicts }: DriftedField): string {
  if (by === undefined) return "who is not known";
  const way = by.subresource === undefined ? "" : ` (${by.subresource})`;
  const time = by.time === undefined ? "" : ` at ${by.time}`;
  return `${by.manager}${way}${time}${conflicts === true ? "; an update is refused here" : ""}`;
}

function nameOf({ kind, namespace, name }: DriftedObject): string {
  return `${kind} ${namespace === undefined ? name : `${namespace}/${name}`}`;
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

function bullets(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`**${title}**`, "", ...lines.map((line) => `- ${line}`), ""];
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map(code).join(" | ")} |`;
}

/** What others wrote must not end a cell or a code span, nor call anybody. */
function code(text: string): string {
  const plain = text.replaceAll("`", "'").replaceAll("|", "\\|").replaceAll("\n", " ");
  return `\`${plain}\``;
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n  ");
}

function count(amount: number, what: string): string {
  return `${amount} ${what}${amount === 1 ? "" : "s"}`;
}
