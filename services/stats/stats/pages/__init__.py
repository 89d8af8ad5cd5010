"""The pages that `stats` serves."""

from fastapi import FastAPI

from shared import pages


def install(app: FastAPI, *, public_url: str) -> None:
    pages.install(app, package="stats.pages", public_url=public_url, routers=[])
