"""The pages that `stats` serves."""

from fastapi import FastAPI

from shared import pages
from stats.board import Board
from stats.pages import live


def install(app: FastAPI, *, board: Board, public_url: str) -> None:
    pages.install(app, package="stats.pages", public_url=public_url, routers=[live.routes(board=board)])
