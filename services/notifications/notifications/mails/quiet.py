"""Quiet hours: when people are not written to unless they are waiting for it, in their own local time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from notifications.mails.domain import Event, Mail, OfferContent
from shared.contracts.notifications import MailKind

NATIONAL_ZONE = "Europe/Paris"
"""Of who is written to about no event; else people are where the event is."""
_AWAITED: frozenset[MailKind] = frozenset({"receipt", "confirmation", "access", "own_data", "waiting"})
"""These answer what the recipient has done a moment ago."""
_SHORT_NOTICE = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `begin` to `end`, whole hours of the day in local time; across midnight where `begin` is the later."""

    begin: int
    end: int

    @classmethod
    def parsed(cls, text: str) -> Self:
        """`21-8`; the empty text is no quiet hours at all."""
        begin, _, end = (text or "0-0").partition("-")
        return cls(int(begin), int(end))

    def over_at(self, now: datetime, *, time_zone: str) -> datetime | None:
        """When they end that are on now; None when they are not."""
        local = now.astimezone(ZoneInfo(time_zone))
        across = self.begin > self.end
        late = local.hour >= self.begin
        if not ((late or local.hour < self.end) if across else (late and local.hour < self.end)):
            return None
        day = local.date() + timedelta(days=1 if across and late else 0)
        end = datetime(day.year, day.month, day.day, self.end, tzinfo=ZoneInfo(time_zone))
        return end.astimezone(UTC)


def held_until(mail: Mail, *, hours: QuietHours, now: datetime) -> datetime | None:
    """Until when a mail has to wait; None when it need not: of what is near nobody would want to hear too late."""
    if mail.kind in _AWAITED:
        return None
    events = [mail.event] if mail.event else list(mail.events.values())
    over_at = hours.over_at(now, time_zone=events[0].time_zone if events else NATIONAL_ZONE)
    if over_at is None or any(now < begin < over_at + _SHORT_NOTICE for event in events for begin in _begins(event)):
        return None
    if isinstance(mail.content, OfferContent) and mail.content.expires_at < over_at + _SHORT_NOTICE:
        return None
    return over_at


def _begins(event: Event) -> Iterable[datetime]:
    zone = ZoneInfo(event.time_zone)
    return (slot.begin.replace(tzinfo=zone) for slot in (*event.slots, *event.previous_slots))
