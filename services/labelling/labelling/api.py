"""All HTTP routes."""

from fastapi import FastAPI

from labelling.appeals import api as appeals
from labelling.charters import api as charters
from labelling.checks import api as checks
from labelling.claims import api as claims
from labelling.decisions import api as decisions
from labelling.likenesses import api as likenesses
from labelling.reviews import api as reviews
from labelling.simulations import api as simulations


def install(app: FastAPI) -> None:
    for routes in (charters, checks, simulations, decisions, appeals, likenesses, reviews, claims):
        app.include_router(routes.router)
