import { runChild } from "../../../cli/process";

/**
 * A value in each form in which it could be in a file: as it is, in base64 wherever it may stand in what
 * was encoded, and in a URL.
 */
export function formsOf(value: string): readonly string[] {
  return [
    ...new Set([value, ...[0, 1, 2].map((at) => inBase64(value, at)), encodeURIComponent(value)]),
  ];
}

/** What of its base64 is the same whatever stands before and after it, `at` bytes after a group of three. */
function inBase64(value: string, at: number): string {
  const bytes = Buffer.concat([Buffer.alloc(at), Buffer.from(value)]);
  const bits = 8;
  const bitsOfLetter = 6;
  const first = Math.ceil((at * bits) / bitsOfLetter);
  const end = Math.floor((bytes.length * bits) / bitsOfLetter);
  return bytes.toString("base64").slice(first, end);
}

/**
 * The files below some folders in which a value is, in any form. The values reach the search by its
 * standard input, and are in no file and no argument.
 */
export async function filesWith(
  values: readonly string[],
  folders: readonly string[],
  excluded: readonly string[] = [],
): Promise<string[]> {
  const { code, stdout, stderr } = await runChild(
    "grep",
    [
      ...["--recursive", "--files-with-matches", "--text", "--fixed-strings", "--file=-"],
      ...excluded.map((name) => `--exclude-dir=${name}`),
      ...folders,
    ],
    {
      cwd: "/",
      // Bytes, not letters of some alphabet.
      env: { ...process.env, LC_ALL: "C" },
      input: values.flatMap(formsOf).join("\n"),
    },
  );
  // 1 is for nothing found.
  if (code > 1 || stderr !== "") throw new Error(`grep failed: ${stderr}`);
  return stdout.split("\n").filter((path) => path !== "");
}
