"""What templates need to tell a person of an act: it, their events and their sign-ups."""

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from notifications.mails.domain import (
    SIGN_UP_PATH,
    WAITING_PATH,
    ActContent,
    Edition,
    Event,
    Mail,
    SignUp,
    Waits,
)
from notifications.mails.wording import day_in_words, place_in_words, slots_in_words, window_in_words
from shared.contracts.base import Language
from shared.contracts.registration import Slot
from shared.pages.addresses import HOMES


def act_variables(
    mail: Mail, content: ActContent, *, event_link: Callable[[Event], str], public_url: str
) -> dict[str, Any]:
    """Variables of the templates about an act. The mail has been found complete: edition, act and events are there."""
    language = mail.contact.language
    assert mail.edition is not None
    organised = [mail.events[id_] for id_ in content.organised]
    return {
        **_of_act(mail.edition, language),
        "organiser_link": public_url + HOMES["organiser"],
        "organised": [_of_event(event, language, link=event_link(event)) for event in organised],
        "organised_total": content.organised_total,
        "sign_ups_total": content.sign_ups_total,
        "organised_more": max(content.organised_total - len(content.organised), 0),
        "sign_ups": list(_of_guest(mail, content.sign_ups, event_link=event_link, public_url=public_url)),
        "sign_ups_more": max(content.sign_ups_total - len(content.sign_ups), 0),
        "waiting": list(_of_guest(mail, content.waiting, event_link=event_link, public_url=public_url)),
        "waiting_total": content.waiting_total,
        "waiting_more": max(content.waiting_total - len(content.waiting), 0),
    }


def _of_act(edition: Edition, language: Language) -> dict[str, Any]:
    act = edition.act
    assert act is not None
    return {
        "act": act.kind,
        "policy": act.policy,
        "terms": act.terms.in_language(language).strip(),
        "dates_before": window_in_words(act.previous_dates, language=language),
        "dates": window_in_words(edition.dates, language=language) if edition.dates else "",
        "respond_by": day_in_words(act.respond_by, language=language) if act.respond_by else "",
    }


def _of_guest(
    mail: Mail, found: Sequence[SignUp | Waits], *, event_link: Callable[[Event], str], public_url: str
) -> Iterator[dict[str, Any]]:
    """Sign-ups, or entries in waiting lists, each with the link to answer."""
    language = mail.contact.language
    for each in found:
        event = mail.events[each.event_id]
        yield {
            **_of_event(event, language, link=event_link(event)),
            "people": each.people,
            "answer_link": public_url + _answer_path(each),
            "closed": isinstance(each, Waits) and (each.closed or event.withdrawn or event.occurrence == "cancelled"),
        }


def _answer_path(found: SignUp | Waits) -> str:
    if isinstance(found, Waits):
        return WAITING_PATH.format(entry_id=found.entry_id)
    return SIGN_UP_PATH.format(participation_id=found.participation_id)


@lru_cache(maxsize=8192)
def _of_event(event: Event, language: Language, *, link: str) -> dict[str, Any]:
    """Notices of one event come together, so the last ones are remembered."""

    def in_words(slots: tuple[Slot, ...]) -> list[str]:
        return slots_in_words(slots, time_zone=event.time_zone, language=language)

    return {
        "title": " ".join(event.title.split()),
        "reference": event.reference,
        "organiser": event.organiser,
        "place": ", ".join(place_in_words(event.place, language=language)),
        "before": in_words(event.previous_slots or event.slots),
        "slots": in_words(event.slots),
        "occurrence": "withdrawn" if event.withdrawn else event.occurrence,
        "link": link,
    }
