"""The pages that `labelling` serves: the committee's queue, decisions and charters; and organisers' appeals."""

from fastapi import FastAPI

from labelling.pages import appeal, charters, duplicates, editor, history, queue, review, service_level
from shared import pages


def install(app: FastAPI, *, public_url: str) -> None:
    routers = [
        queue.router,
        service_level.router,
        duplicates.router,
        charters.router,
        editor.router,
        review.router,
        history.router,
        appeal.router,
    ]
    pages.install(app, package="labelling.pages", public_url=public_url, routers=routers)
