import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";

import { report } from "../../cli/testing";
import { stateFile } from "../../cli/workspace/state-file";
import type { Checkout, Ended } from "./support/checkout";
import { sound, standingOf } from "./support/consistency";
import { trials } from "./support/trials";

const minutes = 60_000;

/** What becomes of the text of a state file. */
const ways: readonly { readonly what: string; readonly left: (text: string) => string }[] = [
  { what: "cut to nothing", left: () => "" },
  { what: "cut in the middle", left: (text) => text.slice(0, text.length / 2) },
  { what: "overwritten by something else", left: () => "\0".repeat(4096) },
  { what: "cut to one byte", left: (text) => text.slice(0, 1) },
  { what: "without the end of its text", left: (text) => text.trimEnd().slice(0, -1) },
];

const cuts = trials({ reduced: ways.slice(0, 3), full: ways });

/** The commands of the runbook, as they stand there. */
const runbook = commandsOf("Broken state");

/** A state file that is broken, and what the runbook says to do then, typed line by line. */
export function describeCutState(checkout: Checkout): void {
  const file = stateFile(checkout.workspace, checkout.stack);

  it.each(cuts)(
    "that is $what is told in words with the way back, and nothing is changed",
    async ({ left }) => {
      const whole = readFileSync(file, "utf8");
      const broken = left(whole);
      writeFileSync(file, broken);
      const { code, output } = await checkout.run("up");
      expect(code).toBe(1);
      expect(output).toContain(`The state of stack dev is broken: ${file} is not the JSON`);
      expect(output).toContain("Nothing was changed.");
      expect(output).toMatch(/^ {2}cp \S+ \S+\/dev\.json$/m);
      expect(output).not.toMatch(/Unexpected|^\s+at /m);
      expect(readFileSync(file, "utf8")).toBe(broken);
      writeFileSync(file, whole);
    },
    minutes,
  );

  it(
    "that is whole is read, although pulumi was killed while it described it to its storage",
    async () => {
      writeFileSync(`${file}.attrs`, "");
      await checkout.succeed("preview", "--expect-no-changes");
    },
    minutes,
  );

  it(
    "comes back from Pulumi's copy by the commands of the runbook, and no object and no password is another",
    async () => {
      const before = await standingOf(checkout);
      const whole = readFileSync(file, "utf8");
      writeFileSync(file, whole.slice(0, whole.length / 2));
      const said = await typed(checkout);
      expect(said.at(-1)).toMatchObject({ code: 0 });
      const { objects, secrets, passwords, ...after } = await standingOf(checkout);
      expect(after).toMatchObject(sound);
      expect(objects).toEqual(before.objects);
      expect(secrets).toEqual(before.secrets);
      expect(passwords).toEqual(before.passwords);
      await checkout.succeed("preview", "--expect-no-changes");
      report({
        area: "faults",
        claim: "a state file that was cut short comes back from its copy, by the runbook",
        trials: cuts.length,
        of: "ways to break it",
        seen: `each told in words; 0 objects replaced, 0 second passwords, up again in ${said.at(-1)?.seconds.toFixed(1) ?? "?"} s`,
      });
    },
    3 * minutes,
  );
}

/** Types the runbook's commands. COPY is what the first one names. */
async function typed(checkout: Checkout): Promise<readonly Ended[]> {
  const ended: Ended[] = [];
  for (const command of runbook) {
    const copy = /^ {2}cp (\S+) /m.exec(ended[0]?.output ?? "")?.[1] ?? "";
    const line = command.replaceAll("STACK", checkout.stack).replaceAll("COPY", copy);
    ended.push(await checkout.type(line));
  }
  return ended;
}

/** The lines of the first code block of a section of docs/RUNBOOKS.md, without what they say beside. */
function commandsOf(section: string): readonly string[] {
  const page = readFileSync(resolve(join(__dirname, "../../docs/RUNBOOKS.md")), "utf8");
  const [, text = ""] = page.split(`\n## ${section}\n`);
  const block = /```sh\n([^]*?)```/.exec(text.split("\n## ")[0] ?? "")?.[1] ?? "";
  const lines = block.split("\n").map((line) => line.replace(/\s+#.*$/, ""));
  return lines.filter((line) => line !== "");
}
