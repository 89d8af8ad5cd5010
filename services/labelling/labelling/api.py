"""All HTTP routes."""

from fastapi import FastAPI

from labelling.charters import api as charters
from labelling.decisions import api as decisions
from labelling.reviews import api as reviews


def install(app: FastAPI) -> None:
    for routes in (charters, decisions, reviews):
        app.include_router(routes.router)
