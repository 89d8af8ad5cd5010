"""The HTTP side: a list of mails, one mail, and the same as JSON."""

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from semaine.servers.mail_sink.store import Question, Store

_MOST = 10_000
_TEMPLATES = Environment(loader=FileSystemLoader(Path(__file__).with_name("templates")), autoescape=select_autoescape())
_SEALED = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"}
"""A mail's HTML runs nothing and loads nothing."""


def application(store: Store) -> Starlette:
    """The pages and the JSON of a store."""
    view = _View(store)
    return Starlette(
        routes=[
            Route("/", view.page),
            Route("/messages/{number:int}", view.message_page),
            Route("/messages/{number:int}/html", view.html),
            Route("/messages/{number:int}/source", view.source),
            Route("/messages/{number:int}/attachments/{part:int}", view.attachment),
            Route("/api/messages", view.messages),
            Route("/api/messages", view.clear, methods=["DELETE"]),
            Route("/api/messages/{number:int}", view.message),
            Route("/api/count", view.count),
        ]
    )


class _View:
    def __init__(self, store: Store) -> None:
        self._store = store

    def page(self, request: Request) -> Response:
        question = _question(request)
        return _page(
            "list.html",
            messages=self._store.find(question),
            total=self._store.count(question)["messages"],
            question=question,
        )

    def message_page(self, request: Request) -> Response:
        described, mail = self._read(request)
        return _page("message.html", message=described | _contents(mail), headers=mail.items())

    def html(self, request: Request) -> Response:
        _, mail = self._read(request)
        return HTMLResponse(_body(mail, "html") or "", headers=_SEALED)

    def source(self, request: Request) -> Response:
        _, mail = self._read(request)
        return Response(mail.as_bytes(), media_type="text/plain")

    def attachment(self, request: Request) -> Response:
        _, mail = self._read(request)
        parts = list(mail.iter_attachments())
        number = request.path_params["part"]
        if number >= len(parts):
            raise HTTPException(404, "no such attachment")
        name = (parts[number].get_filename() or "attachment").replace('"', "")
        return Response(
            parts[number].get_payload(decode=True) or b"",
            media_type=parts[number].get_content_type(),
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def messages(self, request: Request) -> Response:
        return JSONResponse({"messages": self._store.find(_question(request))})

    def message(self, request: Request) -> Response:
        described, mail = self._read(request)
        return JSONResponse(described | _contents(mail) | {"headers": [[name, str(v)] for name, v in mail.items()]})

    def count(self, request: Request) -> Response:
        return JSONResponse(self._store.count(_question(request)))

    def clear(self, _request: Request) -> Response:
        return JSONResponse({"deleted": self._store.clear()})

    def _read(self, request: Request) -> tuple[dict[str, Any], EmailMessage]:
        found = self._store.read(request.path_params["number"])
        if found is None:
            raise HTTPException(404, "no such message")
        described, content = found
        return described, message_from_bytes(content, policy=policy.default)


def _question(request: Request) -> Question:
    values = request.query_params
    try:
        return Question(
            to=values.get("to", ""),
            subject=values.get("subject", ""),
            before=int(values.get("before", Question.before)),
            limit=min(int(values.get("limit", Question.limit)), _MOST),
        )
    except ValueError:
        raise HTTPException(400, "limit and before are whole numbers") from None


def _contents(mail: EmailMessage) -> dict[str, Any]:
    return {"text": _body(mail, "plain"), "html": _body(mail, "html"), "attachments": list(_attachments(mail))}


def _body(mail: EmailMessage, kind: str) -> str | None:
    part = mail.get_body((kind,))
    return str(part.get_content()).replace("\r\n", "\n") if part else None


def _attachments(mail: EmailMessage) -> Iterator[dict[str, str | None]]:
    for part in mail.iter_attachments():
        text = part.get_content() if part.get_content_maintype() == "text" else None
        yield {"name": part.get_filename(), "content_type": part.get_content_type(), "text": text}


def _page(template: str, **values: object) -> HTMLResponse:
    return HTMLResponse(_TEMPLATES.get_template(template).render(values))
