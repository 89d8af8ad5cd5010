"""The page of preferences, in the person's language; it works without scripts."""

from pathlib import Path
from typing import get_args

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from notifications.preferences.domain import OPTIONAL, PATH, Choices, OptionalKind
from shared.contracts.base import Language

_TEMPLATES = Path(__file__).parent.parent / "templates" / "pages"


class Page:
    """Renders the page."""

    def __init__(self, *, templates: Path = _TEMPLATES) -> None:
        environment = Environment(
            loader=FileSystemLoader(templates),
            undefined=StrictUndefined,
            autoescape=True,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self._templates = {
            language: environment.get_template(f"preferences.{language}.html") for language in get_args(Language)
        }

    def render(self, choices: Choices, *, token: str, about: OptionalKind | None) -> str:
        """The page of `token`'s person. `about`: the kind that it was opened for, shown first."""
        kinds = sorted(OPTIONAL, key=lambda kind: kind != about)
        return self._templates[choices.language].render(
            path=f"{PATH}/{token}",
            choices=[
                {
                    "kind": kind,
                    "name": OPTIONAL[kind].in_language(choices.language),
                    "wanted": kind not in choices.silenced,
                }
                for kind in kinds
            ],
        )
