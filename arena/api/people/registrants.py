"""People, as organizers see them."""

from datetime import datetime
from uuid import UUID

from arena.api.body import Body, Page, example, example_of
from arena.words.names import EmailAddress
from arena.words.scopes import PersonRole, RegistrationState


class Person(Body):
    """Somebody who signs in, as organizers see them."""

    model_config = example(
        id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        email="ada@uni.example",
        name="Ada",
        role="member",
        created_at="2026-07-01T12:00:00Z",
        confirmed_at="2026-07-01T12:03:00Z",
    )
    id: UUID
    email: str
    name: str
    role: PersonRole
    created_at: datetime
    confirmed_at: datetime | None


class PersonPage(Page):
    """People, the oldest first."""

    model_config = example(people=[example_of(Person)], next=None)
    people: list[Person]


class Registrant(Body):
    """Somebody who asked to take part in a competition."""

    model_config = example(
        id="0b1f6a52-8d1c-4b6e-9a53-6f4f0a3f9f10",
        email="ada@uni.example",
        name="Ada",
        state="waiting",
        team=None,
        rules_version="9f86d081884c7d65",
        rules_accepted_at="2026-07-01T12:00:00Z",
        created_at="2026-07-01T12:00:00Z",
        decided_at=None,
    )
    id: UUID
    email: str
    name: str
    state: RegistrationState
    team: str | None
    rules_version: str
    rules_accepted_at: datetime
    created_at: datetime
    decided_at: datetime | None


class RegistrantPage(Page):
    """Those who asked to take part, the oldest first."""

    model_config = example(people=[example_of(Registrant)], next=None)
    people: list[Registrant]


class Decision(Body):
    """Whom a decision is about, and how their registration stands now."""

    model_config = example(email="ada@uni.example", name="Ada", state="approved")
    email: str
    name: str
    state: RegistrationState


class NewRole(Body):
    """The role that whoever has this address gets, now or once they sign in."""

    model_config = example(email="judge@uni.example", role="judge")
    email: EmailAddress
    role: PersonRole
