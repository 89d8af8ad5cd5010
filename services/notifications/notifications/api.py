"""All HTTP routes."""

from fastapi import FastAPI

from notifications.deliveries import api as deliveries
from notifications.partners import api as partners


def install(app: FastAPI) -> None:
    for routes in (partners, deliveries):
        app.include_router(routes.router)
