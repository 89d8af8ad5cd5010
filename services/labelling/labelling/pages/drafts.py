"""A charter as text in the editor: what it says of a published one, and where in the text something is wrong."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import yaml
from fastapi.exceptions import RequestValidationError

from labelling.charters.shipped import with_lexicon
from labelling.domain.charter import Charter
from shared.pages.languages import Texts
from shared.runtime.http.problems import Problem

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_LEXICON = re.compile(r"^[a-z0-9-]{1,40}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """`line`: from 1, None where there is none; `excerpt`: what stands there; `detail`: in English, may be empty."""

    line: int | None
    field: str
    kind: str
    detail: str
    excerpt: str

    def words(self, texts: Texts) -> str:
        return texts.first(f"faults.draft.{self.kind}", "faults.draft.refused")


def text_of(charter: Charter) -> str:
    """A published charter as YAML; a lexicon that comes with the service by its name alone."""
    document = charter.model_dump(mode="json", exclude_defaults=True)
    for criterion in document["criteria"]:
        lexicon = criterion.get("parameters", {}).get("lexicon")
        if lexicon is not None and _comes_with_the_service(lexicon):
            criterion["parameters"]["lexicon"] = lexicon["name"]
    return str(yaml.safe_dump(document, allow_unicode=True, sort_keys=False, width=100))


def wrong(error: Problem | RequestValidationError, text: str) -> list[Wrong]:
    """What is wrong with a text, by line and field, in the order of the text."""
    if isinstance(error, RequestValidationError):
        found = [
            _at(text, each["loc"][1:], kind=each["type"], detail=str(each["msg"]).removeprefix("Value error, "))
            for each in error.errors()
        ]
        return sorted(found, key=lambda each: each.line or 0)
    return [
        _unreadable(text, each.detail)
        if each.field == "body"
        else _at(text, [each.field], kind="refused", detail=f"{each.detail}. {each.remedy}")
        for each in error.errors
    ]


def _comes_with_the_service(lexicon: dict[str, Any]) -> bool:
    name = lexicon["name"]
    if not _LEXICON.match(name):
        return False
    try:
        shipped = with_lexicon({"criteria": [{"parameters": {"lexicon": name}}]}, source="")
    except ValueError:
        return False
    known = shipped["criteria"][0]["parameters"]["lexicon"]
    return bool(_plain(known) == _plain(lexicon))


def _plain(lexicon: dict[str, Any]) -> list[tuple[float, list[str]]]:
    return [(float(group["weight"]), [str(term) for term in group["terms"]]) for group in lexicon["groups"]]


def _unreadable(text: str, detail: str) -> Wrong:
    try:
        yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        if error.problem_mark is not None:
            line = error.problem_mark.line + 1
            return Wrong(
                line=line, field="", kind="unreadable", detail=error.problem or "", excerpt=_excerpt(text, line)
            )
    except yaml.YAMLError:
        pass
    return Wrong(line=None, field="", kind="unreadable", detail=detail, excerpt="")


def _at(text: str, path: Sequence[int | str], *, kind: str, detail: str) -> Wrong:
    line, shown = _line_of(text, path)
    return Wrong(line=line, field=".".join(shown), kind=kind, detail=detail, excerpt=_excerpt(text, line))


def _line_of(text: str, path: Sequence[int | str]) -> tuple[int | None, list[str]]:
    """
    Where the last part of a path stands that is in the text, and the path without what only types say.

    Pydantic names the kind of a criterion in the path to its fields; the text does not. A criterion goes by its name.
    """
    node = yaml.compose(text, Loader=_Loader)
    if node is None:
        return None, [str(part) for part in path]
    line, shown = node.start_mark.line + 1, []
    for number, part in enumerate(path):
        if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            node = node.value[part]
            line = node.start_mark.line + 1
            shown.append(_name_of(node) or str(part + 1))
            continue
        entry = next((each for each in node.value if each[0].value == part), None) if _is_map(node) else None
        if entry is not None:
            line, node = entry[0].start_mark.line + 1, entry[1]
        if entry is not None or number == len(path) - 1:
            shown.append(str(part))
    return line, shown


def _is_map(node: yaml.Node) -> bool:
    return isinstance(node, yaml.MappingNode)


def _name_of(node: yaml.Node) -> str:
    """Of a criterion."""
    if not isinstance(node, yaml.MappingNode):
        return ""
    return next((str(value.value) for key, value in node.value if key.value == "criterion"), "")


def _excerpt(text: str, line: int | None) -> str:
    lines = text.splitlines()
    return lines[line - 1].strip()[:120] if line is not None and line <= len(lines) else ""
