"""All HTTP routes."""

from fastapi import FastAPI

from notifications.deliveries import api as deliveries
from notifications.digests import api as digests
from notifications.digests.of_partners import api as partner_digests
from notifications.kits import api as kits
from notifications.mails import api as notices
from notifications.partners import api as partners
from notifications.preferences import api as preferences


def install(app: FastAPI) -> None:
    for routes in (partners, deliveries, kits, preferences, notices, digests, partner_digests):
        app.include_router(routes.router)
