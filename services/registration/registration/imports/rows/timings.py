"""OpenAgenda's timings: instants with an offset, as local times of the place."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from registration.imports.rows.export_values import decoded
from shared.contracts.base import Bilingual, BrokenRule

_NO_LIST = Bilingual(
    fr='ce n’est pas une liste de {"begin": …, "end": …} avec dates et heures : exportez le fichier de nouveau',
    en='it is not a list of {"begin": …, "end": …} with dates and times: export the file again',
)


class NotTimings(BrokenRule):
    """The timings cannot be read."""

    def __init__(self) -> None:
        super().__init__(_NO_LIST)


def local_slots(*, timings: object, first: str, last: str, time_zone: str) -> list[dict[str, datetime]]:
    """Slots in the local time of `time_zone`, in whole minutes; from first to last where no timings are given."""
    zone = ZoneInfo(time_zone)
    given = decoded(timings) if timings else None
    if not given and first and last:
        given = [{"begin": first, "end": last}]
    if not isinstance(given, list):
        raise NotTimings
    return [_slot(each, zone) for each in given]


def _slot(timing: Mapping[str, Any] | Any, zone: ZoneInfo) -> dict[str, datetime]:
    try:
        return {name: _local(timing[name], zone) for name in ("begin", "end")}
    except (KeyError, TypeError, ValueError, OverflowError) as error:
        raise NotTimings from error


def _local(value: str, zone: ZoneInfo) -> datetime:
    """A time without offset is local already."""
    moment = datetime.fromisoformat(value)
    local = moment.astimezone(zone) if moment.tzinfo else moment
    return local.replace(tzinfo=None, second=0, microsecond=0)
