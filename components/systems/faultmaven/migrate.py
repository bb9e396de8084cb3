"""Brings the database to the schema of this release.

A table remembers which releases have migrated. An earlier release that comes back finds a later one
there: it leaves the schema alone where the later ones only added to it, and refuses where one took
something away. A lock lets one migration run at a time.
"""

import asyncio
import os
import sys

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy.engine import make_url

RELEASE = int(os.environ["RELEASE"])
CONTRACTS = os.environ["CONTRACTS"] == "true"
URL = os.environ["DATABASE_URL"]

# Any number, as long as nobody else locks it.
LOCK = 8_214_053


async def main() -> str | None:
    """Returns why the release cannot run, or nothing."""
    url = make_url(URL)
    connection = await asyncpg.connect(
        host=url.host,
        port=url.port,
        user=url.username,
        password=url.password,
        database=url.database,
        ssl=url.query.get("ssl") or url.query.get("sslmode"),
    )
    try:
        await connection.execute("SELECT pg_advisory_lock($1)", LOCK)
        await connection.execute(
            "CREATE TABLE IF NOT EXISTS platform_releases ("
            " release integer PRIMARY KEY,"
            " contracts boolean NOT NULL,"
            " begun timestamptz NOT NULL DEFAULT now())"
        )
        later = await connection.fetchrow(
            "SELECT max(release) AS newest, max(release) FILTER (WHERE contracts) AS contracting"
            " FROM platform_releases WHERE release > $1",
            RELEASE,
        )
        if later["contracting"] is not None:
            return (
                f"Release {RELEASE} cannot run any more: release {later['contracting']} has"
                " contracted the schema, and there is no going back across a contraction."
                f" Go forward, to a release after {later['newest']}."
            )
        if later["newest"] is not None:
            print(f"The schema is that of release {later['newest']}, which only added to it.")
            return None
        # Before the migration: one that was begun may have taken something away already.
        await connection.execute(
            "INSERT INTO platform_releases (release, contracts) VALUES ($1, $2)"
            " ON CONFLICT (release) DO UPDATE"
            " SET contracts = platform_releases.contracts OR EXCLUDED.contracts",
            RELEASE,
            CONTRACTS,
        )
        # The application's own set-up of Alembic may start an event loop, which a thread of its own allows.
        await asyncio.to_thread(upgrade)
        print(f"The schema is that of release {RELEASE}.")
        return None
    finally:
        await connection.close()


def upgrade() -> None:
    config = Config("alembic.ini")
    # The file names a database of its own. A percent sign would be read as a reference.
    config.set_main_option("sqlalchemy.url", URL.replace("%", "%%"))
    command.upgrade(config, "head")


if __name__ == "__main__":
    # Where alembic.ini and the application's modules are.
    os.chdir("/app")
    sys.path.insert(0, "/app")
    sys.exit(asyncio.run(main()))
