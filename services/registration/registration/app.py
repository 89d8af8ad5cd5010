"""The only place where the service's objects are made."""

import asyncio

from registration import api, handlers
from registration.settings import Settings
from shared.runtime.service import Service, assemble
from shared.runtime.tokens import read_key


def build(settings: Settings) -> Service:
    """The service: editions, organisers, events, guest lists and imports."""
    service = assemble(
        name="registration",
        description="Editions, organisers, events and guest lists of the programme.",
        settings=settings,
    )
    service.http.state.signing_key = read_key(settings.token_private_key_file)
    service.http.state.settings = settings
    service.http.state.imports = asyncio.Semaphore(settings.imports_at_once)
    api.install(service.http)
    handlers.subscribe(service.consumers)
    return service
