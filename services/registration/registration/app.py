"""The only place where the service's objects are made."""

import asyncio
from datetime import timedelta

from registration import api, handlers, limits, pages
from registration.acts.days_off import SchoolHolidays
from registration.acts.school_calendar import read_calendar
from registration.acts.worker import Worker
from registration.imports.turns import Turns
from registration.settings import Settings
from registration.waiting.worker import Worker as Waiting
from shared.runtime.service import Service, assemble
from shared.runtime.tokens import read_key


def build(settings: Settings) -> Service:
    """The service: editions, organisers, events, guest lists and imports."""
    service = assemble(
        name="registration",
        description="Editions, organisers, events and guest lists of the programme.",
        settings=settings,
        bodies=limits.BODIES,
        streams=limits.STREAMS,
        strict=limits.strict(settings),
    )
    service.http.state.signing_key = read_key(settings.token_private_key_file)
    service.http.state.settings = settings
    service.http.state.imports = Turns(at_once=settings.imports_at_once, waiting=settings.imports_waiting)
    service.http.state.school_holidays = SchoolHolidays(read_calendar(settings.school_calendar_file))
    acts = Worker(database=service.database)
    service.http.state.acts = acts
    service.background.append(("acts", acts.run))
    waiting = Waiting(
        database=service.database,
        longest=timedelta(hours=settings.offer_hours),
        poll=timedelta(seconds=settings.offer_poll_seconds),
    )
    service.background.append(("waiting lists", waiting.run))
    service.http.state.writing_feeds = asyncio.Semaphore(1)
    api.install(service.http)
    pages.install(service.http, public_url=settings.public_url)
    handlers.subscribe(service.consumers)
    return service
