"""Why a claimed mail is not sent: not now, or not ever."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from notifications.deliveries.domain import Abandoned, Untried, Withheld, look_again
from notifications.mails.domain import AccessContent, Event, Mail, MovedContent, OfferContent, ReminderContent
from notifications.mails.quiet import QuietHours, held_until
from notifications.mails.store import ClaimedMail

_ACT_WAITS = timedelta(seconds=2)
"""Mails of an act wait for its events in their tens of thousands, so they are not looked at all the time."""


def not_to_be_sent(item: ClaimedMail, *, hours: QuietHours, now: datetime) -> Untried | Abandoned | Withheld | None:
    """What becomes of a mail that is not sent; None when it can be."""
    if item.cancelled:
        return Withheld(detail="the sign-up has been cancelled")
    if item.superseded:
        return Withheld(detail="a later act on the edition has taken its place")
    if item.unwanted:
        return Withheld(detail="the recipient wants no mails of this kind")
    if item.unreachable:
        return Withheld(detail="the address has refused too many mails for good")
    if item.mail is None:
        again = look_again(queued_at=item.claimed.queued_at, now=now)
        return Untried(due_at=max(again, now + _ACT_WAITS) if item.of_act else again)
    if item.mail.contact.email is None:
        return Abandoned(detail="the recipient has been erased")
    return _out_of_date(item.mail, now=now) or _quiet(item.mail, hours=hours, now=now)


def _out_of_date(mail: Mail, *, now: datetime) -> Abandoned | Withheld | None:
    if isinstance(mail.content, AccessContent) and mail.content.expires_at <= now:
        return Abandoned(detail="the access code had run out before it could be sent")
    if isinstance(mail.content, OfferContent) and mail.event is not None:
        if mail.content.expires_at <= now:
            return Withheld(detail="the offer had lapsed before it could be sent")
        if not mail.event.takes_place:
            return Withheld(detail="the event does not take place")
    if isinstance(mail.content, MovedContent) and mail.event is not None and not mail.event.takes_place:
        return Withheld(detail="the event does not take place")
    if isinstance(mail.content, ReminderContent) and mail.event is not None:
        return _pointless(mail.content, mail.event, now=now)
    return None


def _pointless(reminder: ReminderContent, event: Event, *, now: datetime) -> Withheld | None:
    """Of what does not take place nobody is reminded, nor of the wrong day; another day brings its own reminder."""
    begins = min((slot.begin for slot in event.slots), default=None)
    if not event.takes_place or begins is None or begins.date() != reminder.day:
        return Withheld(detail="the event does not take place on that day")
    if begins.replace(tzinfo=ZoneInfo(event.time_zone)) <= now:
        return Withheld(detail="the event has begun")
    return None


def _quiet(mail: Mail, *, hours: QuietHours, now: datetime) -> Untried | None:
    until = held_until(mail, hours=hours, now=now)
    return Untried(due_at=until) if until else None
