/** A person or a program on GitHub. */
export interface Account {
  readonly login: string;
  readonly type: string;
}

/** A text of ours on GitHub that is found again by its first line. */
export interface Marked {
  readonly body?: string | null;
  readonly user?: Account | null;
}

/** Who a job's own token writes as. */
const ourselves = { login: "github-actions[bot]", type: "Bot" };

/** The hidden first line by which a text is found again. */
export function markerOf(kind: "review" | "drift", name: string): string {
  return `<!-- platform-${kind}:${name} -->`;
}

/** Whether a text begins with the marker and is ours: anybody may write one that looks the same. */
export function isOurs({ body, user }: Marked, marker: string): boolean {
  const [first] = (body ?? "").split("\n", 1);
  return (
    first?.trim() === marker && user?.login === ourselves.login && user.type === ourselves.type
  );
}

/** GitHub gives back other line ends than it was given. */
export function sameText(one: string | null | undefined, other: string): boolean {
  const plain = (text: string): string => text.replaceAll("\r\n", "\n").trimEnd();
  return plain(one ?? "") === plain(other);
}
