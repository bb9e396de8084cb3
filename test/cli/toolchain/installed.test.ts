// What counts as installed, with scripts in place of programs.
import { existsSync, symlinkSync, utimesSync } from "node:fs";
import { join } from "node:path";

import { findInstalled, type SearchOptions } from "../../../cli/toolchain/installed";
import { pulumi, randomProvider, versions } from "../../../cli/toolchain/tools";
import { put, someTool, temporaryFolder } from "./support";

const tool = someTool();
let folder: string;
let options: SearchOptions;

beforeEach(() => {
  folder = temporaryFolder();
  options = {
    env: { PATH: `${folder}/first:${folder}/second:${folder}/cache/tools/hammer/bin` },
    home: join(folder, "home"),
    exclude: join(folder, "cache"),
    answers: join(folder, "answers.json"),
  };
});

function script(path: string, prints: string): string {
  return put(join(folder, path), `#!/bin/sh\necho "${prints}"\n`, 0o755);
}

test("a program on PATH in the wanted version is taken", async () => {
  const path = script("second/hammer", "hammer v1.2.3");
  await expect(findInstalled(tool, options)).resolves.toEqual(new Map([["hammer", path]]));
});

test.each(["hammer v1.2.4", "hammer v1.2.3-beta", "hammer"])(
  "a program that says %j is not taken",
  async (prints) => {
    script("first/hammer", prints);
    await expect(findInstalled(tool, options)).resolves.toBeUndefined();
  },
);

test("a program that cannot run, or is in our own cache, is not taken", async () => {
  put(join(folder, "first", "hammer"), "not executable");
  script("cache/tools/hammer/bin/hammer", "v1.2.3");
  await expect(findInstalled(tool, options)).resolves.toBeUndefined();
  symlinkSync(
    join(folder, "cache/tools/hammer/bin/hammer"),
    put(join(folder, "second/x"), "") + "hammer",
  );
  await expect(findInstalled(tool, options)).resolves.toBeUndefined();
});

test("a program is asked once, and again when it changes", async () => {
  const path = script("first/hammer", "v1.2.3");
  const ask = jest.fn<Promise<string>, [string]>(() => Promise.resolve("1.2.3"));
  for (let i = 0; i < 3; i += 1) await findInstalled(tool, { ...options, ask });
  expect(ask).toHaveBeenCalledTimes(1);
  utimesSync(path, new Date(0), new Date(0));
  await findInstalled(tool, { ...options, ask });
  expect(ask).toHaveBeenCalledTimes(2);
});

test("that a program has another version is remembered too", async () => {
  script("first/hammer", "v9.9.9");
  const ask = jest.fn<Promise<string | undefined>, [string]>(() => Promise.resolve(undefined));
  for (let i = 0; i < 3; i += 1) await findInstalled(tool, { ...options, ask });
  expect(ask).toHaveBeenCalledTimes(1);
});

test("pulumi is taken only with the language host beside it", async () => {
  const ask = (): Promise<string> => Promise.resolve(versions.pulumi);
  const cli = script("first/pulumi", "");
  script("second/pulumi-language-nodejs", "");
  await expect(findInstalled(pulumi, { ...options, ask })).resolves.toBeUndefined();
  const host = script("first/pulumi-language-nodejs", "");
  await expect(findInstalled(pulumi, { ...options, ask })).resolves.toEqual(
    new Map([
      ["pulumi", cli],
      ["pulumi-language-nodejs", host],
    ]),
  );
});

test("a plugin is taken from the usual home of Pulumi", async () => {
  const ask = (): Promise<string> => Promise.resolve(versions.randomProvider);
  const below = `plugins/resource-random-v${versions.randomProvider}/pulumi-resource-random`;
  const path = script(`home/.pulumi/${below}`, "");
  const found = new Map([["pulumi-resource-random", path]]);
  await expect(findInstalled(randomProvider, { ...options, ask })).resolves.toEqual(found);
  const other = { ...options, ask, env: { PULUMI_HOME: join(folder, "other") } };
  await expect(findInstalled(randomProvider, other)).resolves.toBeUndefined();
});

test("a look at an empty machine writes nothing", async () => {
  await findInstalled(tool, options);
  expect(existsSync(options.answers)).toBe(false);
});
