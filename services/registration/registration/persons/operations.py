"""Use cases of a person's data."""

from datetime import datetime
from uuid import UUID

from registration.guest_lists.persons import address_of
from registration.persons import store
from registration.waiting import operations as waiting_lists
from shared.contracts.topics import CONTACTS
from shared.runtime import outbox
from shared.runtime.database import Connection


async def export(connection: Connection, email: str) -> dict[str, object]:
    """All that is kept under this address; empty lists where that is nothing."""
    person = await store.person(connection, address_of(email))
    organisers = await store.organisers(connection, email)
    sign_ups = await store.sign_ups(connection, person["id"]) if person else []
    waiting = await store.waiting(connection, person["id"]) if person else []
    return {
        "email": email,
        "persons": [
            {"id": person["id"], "email": person["email"], "name": person["name"], "language": person["language"]}
        ]
        if person
        else [],
        "sign_ups": [dict(row) for row in sign_ups],
        "waiting": [dict(row) for row in waiting],
        "organisers": [
            {name: row[name] for name in ("id", "name", "email", "contact_name", "phone", "language", "created_at")}
            for row in organisers
        ],
    }


async def erase(connection: Connection, email: str, *, now: datetime) -> tuple[int, int]:
    """
    Erase what is kept under this address, here and by tombstones elsewhere. Answers how many persons and organisers.

    Sign-ups stay as numbers of people, so that no counter changes; the id with which they could be cancelled stays too.
    """
    person = await store.person(connection, address_of(email))
    organisers = await store.organisers(connection, email)
    if person:
        await waiting_lists.forget(
            connection, person["id"], now=now
        )  # guest lists are held before people, as elsewhere
    persons = {person["id"]: await store.forget_person(connection, person["id"])} if person else {}
    contacts = {row["id"]: await store.forget_organiser(connection, row["id"]) for row in organisers}
    gone: dict[UUID, int] = {id_: number for id_, number in (persons | contacts).items() if number is not None}
    await store.forget_notices(connection, list(gone))
    await outbox.publish(
        connection,
        [
            outbox.message(topic=CONTACTS, key=str(id_), sequence=sequence, body=None, time=now)
            for id_, sequence in gone.items()
        ],
    )
    return len(persons.keys() & gone.keys()), len(contacts.keys() & gone.keys())
