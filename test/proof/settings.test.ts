/**
 * Settings with mistakes in them are refused with the setting's name and asked nobody, or give objects in
 * which all that has to hold holds, and which a real API server takes. It does not prove that somebody
 * meant them so.
 */
import * as pulumi from "@pulumi/pulumi";

import { report } from "../../cli/testing";
import type { Settings } from "../../config/settings";
import { foreignNames } from "../support/arbitraries";
import { faultmaven } from "../support/faultmaven";
import { violations } from "../support/invariants";
import { type Manifest, manifestOf } from "../support/manifests";
import { messengers, philotes } from "../support/philotes";
import { telemetry } from "../support/telemetry";
import { thunderline } from "../support/thunderline";
import { PreviewBench } from "./support/engine-preview";
import { loaded } from "./support/loaded-settings";
import { ServerCheck } from "./support/server-check";
import { representable, type SpoiltSettings, spoiltSettings } from "./support/spoilt-settings";
import { trials } from "./support/trials";

jest.setTimeout(1_200_000);

/** What came of one of them. */
type Outcome = ReturnType<typeof loaded> & { readonly spoilt: SpoiltSettings; readonly ms: number };

const files = spoiltSettings(trials({ reduced: 60, full: 500 }));
let outcomes: readonly Outcome[];

const refused = (): { spoilt: SpoiltSettings; message: string }[] =>
  outcomes.flatMap(({ spoilt, message }) => (message === undefined ? [] : [{ spoilt, message }]));
const accepted = (): { spoilt: SpoiltSettings; settings: Settings }[] =>
  outcomes.flatMap(({ spoilt, settings }) =>
    settings === undefined ? [] : [{ spoilt, settings }],
  );
/** What the server has to refuse, or it does not look. */
const mislabelled: Manifest & { readonly apiVersion: string } = {
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "wrong", namespace: "default", labels: { "-": "-" } },
};

/** Each fault of a message is a line that begins so, whatever the names in it are. */
const faultLine = /^ {2}(platform(?::[^\s:]*?(?:\["[^\n]*?"\][^\s:]*?)*)?): (?:got|nothing is set)/;

beforeAll(async () => {
  const found: Outcome[] = [];
  for (const spoilt of files) {
    await pulumi.runtime.setMocks(noEngine, "platform", spoilt.stack);
    const said = spoilt.said();
    const begun = performance.now();
    found.push({ ...loaded(said), spoilt, ms: performance.now() - begun });
  }
  outcomes = found;
});

/** Nothing may be made and nobody asked while settings are read. */
const noEngine = {
  call: () => {
    throw new Error("Somebody was asked.");
  },
  newResource: () => {
    throw new Error("Something was made.");
  },
};

describe("settings with mistakes", () => {
  it("are both taken and refused, or this proves nothing", () => {
    expect(refused().length).toBeGreaterThan(files.length / 4);
    expect(accepted().length).toBeGreaterThan(files.length / 10);
  });

  it("are refused with the name of a setting, a line for each fault and no stack trace", () => {
    const wrong = refused().filter(({ message }) => {
      const [head = "", ...lines] = message.split("\n");
      return (
        !/^The settings of stack \w+ have \d+ faults?:$/.test(head) ||
        lines.length === 0 ||
        !lines.every((line) => faultLine.test(line)) ||
        /^\s+at /m.test(message)
      );
    });
    expect(wrong.map(({ message }) => message)).toEqual([]);
  });

  it("are answered at once, however large they are", () => {
    const slow = outcomes.filter(({ ms }) => ms > 10_000);
    expect(slow.map(({ spoilt }) => spoilt.mistakes)).toEqual([]);
  });

  it("give objects in which all that has to hold holds, and which the API server takes", async () => {
    const broken: string[] = [];
    const distinct = new Map<string, Manifest>();
    for (const { spoilt, settings } of accepted()) {
      for (const build of [thunderline, faultmaven, philotes, telemetry]) {
        const synthesis = await build(settings);
        const found = violations(synthesis, { foreign: foreignNames, messengers });
        broken.push(...found.map((one) => `${one}, by ${spoilt.mistakes.join(" and ")}`));
        for (const manifest of synthesis.resources.map(manifestOf)) {
          if (manifest !== undefined) distinct.set(JSON.stringify(manifest), manifest);
        }
      }
    }
    expect(broken).toEqual([]);
    const server = await ServerCheck.start();
    try {
      expect(await server.complaints([...distinct.values()])).toEqual([]);
      const refusal = await server.complaints([mislabelled]);
      expect(refusal[0]).toContain('ConfigMap "wrong" is invalid');
    } finally {
      await server.end();
    }
    const names = refused().flatMap(({ message }) =>
      message.split("\n").flatMap((line) => faultLine.exec(line)?.[1] ?? []),
    );
    report({
      area: "faults",
      claim: "settings with mistakes give valid objects or a message that names the setting",
      trials: files.length,
      of: "stack files",
      seen: [
        `${String(accepted().length)} taken with ${String(distinct.size)} different objects`,
        `${String(refused().length)} refused by ${String(new Set(names).size)} names`,
        `at most ${(Math.max(...outcomes.map(({ ms }) => ms)) / 1000).toFixed(1)} s each`,
      ].join(", "),
    });
  });
});

describe("a preview by the engine", () => {
  let bench: PreviewBench;

  beforeAll(async () => {
    bench = await PreviewBench.open();
  });

  afterAll(() => {
    bench.close();
  });

  it("of settings with mistakes ends in words, asks no API server and leaves nothing in the state", async () => {
    const number = trials({ reduced: 3, full: 20 });
    const tried = refused()
      .filter(({ spoilt }) => representable(spoilt))
      .slice(0, number);
    for (const { spoilt } of tried) {
      const { output, ...rest } = await bench.preview(spoilt.stack, spoilt.said());
      expect({ ...rest, mistakes: spoilt.mistakes }).toEqual({
        code: 1,
        requests: 0,
        resources: 0,
        mistakes: spoilt.mistakes,
      });
      expect(output).toMatch(/The settings of stack \w+ have \d+ faults?:\n\s+platform\b/);
      expect(output).not.toMatch(/^\s+at /m);
    }
    expect(tried).toHaveLength(number);
    report({
      area: "faults",
      claim: "a preview of settings with mistakes ends in words",
      trials: number,
      of: "previews",
      seen: "0 requests to the API server, 0 resources",
    });
  });

  it("of settings without mistakes asks the API server", async () => {
    const { requests } = await bench.preview("dev", {});
    expect(requests).toBeGreaterThan(0);
  });
});
