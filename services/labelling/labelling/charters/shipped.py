"""The charters that come with the service, read from the YAML files beside this module and from `lexicons`."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import yaml

from labelling.domain.charter import CharterInvalidError


def shipped() -> Iterator[tuple[str, Any]]:
    """The file name and the document of each charter, lexicons written out."""
    for file in sorted(files("labelling.charters").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            yield file.name, with_lexicon(_read(file), source=file.name)


def with_lexicon(document: Any, *, source: str) -> Any:
    """
    The document with the lexicon that its relevance criterion names written out.

    Raises `CharterInvalidError` for a name that no lexicon of the service has.
    """
    criteria = document.get("criteria") if isinstance(document, dict) else None
    for criterion in criteria if isinstance(criteria, list) else []:
        parameters = criterion.get("parameters") if isinstance(criterion, dict) else None
        if isinstance(parameters, dict) and isinstance(parameters.get("lexicon"), str):
            parameters["lexicon"] = _lexicon(parameters["lexicon"], source=source)
    return document


def _lexicon(name: str, *, source: str) -> Any:
    known = {file.name.removesuffix(".yaml"): file for file in files("labelling.lexicons").iterdir()}
    if name not in known or not known[name].name.endswith(".yaml"):
        names = ", ".join(sorted(name for name, file in known.items() if file.name.endswith(".yaml")))
        raise CharterInvalidError(f"{source}: lexicon {name!r} is unknown; known are {names}, or write one out")
    return _read(known[name])


def _read(file: Traversable) -> Any:
    try:
        return yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise CharterInvalidError(f"{file.name} is not YAML: {error}") from error
