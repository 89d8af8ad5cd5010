"""A press release as PDF, from the typst template."""

from importlib.resources import files

from shared import documents

_TEMPLATE = (files(__package__) / "release.typ").read_bytes()


def pdf(release: dict[str, object]) -> bytes:
    """The PDF (PDF/UA-1, tagged) of a release."""
    return documents.pdf(_TEMPLATE, documents.packed(release))
