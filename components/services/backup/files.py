"""Puts a folder's files into one archive, while their server runs, and the archive's into the folder."""

import os
import shutil
import signal
import sys
import tarfile
from pathlib import Path

# What the last restore has replaced, kept until the next one.
BEFORE = ".before-restore"
# Work of a restore: what comes, and what goes.
COMING = ".restoring"
GOING = ".replaced"
# The file system's own folder, at the top of a volume, is nobody's to read.
LEFT_OUT = {BEFORE, COMING, GOING, "lost+found"}


class Failure(Exception):
    """Ends the program in words."""


def entries(folder):
    """What is at the top of a folder and is in its backups."""
    return sorted(name for name in os.listdir(folder) if name not in LEFT_OUT)


def add(archive, path, name):
    """Adds a file, or a folder with all in it. One that was removed meanwhile is not missed."""
    try:
        # The archive would remember each of a hundred thousand files.
        archive.members.clear()
        member = archive.gettarinfo(path, name)
        if member is None:
            return 0
        if member.isreg():
            with open(path, "rb") as file:
                archive.addfile(member, file)
            return 1
        inside = sorted(os.listdir(path)) if member.isdir() else []
    except FileNotFoundError:
        return 0
    archive.addfile(member)
    if not member.isdir():
        return 1
    return sum(add(archive, os.path.join(path, one), f"{name}/{one}") for one in inside)


def dump(folder, path):
    with tarfile.open(path, "w", dereference=False) as archive:
        number = sum(add(archive, os.path.join(folder, name), name) for name in entries(folder))
    print("files", number)


def check(path, rows):
    """Reads all of the archive."""
    number = 0
    with tarfile.open(path) as archive, open(os.devnull, "wb") as nowhere:
        for member in archive:
            archive.members.clear()
            number += not member.isdir()
            if member.isreg():
                shutil.copyfileobj(archive.extractfile(member), nowhere)
    if f"files {number}" != Path(rows).read_text().strip():
        raise Failure(f"the archive has {number} files, which are not as many as were written")


def count(folder):
    number = 0
    for name in entries(folder):
        path = os.path.join(folder, name)
        if os.path.isdir(path) and not os.path.islink(path):
            for parent, folders, names in os.walk(path):
                links = [one for one in folders if os.path.islink(os.path.join(parent, one))]
                number += len(names) + len(links)
        else:
            number += 1
    print("files", number)


def restore(folder, path):
    """Unpacks beside what is there, so that only renames are left to do.

    What was moved aside before a restore was cut short is neither moved nor removed again.
    """
    coming, going, before = (Path(folder, name) for name in (COMING, GOING, BEFORE))
    shutil.rmtree(coming, ignore_errors=True)
    find_room(folder, os.path.getsize(path))
    try:
        coming.mkdir()
        with tarfile.open(path) as archive:
            # Checksums hold it together, and modes have to come back as they were.
            archive.extractall(coming, filter="fully_trusted")
    except BaseException:
        shutil.rmtree(coming, ignore_errors=True)
        raise
    going.mkdir(exist_ok=True)
    for name in entries(folder):
        if os.path.lexists(going / name):
            remove(Path(folder, name))
        else:
            os.rename(Path(folder, name), going / name)
    for name in os.listdir(coming):
        os.rename(coming / name, Path(folder, name))
    coming.rmdir()
    keep(going, before)


def find_room(folder, needed):
    free = shutil.disk_usage(folder).free
    if needed > free:
        raise Failure(f"about {needed} bytes are needed beside what is there, and {free} are free")


def keep(going, before):
    """The restore is done, whatever becomes of what it has replaced."""
    try:
        shutil.rmtree(before, ignore_errors=True)
        going.rename(before)
    except OSError as error:
        print(f"what was replaced is in {going}: {error}", file=sys.stderr)


def remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()


COMMANDS = {"dump": dump, "check": check, "count": count, "restore": restore}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except (Failure, OSError, tarfile.TarError) as failure:
        sys.exit(f"{sys.argv[2]}: {failure}")
