"""The pages that `notifications` serves: partners' endpoints, documentation, what was sent, dead letters, digests."""

from fastapi import FastAPI

from notifications.pages import (
    dead_letters,
    digest,
    documentation,
    endpoints,
    log,
    partner_digest,
    samples,
    secrets,
    sending,
)
from shared import pages


def install(app: FastAPI, *, public_url: str) -> None:
    routers = [
        documentation.router,
        secrets.router,
        endpoints.router,
        log.router,
        samples.router,
        dead_letters.router,
        sending.router,
        digest.router,
        partner_digest.router,
    ]
    pages.install(app, package="notifications.pages", public_url=public_url, routers=routers)
