/** What the scripts of the backups write, as the command reads it. */
import { backupsIn, complaint, restoredIn, rowsIn } from "../../../cli/restore/output";

const line = 'BACKUP {"store":"postgres","at":"20261121T020000Z","bytes":12,"rows":3}';
const backup = { store: "postgres", at: "20261121T020000Z", bytes: 12, rows: 3 };

describe("a listing", () => {
  it("tells of each backup", () => {
    expect(backupsIn(`DATA\n${line}\nBACKUPS 1\n`)).toEqual([backup]);
  });

  it("may tell that there is none", () => {
    expect(backupsIn("BACKUPS 0\n")).toEqual([]);
  });

  it.each([
    ["empty", ""],
    ["cut short", `${line}\n`],
    ["without one that it counts", "BACKUPS 1\n"],
    ["with a line that is cut", 'BACKUP {"store":"postg\nBACKUPS 1\n'],
    ["followed by a failure", `${line}\nBACKUPS 1\nsh: 1: cannot\n`],
  ])("tells nothing where it is %s", (_, log) => {
    expect(backupsIn(log)).toBeUndefined();
  });
});

describe("a restore", () => {
  const said = 'RESTORED {"store":"postgres","at":"20261121T020000Z","rows":3}';

  it("has said that it is done at its very end", () => {
    expect(restoredIn(`ROWS a 3 3\n${said}\n`)).toEqual({
      store: "postgres",
      at: "20261121T020000Z",
      rows: 3,
    });
  });

  it.each([
    ["nothing", ""],
    ["it and then something else", `${said}\nkilled\n`],
    ["half of it", 'RESTORED {"store":'],
  ])("has not, where it said %s", (_, log) => {
    expect(restoredIn(log)).toBeUndefined();
  });

  it("counts rows, whatever a table is called", () => {
    expect(rowsIn('ROWS app."odd 1"."x y" 3 2\nnoise\nROWS app.public.users 0 0\n')).toEqual([
      { name: 'app."odd 1"."x y"', expected: 3, found: 2 },
      { name: "app.public.users", expected: 0, found: 0 },
    ]);
  });
});

it("keeps the last words of a failure, without what is for the command", () => {
  expect(complaint(`${line}\nROWS a 1 1\nrestore of postgres failed: no room\n\n`)).toBe(
    "restore of postgres failed: no room",
  );
});
