/**
 * Proves of README.md, CONTRIBUTING.md and docs/ that each `npm run` is a script with the options that are
 * named, and that each link within the repository leads somewhere. Not that a command does what is said of it.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";

import { Command } from "commander";

const repository = join(__dirname, "../..");
const pages = [
  ...["README.md", "CONTRIBUTING.md"],
  ...readdirSync(join(repository, "docs"))
    .filter((name) => name.endsWith(".md"))
    .map((name) => join("docs", name)),
];
const textOf = (page: string): string => readFileSync(join(repository, page), "utf8");

/** All commands of the program, by their names. */
const commands = (() => {
  const program = new Command();
  const folder = join(repository, "cli/commands");
  for (const file of readdirSync(folder)) {
    // eslint-disable-next-line @typescript-eslint/no-require-imports -- each by its name, which no list has
    const found = require(join(folder, file)) as Readonly<Record<string, unknown>>;
    for (const [name, add] of Object.entries(found)) {
      if (/^add[A-Z]/.test(name)) (add as (program: Command) => void)(program);
    }
  }
  return new Map(program.commands.map((command) => [command.name(), command]));
})();

const { scripts } = JSON.parse(textOf("package.json")) as {
  readonly scripts: Readonly<Record<string, string>>;
};

/** Options that a command does not have and hands on to pulumi, jest or prettier. */
const handedOn = /^--(refresh|testPathPatterns)$/;

interface Named {
  readonly script: string;
  readonly options: readonly string[];
}

/** Every `npm run SCRIPT -- OPTIONS` of a text. */
function commandsIn(text: string): readonly Named[] {
  const lines = text.replaceAll(/ \\\n\s*/g, " ");
  return [...lines.matchAll(/npm run ([a-z][a-z:]*)(?: (?:\S+ )?-- ([^`#|\n]*))?/g)].map(
    ([, script = "", rest = ""]) => ({
      script,
      options: [...rest.matchAll(/(?<![\w-])--[a-z][\w-]*/g)].map(([option]) => option),
    }),
  );
}

function optionsOf(script: string): readonly string[] {
  const command = commands.get(scripts[script]?.split(" ")[2] ?? script);
  const all = command === undefined ? [] : [command, ...command.commands];
  return all.flatMap((one) => one.options.flatMap(({ long }) => long ?? []));
}

describe.each(pages)("%s", (page) => {
  const text = textOf(page);

  it("names scripts of package.json alone", () => {
    const unknown = commandsIn(text).filter(({ script }) => scripts[script] === undefined);
    expect(unknown).toEqual([]);
  });

  it("names options that the commands have", () => {
    const unknown = commandsIn(text).flatMap(({ script, options }) =>
      options
        .filter((option) => option !== "--help" && !handedOn.test(option))
        .filter((option) => !optionsOf(script).includes(option))
        .map((option) => `npm run ${script} -- ${option}`),
    );
    expect(unknown).toEqual([]);
  });

  it("has no link within the repository that leads nowhere", () => {
    expect(linksIn(text).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });
});

it("finds the commands of a text with their options", () => {
  const text = "`npm run up` or `npm run drift -- --stack S [--json]`\nnpm run x -- --a-b=1 # --no";
  expect(commandsIn(text)).toEqual([
    { script: "up", options: [] },
    { script: "drift", options: ["--stack", "--json"] },
    { script: "x", options: ["--a-b"] },
  ]);
});

it("knows what a command has", () => {
  expect(optionsOf("restore")).toContain("--resume-writers");
  expect(optionsOf("restore")).not.toContain("--finish");
});

/** Targets of the links of a page that are in the repository; what is code is no link. */
function linksIn(text: string): readonly string[] {
  const prose = text.replaceAll(/^ *```[^]*?^ *```/gm, "").replaceAll(/`[^`\n]*`/g, "");
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^(https?|mailto):/.test(target));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", anchor] = link.split("#");
  const file = path === "" ? join(repository, page) : resolve(repository, dirname(page), path);
  if (!existsSync(file)) return false;
  return anchor === undefined || anchorsOf(relative(repository, file)).includes(anchor);
}

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): readonly string[] {
  const seen = new Map<string, number>();
  return textOf(page)
    .replaceAll(/^ *```[^]*?^ *```/gm, "")
    .split("\n")
    .filter((line) => /^#+ /.test(line))
    .map((line) => {
      const plain = line
        .replace(/^#+ /, "")
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-");
      const before = seen.get(plain) ?? 0;
      seen.set(plain, before + 1);
      return before === 0 ? plain : `${plain}-${before}`;
    });
}
