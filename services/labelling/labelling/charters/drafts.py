"""A charter as it is sent: JSON, or YAML as in the service's own files, which may name a lexicon of the service."""

import asyncio
import contextlib
from typing import Annotated, Any

import orjson
import yaml
from fastapi import Depends, Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from labelling.charters.shipped import with_lexicon
from labelling.domain.charter import Charter, CharterInvalidError
from shared.runtime.http.problems import FieldError, Problem

_EXAMPLE = {
    "version": "2021-trial-1",
    "editions": ["2021-trial"],
    "title": {"fr": "Charte d’essai", "en": "Trial charter"},
    "review_working_days": 4,
    "criteria": [
        {
            "criterion": "audience",
            "weight": "must",
            "name": {"fr": "Public", "en": "Audience"},
            "parameters": {"accepted": ["general_public", "young_people", "jobseekers"]},
            "messages": {
                "met": {"fr": "Ouvert à : {audience}.", "en": "Open to: {audience}."},
                "unstated": {"fr": "Public non indiqué : {accepted}.", "en": "Audience not stated: {accepted}."},
                "unmet": {"fr": "Réservé à : {audience}.", "en": "Reserved for: {audience}."},
            },
        }
    ],
}
_SCHEMA = {"$ref": "#/components/schemas/Charter"}
BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": _SCHEMA, "examples": {"trial": {"value": _EXAMPLE}}},
        "application/yaml": {"schema": _SCHEMA},
    },
}
"""What routes that take a `Draft` say of it."""
_DEEPEST = 40
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""That of C, where there is one: thirty times as fast."""


async def _draft(request: Request) -> Charter:
    return await asyncio.to_thread(draft, await request.body())


Draft = Annotated[Charter, Depends(_draft)]


def draft(content: bytes) -> Charter:
    """The charter in a YAML or JSON text; 422 with the fields to correct."""
    document = _read(content)
    try:
        return Charter.model_validate(with_lexicon(document, source="this charter"))
    except CharterInvalidError as error:
        fields = [FieldError("criteria", str(error), "Name one of these, or write the lexicon out.")]
        raise Problem(422, "The request has errors", "Correct the fields named.", errors=fields) from None
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from None


def _read(content: bytes) -> Any:
    with contextlib.suppress(orjson.JSONDecodeError):
        return orjson.loads(content)
    try:
        _check_shape(content)
        return yaml.load(content, Loader=_Loader)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, LookupError, OverflowError, TypeError) as error:  # as tags provoke them
        problem = FieldError("body", f"It is neither YAML nor JSON: {error}"[:500], "Send the charter as YAML or JSON.")
        raise Problem(422, "The request has errors", "Correct the text.", errors=[problem]) from None


def _check_shape(content: bytes) -> None:
    """Aliases multiply what they stand for, and depth is what readers fail on: no charter needs either."""
    depth = 0
    for event in yaml.parse(content, Loader=_Loader):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError(f"write out what the alias *{event.anchor} stands for")
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEEPEST:
            raise yaml.YAMLError(f"it is nested more than {_DEEPEST} levels deep")
