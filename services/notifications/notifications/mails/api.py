"""HTTP routes of samples: what people would be told, before anybody is."""

from datetime import UTC, datetime
from typing import Annotated, get_args
from uuid import UUID

from fastapi import APIRouter, Body, Request
from pydantic import BaseModel, ConfigDict, Field

from notifications.mails.domain import Edition
from notifications.mails.preview import Preview, previews
from notifications.webhooks import operations as webhooks
from shared.contracts.base import Bilingual, Identifier, Language, WrittenDay
from shared.contracts.registration import Act, ActKind, Policy, Window
from shared.runtime.database import Connection
from shared.runtime.http.once import Answer, Once
from shared.runtime.http.problems import FieldError, Problem
from shared.runtime.tokens import Staff

router = APIRouter(prefix="/v1/notices", tags=["notices"])


ActText = Annotated[str, Field(max_length=20_000)]


class Days(BaseModel):
    """Whole days, both ends included."""

    model_config = ConfigDict(extra="forbid")
    first_day: WrittenDay
    last_day: WrittenDay


class Texts(BaseModel):
    """One text in both languages."""

    model_config = ConfigDict(extra="forbid")
    fr: ActText
    en: ActText


_EXAMPLE = {
    "name": {"fr": "Semaine de l’industrie 2020", "en": "Industry Week 2020"},
    "kind": "postponed",
    "policy": "confirmation",
    "respond_by": "2020-10-16",
    "previous_dates": {"first_day": "2020-03-30", "last_day": "2020-04-05"},
    "dates": {"first_day": "2020-11-16", "last_day": "2020-11-22"},
    "terms": {"fr": "Les propositions rouvrent.", "en": "Submissions are open again."},
}


class SampleAct(BaseModel):
    """
    An act on an edition as staff are about to decide it. Only a postponement to known dates has `dates`.

    With `edition_id` the answer says how many partners would hear of it too.
    """

    model_config = ConfigDict(extra="forbid")
    edition_id: Identifier | None = None
    name: Texts
    kind: ActKind
    policy: Policy = "kept"
    respond_by: WrittenDay | None = None
    previous_dates: Days
    dates: Days | None = None
    terms: Texts


class Sample(BaseModel):
    """A mail with made-up data."""

    name: str
    kind: str
    language: Language
    subject: str
    text: str
    html: str


class Samples(BaseModel):
    """Mails in both languages."""

    samples: list[Sample]
    partners: int | None = Field(
        default=None, description="Endpoints that would hear of the act, as things are; null where no edition is named"
    )


@router.get("/samples")
async def list_samples(request: Request, _staff: Staff) -> Samples:
    """Every notice there is, with made-up data."""
    return _samples(request)


@router.post("/samples")
async def make_samples(
    request: Request, act: Annotated[SampleAct, Body(examples=[_EXAMPLE])], _staff: Staff, once: Once
) -> Samples:
    """What people in each role would be told of an act, with made-up events, and how many partners. Tells nobody."""

    async def make(connection: Connection) -> Answer:
        return Answer(body=await samples_of(request, connection, act))

    return await once(make)  # type: ignore[return-value]


async def samples_of(request: Request, connection: Connection, act: SampleAct) -> Samples:
    """What people and partners would be told of an act. Raises `Problem` (422) where it lacks something."""
    if act.kind == "postponed" and act.dates is None:
        raise _missing("dates", "Give the new dates, or postpone without dates: postponed_undated.")
    if act.policy == "confirmation" and act.respond_by is None:
        raise _missing("respond_by", "Give the last day for answers.")
    found = _samples(request, edition=_edition(act))
    if act.edition_id is not None:
        found.partners = await webhooks.hearers(connection, edition_id=act.edition_id, act=act.kind)
    return found


def _missing(field: str, remedy: str) -> Problem:
    return Problem(422, "The request has errors", errors=[FieldError(field, "It is missing", remedy)])


def _samples(request: Request, *, edition: Edition | None = None) -> Samples:
    public_url: str = request.app.state.settings.public_url
    return Samples(
        samples=[
            _shown(each)
            for language in get_args(Language)
            for each in previews(public_url=public_url, language=language, edition=edition)
        ]
    )


def _shown(preview: Preview) -> Sample:
    return Sample(
        name=preview.name,
        kind=preview.kind,
        language=preview.language,
        subject=preview.written.subject,
        text=preview.written.text,
        html=preview.written.html,
    )


def _edition(act: SampleAct) -> Edition:
    before = Window(first_day=act.previous_dates.first_day, last_day=act.previous_dates.last_day)
    return Edition(
        id="sample",
        name=Bilingual(**act.name.model_dump()),
        submission_deadline=before.first_day,
        dates=Window(first_day=act.dates.first_day, last_day=act.dates.last_day) if act.dates else None,
        act=Act(
            id=UUID(int=1),
            number=1,
            kind=act.kind,
            policy=act.policy,
            respond_by=act.respond_by,
            previous_dates=before,
            previous_label_window=before,
            previous_submission_deadline=before.first_day,
            terms=Bilingual(**act.terms.model_dump()),
            decided_at=datetime.now(UTC),
        ),
    )
