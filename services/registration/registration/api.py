"""All HTTP routes."""

from fastapi import FastAPI

from registration.acts import api as acts
from registration.editions import api as editions
from registration.events import api as events
from registration.feeds import api as feeds
from registration.guest_lists import api as guest_lists
from registration.imports import api as imports
from registration.organisers import api as organisers
from registration.persons import api as persons
from registration.press import api as press
from registration.waiting import api as waiting


def install(app: FastAPI) -> None:
    for routes in (editions, acts, press, organisers, persons, events, guest_lists, waiting, imports, feeds):
        app.include_router(routes.router)
