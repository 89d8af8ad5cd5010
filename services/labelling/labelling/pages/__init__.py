"""The pages that `labelling` serves."""

from fastapi import FastAPI

from shared import pages


def install(app: FastAPI, *, public_url: str) -> None:
    pages.install(app, package="labelling.pages", public_url=public_url, routers=[])
