"""Where PostgreSQL's programs run: in the container of the stack's database, in its pod, or here for a URL."""

import json
import os
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import IO, Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from arena.failure import Failure

PSQL = ("psql", "--no-psqlrc", "--no-align", "--tuples-only", "--quiet", "--set=ON_ERROR_STOP=1")
AS_JSON = "select row_to_json(found) from ({select}) as found"
END = "-- end of answer"
IN_CONTAINER = 'PGHOST=127.0.0.1 PGUSER=arena PGPASSWORD="$POSTGRES_PASSWORD" exec "$@"'
"""Run in the database's container, which knows its own password; so it is no argument that others could read."""
LIBPQ = {"sslmode": "PGSSLMODE", "sslrootcert": "PGSSLROOTCERT", "sslcert": "PGSSLCERT", "sslkey": "PGSSLKEY"}


@dataclass(frozen=True)
class Programs:
    """psql, pg_dump and pg_restore on one server; `database` is Arena's."""

    database: str
    prefix: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_container(cls, execute: tuple[str, ...]) -> Self:
        """Return those in the database's container, into which this command gets."""
        return cls("arena", (*execute, "sh", "-c", IN_CONTAINER, "sh"))

    @classmethod
    def of_url(cls, url: str) -> Self:
        """Return those on the PATH for a database by its URL. The password goes through the environment."""
        parts = urlsplit(url)
        if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
            raise Failure("Expected a database like postgresql://OWNER:PASSWORD@HOST:PORT/NAME, got another URL.")
        given = {
            "PGHOST": parts.hostname,
            "PGPORT": str(parts.port or 5432),
            "PGUSER": unquote(parts.username or ""),
            "PGPASSWORD": unquote(parts.password or ""),
            **{LIBPQ[name]: value for name, value in parse_qsl(parts.query) if name in LIBPQ},
        }
        return cls(parts.path.strip("/"), environment={name: value for name, value in given.items() if value})

    def start(self, *command: str, database: str, **pipes: Any) -> "subprocess.Popen[bytes]":
        """Start a program on a database. Raises Failure if the program is not there."""
        try:
            return subprocess.Popen(  # noqa: S603 - nothing in the arguments is a shell's
                [*self.prefix, *command, f"--dbname={database}"], env={**os.environ, **self.environment}, **pipes
            )
        except FileNotFoundError as error:
            raise Failure(
                f"Expected {error.filename} on the PATH, found none. For a database by URL install PostgreSQL's client "
                "of the server's version or later, such as the package postgresql-client; else Docker or kubectl."
            ) from error

    def run(self, *command: str, database: str, given: IO[bytes] | None = None, to: IO[bytes] | None = None) -> bytes:
        """Run a program to its end; its input and output may be files. Raises Failure with what it says."""
        with tempfile.TemporaryFile() as errors:
            process = self.start(
                *command,
                database=database,
                stdin=subprocess.DEVNULL if given is None else given,
                stdout=subprocess.PIPE if to is None else to,
                stderr=errors,
            )
            output, _ = process.communicate()
            if process.returncode != 0:
                raise Failure(f"{command[0]} did not succeed: {_said(errors)}")
            return output or b""

    def execute(self, sql: str, *, database: str | None = None) -> None:
        """Run SQL, each statement in a transaction of its own unless the SQL says otherwise."""
        with tempfile.TemporaryFile() as script:
            script.write(sql.encode())
            script.seek(0)
            self.run(*PSQL, database=database or self.database, given=script)

    def query(self, select: str, *, database: str | None = None) -> list[dict[str, Any]]:
        """Return the rows of one select."""
        with DatabaseSession(self, database or self.database) as session:
            return session.query(select)


class DatabaseSession:
    """One connection, which keeps its transaction and its locks from query to query until the block ends."""

    def __init__(self, programs: Programs, database: str) -> None:
        self._programs = programs
        self._database = database
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed at the end of the block

    def __enter__(self) -> Self:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": self._errors}
        self._process = self._programs.start(*PSQL, database=self._database, **pipes)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.communicate()  # closes its input, at which psql ends; the server rolls back what is open
        self._errors.close()

    def execute(self, sql: str) -> None:
        """Run statements that answer nothing."""
        self._ask(sql)

    def query(self, select: str) -> list[dict[str, Any]]:
        """Return the rows of one select."""
        return [json.loads(line) for line in self._ask(AS_JSON.format(select=select))]

    def _ask(self, sql: str) -> list[str]:
        assert self._process.stdin is not None  # noqa: S101 - both are pipes
        assert self._process.stdout is not None  # noqa: S101
        try:
            self._process.stdin.write(f"{sql};\n\\echo {END}\n".encode())
            self._process.stdin.flush()
        except BrokenPipeError as error:
            raise self._failure() from error
        lines: list[str] = []
        while line := self._process.stdout.readline().decode():
            if line.rstrip("\n") == END:
                return lines
            lines.append(line)
        raise self._failure()

    def _failure(self) -> Failure:
        self._process.wait()
        return Failure(f"The database did not answer: {_said(self._errors)}")


def _said(errors: IO[bytes]) -> str:
    errors.seek(0)
    return errors.read().decode(errors="replace").strip() or "it gives no reason"
