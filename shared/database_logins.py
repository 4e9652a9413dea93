"""`python -m shared.database_logins`: gives each service's role in Postgres a login, after the migrations.

Run as the owner of the database, at every start: a password that has changed in the secrets changes here.
"""

import asyncio

from pydantic import SecretStr

from shared.database import connect_once
from shared.settings import DatabaseSettings

LOCK = 7007
"""Two that change the same role at once would fail; the number means nothing."""
CREATE = "do $$ begin create role {login} login in role {role}; exception when duplicate_object then null; end $$"


class LoginSettings(DatabaseSettings):
    """The URL is the owner's; each service's password is also in that service's own URL."""

    gateway_database_password: SecretStr
    dispatcher_database_password: SecretStr
    aggregator_database_password: SecretStr


async def set_logins(settings: LoginSettings) -> None:
    """Make or change the logins `gateway`, `dispatcher` and `aggregator`."""
    passwords = {
        "gateway": settings.gateway_database_password,
        "dispatcher": settings.dispatcher_database_password,
        "aggregator": settings.aggregator_database_password,
    }
    connection = await connect_once(settings.database_url, settings.database_tls)
    try:
        async with connection.transaction():
            await connection.execute("select pg_advisory_xact_lock($1)", LOCK)
            for login, password in passwords.items():
                await connection.execute(CREATE.format(login=login, role=f"arena_{login}"))
                change: str = await connection.fetchval(
                    "select format('alter role %I password %L', $1::text, $2::text)", login, password.get_secret_value()
                )
                await connection.execute(change)
    finally:
        await connection.close()


if __name__ == "__main__":
    asyncio.run(set_logins(LoginSettings()))
