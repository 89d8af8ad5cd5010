"""All HTTP routes."""

from fastapi import FastAPI

from notifications.deliveries import api as deliveries
from notifications.webhooks import api as webhooks


def install(app: FastAPI) -> None:
    for routes in (webhooks, deliveries):
        app.include_router(routes.router)
