"""The one place where the service's objects are made."""

from shared.runtime.service import Service, assemble
from stats import api, handlers, pages
from stats.board import Board
from stats.publisher import Publisher
from stats.settings import Settings
from stats.viewers import Viewers

STREAMS = ("/v1/counters/stream",)
"""Without end: `SEMAINE_VIEWERS_LIMIT` bounds them."""


def build(settings: Settings) -> Service:
    """The service, not started yet."""
    service = assemble(name="stats", description="Live counters of an edition.", settings=settings, streams=STREAMS)
    board = Board(database=service.database)
    publisher = Publisher(database=service.database, board=board, relay=service.relay)
    handlers.subscribe(service.consumers)
    service.http.include_router(
        api.routes(board=board, database=service.database, viewers=Viewers(limit=settings.viewers_limit))
    )
    pages.install(service.http, board=board, public_url=settings.public_url)
    service.prepare.append(board.prepare)
    service.stopping.append(board.close)
    service.background += [("board", board.run), ("publisher", publisher.run)]
    return service
