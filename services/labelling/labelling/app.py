"""The only place where the service's objects are made."""

import asyncio
import re
from datetime import UTC, datetime

import structlog

from labelling import api, figures, handlers, pages
from labelling.charters import operations as charters
from labelling.likenesses import worker as likenesses
from labelling.redecisions import worker as redecisions
from labelling.settings import Settings
from shared.runtime.service import Service, assemble

log = structlog.get_logger(__name__)
_LARGEST_CHARTER = 1_000_000
"""Bytes: a charter brings its lexicon."""


def build(settings: Settings) -> Service:
    """The service: charters, decisions and reviews."""
    service = assemble(
        name="labelling",
        description="The label charter, the decision on every event with its reasons, and the committee's reviews.",
        settings=settings,
        bodies=((re.compile(r"/v1/charters(/[^/]+/simulation)?|/comite/brouillon(/publication)?"), _LARGEST_CHARTER),),
    )

    async def load_charters() -> None:
        async with service.database.transaction() as connection:
            for version in await charters.load_shipped(connection, now=datetime.now(UTC)):
                log.info("charter published", version=version)

    async def keep_figures() -> None:
        await figures.keep_up(service.database)

    async def decide_again() -> None:
        await redecisions.keep_up(service.database)

    async def mark_events() -> None:
        await likenesses.keep_up(service.database, busy=service.consumers.busy)

    service.prepare.append(load_charters)
    service.background += [("figures", keep_figures), ("redecisions", decide_again), ("likenesses", mark_events)]
    service.http.state.simulating = asyncio.Lock()
    api.install(service.http)
    pages.install(service.http, public_url=settings.public_url)
    handlers.subscribe(service.consumers)
    return service
