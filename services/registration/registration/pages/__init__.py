"""The pages that `registration` serves: the programme, the organiser's space, editions, registering and signing in."""

from fastapi import FastAPI

from registration.pages import (
    crawlers,
    editions,
    event,
    organiser,
    own_data,
    place,
    programme,
    registering,
    signin,
    waiting,
)
from shared import pages


def install(app: FastAPI, *, public_url: str) -> None:
    routers = [
        programme.router,
        crawlers.router,
        event.router,
        place.router,
        waiting.router,
        signin.router,
        registering.router,
        own_data.router,
        *organiser.ROUTERS,
        *editions.ROUTERS,
    ]
    pages.install(app, package="registration.pages", public_url=public_url, routers=routers)
