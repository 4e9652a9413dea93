"""What is known of a person: all of it for themselves, and none of it once they want that."""

from importlib.resources import files
from uuid import UUID

from arena.api.people.own_account import PersonalData
from services.gateway.notices.emails import forget_emails
from services.gateway.people.own_account import find_own
from shared.database import Connection, Pool, load_queries

queries = load_queries(files("services.gateway.people") / "personal_data.sql")


async def collect(pool: Pool, person_id: UUID) -> PersonalData:
    """Return what is known of a person, by table."""
    own = await find_own(pool, person_id)
    tables: dict[str, list[dict[str, object]]] = {}
    async for row in queries.list_tables(pool, person_id=person_id):
        tables.setdefault(row["name"], []).append(row["content"])
    person = {"email": own.email, "name": own.name, "role": own.role, "created_at": own.created_at.isoformat()}
    return PersonalData(person=person, tables=tables)


async def delete(connection: Connection, person_id: UUID) -> None:
    """Delete what is known of a person. Submissions and scores are their team's, and stay."""
    await queries.forget_tokens(connection, person_id=person_id)
    await queries.remove_webhooks(connection, person_id=person_id)
    email = await queries.delete_person(connection, id=person_id)
    if email is not None:
        await queries.forget_links(connection, email=email)
        await forget_emails(connection, email)
