"""Use cases of charters."""

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache

import orjson

from labelling.charters import store
from labelling.charters.shipped import shipped
from labelling.domain.charter import Charter, charter_from
from shared.runtime.database import Connection
from shared.runtime.http.problems import FieldError, Problem


class CharterChangedError(ValueError):
    """A published version says something else now; give the changed charter a new version."""


async def load_shipped(connection: Connection, *, now: datetime) -> list[str]:
    """
    Publish the charters that come with the service, where their version is not published yet; answers the new versions.

    Raises `CharterInvalidError` for a wrong file, `CharterChangedError` for one that changed under the same version.
    """
    new = []
    for name, content in shipped():
        charter = charter_from(content, source=name)
        document = orjson.dumps(content).decode()
        if await store.insert(connection, charter, document=document, published_at=now):
            new.append(charter.version)
        elif not await store.is_same(connection, version=charter.version, document=document):
            raise CharterChangedError(
                f"{name}, or the lexicon it names, differs from the charter {charter.version} that is published:"
                " a published version never changes, so raise `version` in the file or restore the old content"
            )
    return new


async def publish(connection: Connection, charter: Charter, *, now: datetime) -> None:
    """Publish a new version; from now on it holds for its editions. What is decided stays so."""
    document = charter.model_dump_json()
    if "\\u0000" in document:
        raise Problem(422, "The request has errors", "A text contains a NUL character: remove it.")
    if not await store.insert(connection, charter, document=document, published_at=now):
        error = FieldError("version", f"{charter.version} is published already", "Choose a new version.")
        raise Problem(409, "Version already published", "A published version never changes.", errors=[error])


async def read(connection: Connection, version: str) -> Charter | None:
    document = await store.read(connection, version)
    return None if document is None else _parsed(document)


async def current(connection: Connection, edition_ids: Sequence[str]) -> dict[str, Charter]:
    """The charter in force for each edition that is here; editions without one are missing."""
    documents = await store.current(connection, edition_ids)
    return {edition_id: _parsed(document) for edition_id, document in documents.items()}


@lru_cache(maxsize=16)
def _parsed(document: str) -> Charter:
    """Kept, with its lexicon made ready: reading one takes a hundred times as long as deciding by it."""
    return charter_from(orjson.loads(document), source="a published charter")
