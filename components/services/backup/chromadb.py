"""Dumps and restores the collections of a ChromaDB server by its API, version 2.

An archive has one file for each collection, N.jsonl: a line that describes the collection, then lines
with pages of its records. The server has no snapshots, so a collection that changes while it is read is
read again.
"""

import json
import os
import signal
import sys
import urllib.error
import urllib.request
from pathlib import Path

ROOT = "/api/v2/tenants/default_tenant/databases/default_database"
# Embeddings of some thousand numbers make pages of some ten megabytes.
PAGE = 500
ATTEMPTS = 5
TIMEOUT_SECONDS = 60
# A collection takes its name only when it is complete.
RESTORING = "platform-restoring-"
FIELDS = ("embeddings", "documents", "metadatas", "uris")


class Failure(Exception):
    """Ends the program in words."""


def ask(method, path, body=None):
    request = urllib.request.Request(
        os.environ["CHROMA_URL"].rstrip("/") + ROOT + path,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS) as response:
            text = response.read()
    except urllib.error.HTTPError as error:
        words = error.read(1000).decode(errors="replace")
        raise Failure(f"{method} {path}: {error.code} {words}") from error
    except OSError as error:
        raise Failure(f"{method} {path}: {error}") from error
    return json.loads(text) if text else None


def all_collections():
    found = []
    while True:
        page = ask("GET", f"/collections?limit={PAGE}&offset={len(found)}")
        found += page
        if len(page) < PAGE:
            return sorted(found, key=lambda one: one["name"])


def collections():
    """Those of the server's users, without what a restore that was cut short has left."""
    return [one for one in all_collections() if not one["name"].startswith(RESTORING)]


def count(collection):
    return ask("GET", f"/collections/{collection['id']}/count")


def pages(collection):
    offset = 0
    while True:
        question = {"limit": PAGE, "offset": offset, "include": FIELDS}
        page = ask("POST", f"/collections/{collection['id']}/get", question)
        number = len(page["ids"])
        if number > 0:
            yield {"ids": page["ids"], **{one: page.get(one) for one in FIELDS}}
        if number < PAGE:
            return
        offset += number


def write(collection, path):
    """Writes a collection and says how many records it has; nothing if it changed meanwhile."""
    before = count(collection)
    ids = []
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps(collection) + "\n")
        for page in pages(collection):
            ids += page["ids"]
            file.write(json.dumps(page) + "\n")
    same = before == len(ids) == len(set(ids)) == count(collection)
    return before if same else None


def dump(folder):
    for number, collection in enumerate(collections(), start=1):
        for _ in range(ATTEMPTS):
            written = write(collection, Path(folder, f"{number}.jsonl"))
            if written is not None:
                print(collection["name"], written)
                break
        else:
            raise Failure(f"collection {collection['name']} does not stop changing")


def archived(folder):
    """The collections of an archive: a description, and an iterator of pages that has to be exhausted."""
    for path in sorted(Path(folder).glob("*.jsonl"), key=lambda one: int(one.stem)):
        with path.open(encoding="utf-8") as file:
            yield json.loads(next(file)), (json.loads(line) for line in file)


def counted(folder):
    lines = Path(folder, "rows").read_text(encoding="utf-8").splitlines()
    return {name: int(number) for name, number in (line.rsplit(" ", 1) for line in lines)}


def check(folder):
    found = {
        collection["name"]: sum(len(page["ids"]) for page in its_pages)
        for collection, its_pages in archived(folder)
    }
    if found != counted(folder):
        raise Failure(f"the archive has {found}, and its rows are {counted(folder)}")


def without_nothing(value):
    """The server describes what is not set as null, and does not take that back."""
    if not isinstance(value, dict):
        return value
    return {key: without_nothing(one) for key, one in value.items() if one is not None}


def restore(folder):
    remove_unfinished()
    live = collections()
    try:
        made = make_all(folder)
    except BaseException:
        remove_unfinished()
        raise
    for one in live:
        remove(one)
    for collection, name in made:
        ask("PUT", f"/collections/{collection['id']}", {"new_name": name})


def make_all(folder):
    """Makes the collections of an archive under other names, and says which names they will have."""
    expected = counted(folder)
    made = []
    for number, (described, its_pages) in enumerate(archived(folder), start=1):
        collection, name = make(f"{RESTORING}{number}", described, its_pages), described["name"]
        if count(collection) != expected[name]:
            raise Failure(f"collection {name} was not taken completely; the live ones are as they were")
        made.append((collection, name))
    return made


def remove_unfinished():
    for one in all_collections():
        if one["name"].startswith(RESTORING):
            remove(one)


def make(name, described, its_pages):
    body = {
        "name": name,
        "metadata": described.get("metadata"),
        "configuration": without_nothing(described.get("configuration_json")),
    }
    collection = ask("POST", "/collections", body)
    for page in its_pages:
        ask("POST", f"/collections/{collection['id']}/add", page)
    return collection


def remove(collection):
    ask("DELETE", f"/collections/{collection['name']}")


def has_data():
    print("yes" if any(count(one) > 0 for one in collections()) else "no")


def count_all():
    for one in collections():
        print(one["name"], count(one))


COMMANDS = {
    "dump": dump,
    "check": check,
    "restore": restore,
    "has-data": has_data,
    "count": count_all,
}

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        COMMANDS[sys.argv[1]](*sys.argv[2:])
    except Failure as failure:
        sys.exit(str(failure))
