/** What no setting may be, whichever it is. */
import { oversized, unfitTexts } from "../../config/bounds";
import { faultsOf, saidBy, type Said } from "./support";

const names = (number: number): Said =>
  Object.fromEntries(Array.from({ length: number }, (_, index) => [`k${String(index)}`, "v"]));

describe("a setting that is too large to have been written", () => {
  it.each([
    [
      "a text",
      "x".repeat(10_001),
      "got a value that is not shown, expected a text of at most 10000 characters",
    ],
    [
      "a list",
      Array.from({ length: 1001 }, () => "x"),
      "got a list of 1001, expected at most 1000 entries",
    ],
  ])("is refused as such: %s", (_what, value, fault) => {
    const said = saidBy("dev", { "cluster.viewerGroups": value });
    expect(faultsOf(said)).toEqual([`platform:cluster.viewerGroups: ${fault}`]);
  });

  it("is refused as such: a map", () => {
    const [fault, ...others] = faultsOf(saidBy("dev", { "cluster.monitorLabels": names(1001) }));
    expect(fault).toMatch(
      /^platform:cluster.monitorLabels: got a map of k0, .*at most 1000 entries$/,
    );
    expect(others).toEqual([]);
  });

  it("is refused as such: maps and lists in one another, however many", () => {
    let nested: unknown = "x";
    for (let depth = 0; depth < 50_000; depth += 1) nested = [nested];
    const faults = oversized({ deep: nested });
    expect(faults.map(({ expected }) => expected)).toEqual([
      "at most 32 maps and lists in one another",
    ]);
  });

  it("is answered at once, where each of its names is a mistake", () => {
    const begun = performance.now();
    expect(faultsOf(saidBy("dev", { "thunderline.worker": names(200_000) }))).toHaveLength(1);
    expect(performance.now() - begun).toBeLessThan(5000);
  });

  it("is the only thing that is said, because nothing else was looked at", () => {
    const said = saidBy("dev", { environment: "nowhere", "thunderline.worker": names(1001) });
    expect(faultsOf(said)).toHaveLength(1);
  });

  it("may have as many entries and characters as that", () => {
    const said = saidBy("dev", {
      "cluster.viewerGroups": Array.from({ length: 1000 }, () => "x".repeat(10_000)),
    });
    expect(faultsOf(said)).toEqual([]);
  });
});

describe("a text that nothing takes as it is", () => {
  it.each([
    ["a zero byte", "a\u0000b"],
    ["an escape", "\u001b[31m"],
    ["half of a character", "a\ud83d"],
  ])("is refused where any text may stand: %s", (_what, text) => {
    const said = saidBy("dev", { "cluster.viewerGroups": [text] });
    expect(faultsOf(said)).toEqual([
      "platform:cluster.viewerGroups[0]: got a value that is not shown, expected a text without control characters and halves of characters",
    ]);
  });

  it("is refused as a name", () => {
    expect(unfitTexts({ labels: { "a\u0000": "x" } })).toEqual([
      {
        path: ["labels", "a\u0000"],
        value: "a\u0000",
        expected: "a text without control characters and halves of characters",
      },
    ]);
  });

  it("is told as what the setting ought to be, where that says more", () => {
    const [fault, ...others] = faultsOf(saidBy("dev", { "thunderline.app.image": "a\u0000" }));
    expect(fault).toContain("expected an image reference such as");
    expect(others).toEqual([]);
  });

  it("is no text of several lines", () => {
    expect(faultsOf(saidBy("dev", { "cluster.viewerGroups": ["a\n\tb\r\n 😀"] }))).toEqual([]);
  });
});
