"""The pages that `notifications` serves: partners' endpoints, their log, and what partners need to know."""

from fastapi import FastAPI

from notifications.pages import documentation, endpoints, log, secrets
from shared import pages


def install(app: FastAPI, *, public_url: str) -> None:
    routers = [documentation.router, secrets.router, endpoints.router, log.router]
    pages.install(app, package="notifications.pages", public_url=public_url, routers=routers)
