"""Samples of the mails as people would get them."""

from collections.abc import Iterator
from dataclasses import dataclass

from notifications.mails.domain import Edition
from notifications.mails.letters import Postroom
from notifications.mails.rendering import Writer, Written
from notifications.mails.samples import NOW, act_samples, samples
from notifications.preferences.domain import Links
from shared.contracts.base import Language

_SENDER = "Semaine <no-reply@semaine.example>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """A sample in words, and as the whole message that a mail program opens."""

    name: str
    kind: str
    language: Language
    written: Written
    message: bytes


def previews(
    *, public_url: str, language: Language, kind: str | None = None, edition: Edition | None = None
) -> Iterator[Preview]:
    """Every sample in this language, or those of one kind; with `edition`, what people are told of its act."""
    links = Links(public_url=public_url)
    links.open(b"of samples")
    writer = Writer(public_url=public_url, links=links)
    postroom = Postroom(writer=writer, links=links, sender=_SENDER)
    for sample in act_samples(edition, language=language) if edition else samples(language=language):
        if kind in {None, sample.mail.kind}:
            yield Preview(
                name=sample.name,
                kind=sample.mail.kind,
                language=language,
                written=writer.write(sample.mail),
                message=postroom.prepare(sample.mail, now=NOW).data,
            )
