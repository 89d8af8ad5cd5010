"""HTTP routes of possible duplicates."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from labelling.domain.likeness import ALIKE_FROM
from labelling.likenesses import operations, store
from labelling.reviews.api import Committee, Territory, departements_of
from shared.contracts.base import Identifier
from shared.contracts.labelling import Verdict
from shared.contracts.registration import Slot
from shared.runtime.http.problems import not_found
from shared.runtime.http.reading import Reading
from shared.runtime.tokens import Caller

router = APIRouter(prefix="/v1/reviews", tags=["reviews"])
_EVENTS_PER_PAGE = 200


class LikeEvent(BaseModel):
    """An event of a group. `duplicate_of`: the earlier one of which registration says that this repeats it."""

    event_id: UUID
    title: str
    organiser_name: str
    departement: str | None
    city: str
    slots: list[Slot]
    verdict: Verdict | None
    in_review: bool = Field(description="It waits for the committee: it can be decided, with others and one reason")
    duplicate_of: UUID | None


class Why(BaseModel):
    """Why two events are thought to be one."""

    first: UUID
    second: UUID
    because: Literal["same_place_and_time", "text", "both"]
    likeness: float = Field(ge=0, le=1, description="Share of common wording", examples=[0.84])


class LikeGroup(BaseModel):
    """Events that may be one and the same, for one look."""

    events: list[LikeEvent]
    links: list[Why]


class LikeGroups(BaseModel):
    """Groups, the most alike first. `next` is the `after` of the following page; pages may be empty before the last."""

    groups: list[LikeGroup]
    next: UUID | None


@router.get("/likenesses")
async def list_likenesses(
    *,
    connection: Reading,
    caller: Committee,
    edition_id: Annotated[Identifier, Query(examples=["2020"])],
    departement: Territory = None,
    in_review: Annotated[bool, Query(description="Only groups with an event that waits for the committee")] = False,
    after: Annotated[UUID | None, Query(description="`next` of the page before")] = None,
) -> LikeGroups:
    """
    Possible duplicates among an edition's events: same organiser, place and time, or nearly the same text.

    Labelled and refused ones too. Referents see those with an event of their départements. An event is here a few
    seconds after it was submitted.
    """
    wanted = departements_of(caller, departement)
    seeds = await store.seeds(connection, edition_id, departements=wanted, after=after, limit=_EVENTS_PER_PAGE)
    groups = await operations.groups(connection, seeds, departements=wanted)
    return LikeGroups(
        groups=[_group(each) for each in groups if not in_review or any(event.in_review for event in each.events)],
        next=seeds[-1] if len(seeds) == _EVENTS_PER_PAGE else None,
    )


@router.get("/{event_id}/likenesses")
async def get_likenesses(event_id: UUID, connection: Reading, caller: Committee) -> LikeGroups:
    """Events that may be the same as this one, whether or not it waits for the committee."""
    known = (await store.candidates(connection, [event_id])).get(event_id)
    if known is None or not _is_in(caller, known.event.place.departement):
        raise not_found("event", event_id)
    groups = await operations.groups(connection, [event_id], departements=None, whole=True)
    return LikeGroups(groups=[_group(each) for each in groups], next=None)


def _is_in(caller: Caller, departement: str | None) -> bool:
    return caller.role == "staff" or departement in caller.departements


def _group(group: operations.Group) -> LikeGroup:
    return LikeGroup(events=[_event(each) for each in group.events], links=[_why(each) for each in group.links])


def _event(candidate: store.Candidate) -> LikeEvent:
    event = candidate.event
    return LikeEvent(
        event_id=event.id,
        title=event.title,
        organiser_name=event.organiser.name,
        departement=event.place.departement,
        city=event.place.city,
        slots=list(event.slots),
        verdict=candidate.verdict,
        in_review=candidate.in_review,
        duplicate_of=event.duplicate_of,
    )


def _why(link: operations.Link) -> Why:
    text = link.likeness >= ALIKE_FROM
    because: Literal["same_place_and_time", "text", "both"] = "text"
    if link.same_place_and_time:
        because = "both" if text else "same_place_and_time"
    return Why(first=link.first, second=link.second, because=because, likeness=link.likeness)
