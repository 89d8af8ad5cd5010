"""What staff do about a dead letter of any service: send it again or discard it, once however often it is asked."""

from uuid import UUID

from notifications.laid_aside import store
from shared.contracts.topics import Service
from shared.runtime.database import Connection
from shared.runtime.http.problems import Problem, not_found
from shared.runtime.letters import Letter, Letters


async def send_again(connection: Connection, letters: Letters, *, service: Service, id_: UUID) -> None:
    """To the one service that has laid it aside; one that was sent again already stays as it is."""
    letter = await _held(connection, letters, service=service, id_=id_)
    if letter.state == "replayed":
        return
    if refused := await letters.replay([letter]):
        raise Problem(409, "Refused by the broker", refused[letter.id])


async def discard(connection: Connection, letters: Letters, *, service: Service, id_: UUID, by: str, why: str) -> None:
    """Note who says, when and why, that nothing is to be done; of one that is not open nothing more is noted."""
    letter = await _held(connection, letters, service=service, id_=id_)
    if letter.state == "open":
        await letters.discard([letter], by=by, why=why)


async def _held(connection: Connection, letters: Letters, *, service: Service, id_: UUID) -> Letter:
    """The letter as it is once nobody else is at it. Raises `Problem` (404) where there is none."""
    await store.hold(connection, id_)
    found = next((each for each in await letters.read(service) if each.id == str(id_)), None)
    if found is None:
        raise not_found("dead letter", id_)
    return found
