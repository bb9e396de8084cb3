"""Copies a SQLite database by its online backup, while its server writes, and puts a copy in its place."""

import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

# How long a writer may hold the database.
BUSY_SECONDS = 60
# What SQLite keeps beside a database. A leftover of the old one must not be applied to the new one.
BESIDE = ("-journal", "-wal", "-shm")


class Failure(Exception):
    """Ends the program in words."""


def connect(path, mode="rw"):
    """Opens a file that is there; sqlite3 would make one that is not.

    What a server that was killed has left half done is rolled back then, for which it has to be writable.
    """
    return sqlite3.connect(f"file:{quote(str(path))}?mode={mode}", uri=True, timeout=BUSY_SECONDS)


def tables(connection):
    question = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    return [name for (name,) in connection.execute(question) if not name.startswith("sqlite_")]


def rows(connection):
    """Lines of a table's name, without spaces, and its number of rows."""
    lines = []
    for name in tables(connection):
        quoted = '"' + name.replace('"', '""') + '"'
        (number,) = connection.execute(f"SELECT count(*) FROM {quoted}").fetchone()
        lines.append(f"{quote(name)} {number}")
    return lines


def dump(source, copy):
    with closing(connect(source)) as live, closing(sqlite3.connect(copy)) as made:
        live.backup(made)
        print(*rows(made), sep="\n", end="\n" if tables(made) else "")


def check(copy, expected=None):
    with closing(connect(copy, "ro&immutable=1")) as made:
        (found,) = made.execute("PRAGMA integrity_check").fetchone()
        if found != "ok":
            raise Failure(f"the copy is damaged: {found}")
        if expected is not None and rows(made) != Path(expected).read_text().splitlines():
            raise Failure("the copy has other rows than were counted")


def has_data(path):
    if not Path(path).exists():
        print("no")
        return
    with closing(connect(path)) as live:
        print("yes" if any(not line.endswith(" 0") for line in rows(live)) else "no")


def count(path):
    with closing(connect(path)) as live:
        print(*rows(live), sep="\n", end="\n" if tables(live) else "")


def restore(copy, path):
    """Replaces the file at once; the old one stays beside it as .before-restore."""
    live = Path(path)
    aside = Path(f"{path}.restoring")
    aside.unlink(missing_ok=True)
    find_room(live.parent, os.path.getsize(copy))
    try:
        shutil.copyfile(copy, aside)
        with aside.open("rb") as file:
            os.fsync(file.fileno())
        check(aside)
        if live.exists():
            ensure_unused(live)
            keep(live)
        os.replace(aside, live)
    except BaseException:
        aside.unlink(missing_ok=True)
        raise
    folder = os.open(live.parent, os.O_RDONLY)
    os.fsync(folder)
    os.close(folder)


def find_room(folder, needed):
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise Failure(f"about {needed} bytes are needed beside what is there, and {free} are free")


def keep(live):
    """The file gets a second name, and what is beside it another one."""
    old = Path(f"{live}.before-restore")
    for end in ("", *BESIDE):
        Path(f"{old}{end}").unlink(missing_ok=True)
    os.link(live, old)
    for end in BESIDE:
        if Path(f"{live}{end}").exists():
            os.replace(f"{live}{end}", f"{old}{end}")


def ensure_unused(path):
    """A server that runs would go on with the old file."""
    with closing(sqlite3.connect(path, timeout=5, isolation_level=None)) as live:
        try:
            live.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            raise Failure(f"the database is in use: {error}") from error
        live.execute("ROLLBACK")


COMMANDS = {"dump": dump, "check": check, "has-data": has_data, "restore": restore, "count": count}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except (Failure, sqlite3.Error, OSError) as failure:
        sys.exit(f"{sys.argv[2]}: {failure}")
