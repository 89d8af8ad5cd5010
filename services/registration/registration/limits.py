"""How much one request may bring, and how many of some kinds an address may send."""

import re

from registration.settings import Settings
from shared.runtime.http.quotas import Quota, Strict

_SMALL = 16 * 1024
BODIES = (
    (re.compile(r"/v1/organisers(/.*)?"), _SMALL),
    (re.compile(r"/v1/persons/.*"), _SMALL),
    (re.compile(r"/v1/events/[^/]+/.*"), _SMALL),
    (re.compile(r"/v1/editions/.*"), 64 * 1024),
    (re.compile(r"/organisateur/inscription"), _SMALL),
    (re.compile(r"/organisateur/import"), 5 * 1024 * 1024),
)
"""Most bytes of a body by path. An event itself may have a long text: it has the limit of all else."""

STREAMS = ("/v1/imports/events", "/v1/imports/participations")
"""Read as they come: `SEMAINE_IMPORT_MAX_BYTES`, `SEMAINE_IMPORTS_AT_ONCE`, and the limits of `imports.reading`."""


def strict(settings: Settings) -> tuple[Strict, ...]:
    """What anybody may send without a token, and what makes us write a mail to an address that somebody names."""
    access = Quota(name="access", limit=settings.rate_limit_access)
    sign_ups = Quota(name="sign-ups", limit=settings.rate_limit_sign_ups)
    return (
        Strict(
            quota=access,
            method="POST",
            path=re.compile(
                r"/v1/organisers(/access|/token)?|/signin(/code|/token)?"
                r"|/organisateur/inscription|/v1/persons/own/(access|export|erasure)|/mes-donnees(/code)?"
            ),
        ),
        Strict(
            quota=sign_ups,
            method="POST",
            path=re.compile(
                r"/v1/events/[^/]+/participations(/[^/]+/cancellation)?|/evenements/[^/]+(/inscriptions/[^/]+)?"
                r"|/v1/events/[^/]+/waiting/[^/]+/(acceptance|departure)"
                r"|/a/[^/]+/(keep|cancel)|/a/attente/[^/]+/(accept|leave)"
            ),
        ),
    )
