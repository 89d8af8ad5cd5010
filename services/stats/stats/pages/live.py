"""The live page: what a wall shows during the week. Its figures move by the stream of `/v1/counters`."""

from collections.abc import Mapping
from typing import Annotated, NamedTuple, get_args

from fastapi import APIRouter, Query, Request, Response

from shared import pages
from shared.contracts.registration import Audience, EventType, Theme
from shared.contracts.stats import Dimension
from shared.pages.maps import areas
from shared.runtime.http.problems import not_found
from stats.board import Board
from stats.domain import ALL, NOTHING, Figures, Tally, default_edition
from stats.pages.former import FORMER

_HOURS = tuple(f"{hour:02}" for hour in range(7, 22))
_BARS: Mapping[Dimension, tuple[str, ...]] = {
    "type": get_args(EventType),
    "theme": get_args(Theme),
    "audience": get_args(Audience),
    "hour": _HOURS,
}


class Bar(NamedTuple):
    """`width`: per cent of the longest one of its group."""

    value: str
    events: int
    width: float


def routes(*, board: Board) -> APIRouter:
    """The routes under `/direct`."""
    router = pages.router("/direct")

    @router.get("")
    async def live(request: Request, edition: Annotated[str | None, Query(max_length=64)] = None) -> Response:
        """The figures of an edition; of the open one, where none is named."""
        if edition is None:
            default = default_edition(board.editions)
            edition = default.id if default else None
        if edition is None:
            return pages.render(request, "live/nothing.html")
        if edition not in board.editions:
            raise not_found("edition", edition)
        feed = board.feed(edition)
        figures = feed.figures
        departements = {code: tally.events for code, tally in figures.get("departement", {}).items()}
        return pages.render(
            request,
            "live/live.html",
            edition=board.editions[edition],
            as_of=feed.as_of,
            total=figures.get("total", {}).get(ALL, NOTHING),
            labelled=_tally(figures, "status", "labelled"),
            groups={dimension: _bars(figures, dimension, values) for dimension, values in _BARS.items()},
            areas=areas(departements),
            unknown=departements.get("unknown", 0),
            former=FORMER,
        )

    return router


def _tally(figures: Figures, dimension: Dimension, value: str) -> Tally:
    return figures.get(dimension, {}).get(value, NOTHING)


def _bars(figures: Figures, dimension: Dimension, values: tuple[str, ...]) -> list[Bar]:
    events = {value: _tally(figures, dimension, value).events for value in values}
    most = max(1, *events.values())
    return [Bar(value, number, round(100 * number / most, 1)) for value, number in events.items()]
