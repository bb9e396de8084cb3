/** Which backup is meant. */
import { choose, nameFrom, noSuchBackup } from "../../../cli/restore/when";
import { faultOf } from "./faults";

const backup = (at: string) => ({ store: "postgres", at, bytes: 1, rows: 1 });
const backups = [
  backup("20261119T020000Z"),
  backup("20261120T020000Z"),
  backup("20261121T020000Z"),
];

it.each([
  ["20261121T020000Z", "20261121T020000Z"],
  ["2026-11-21T02:00:00Z", "20261121T020000Z"],
  ["2026-11-21T02:00Z", "20261121T020000Z"],
  ["2026-11-21T04:00:00.5+02:00", "20261121T020000Z"],
])("takes %s for %s", (text, name) => {
  expect(nameFrom(text)).toBe(name);
});

it.each([
  "yesterday",
  "2026-11-21",
  "2026-11-21T02:00:00",
  "20261341T020000Z",
  "2026-13-21T02:00:00Z",
])("does not guess what %s means", (text) => {
  expect(nameFrom(text)).toBeUndefined();
});

describe("the backup that is restored", () => {
  it("is the newest where none is named", () => {
    expect(choose("postgres", backups, undefined)).toBe(backups[2]);
  });

  it("is the one that is named", () => {
    expect(choose("postgres", backups, "20261119T020000Z")).toBe(backups[0]);
  });

  it.each([
    ["20261120T120000Z", "The last one before is 20261120T020000Z."],
    ["20261101T000000Z", "The oldest is 20261119T020000Z."],
  ])("is never another one than was named: %s", (at, hint) => {
    expect(faultOf(() => choose("postgres", backups, at))).toMatchObject({
      hint,
      exitCode: noSuchBackup,
    });
  });

  it("is none where there is none", () => {
    expect(faultOf(() => choose("postgres", [], undefined))).toMatchObject({
      exitCode: noSuchBackup,
    });
  });
});
