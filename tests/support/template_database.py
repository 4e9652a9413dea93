"""The migrated database that tests clone. It is made once for each state of the migrations."""

import asyncio
import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg

from tests.support.backends import POSTGRES, make_logins
from tests.support.stack import ROOT
from tests.support.waiting import LIMIT_S

MIGRATIONS = ROOT / "deploy" / "migrations"
LOCK = Path(tempfile.gettempdir()) / "arena-tests-template.lock"


def template_name() -> str:
    """Create the template unless it exists; returns its name. Nobody may be connected to it while it is cloned."""
    migrations = b"".join(path.read_bytes() for path in sorted(MIGRATIONS.glob("*.sql")))
    name = f"template_{hashlib.sha256(migrations).hexdigest()[:16]}"
    with one_process_at_a_time():
        asyncio.run(_make(name))
    return name


@contextmanager
def one_process_at_a_time() -> Iterator[None]:
    """Hold a lock, because several processes run tests side by side."""
    with LOCK.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


async def _make(name: str) -> None:
    admin = await asyncpg.connect(f"{POSTGRES}/postgres")
    try:
        if not await admin.fetchval("select exists (select from pg_database where datname = $1)", name):
            unfinished = f"{name}_unfinished"
            await admin.execute(f"drop database if exists {unfinished} with (force)")
            await asyncio.to_thread(migrate, f"{POSTGRES}/{unfinished}")
            await admin.execute(f"alter database {unfinished} rename to {name}")
        await make_logins()
    finally:
        await admin.close()


def migrate(url: str, migrations: Path = MIGRATIONS, *, tls: str = "sslmode=disable") -> None:
    """Make or migrate the database at a URL as the job `migrate` does, once its server answers."""
    subprocess.run(
        [ROOT / ".venv/bin/dbmate", "--migrations-dir", migrations, "--no-dump-schema", "--wait", "up"],
        env={**os.environ, "DATABASE_URL": f"{url}?{tls}"},
        check=True,
        timeout=LIMIT_S,
    )
