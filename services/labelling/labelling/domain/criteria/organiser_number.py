"""The organiser exists: a company by its SIRET, a school by its UAI code, an association by its RNA number."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import ClassVar, Literal

from stdnum.fr import siret

from labelling.domain import wording
from labelling.domain.criteria.criterion import Criterion, Finding
from shared.contracts.base import Bilingual
from shared.contracts.registration import EditionState, EventState, OrganiserKind

_UAI = re.compile(r"(\d{7})([A-Z])")
_UAI_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
"""The check letter is the number modulo 23 in this alphabet, which lacks I, O and Q."""
_SEPARATORS = re.compile(r"[\s.]")
_RNA = re.compile(r"W\d[\dAB]\d{7}")

_REQUIRED: Mapping[OrganiserKind, bool] = {"company": True, "school": False, "association": False, "public_body": False}


class OrganiserNumber(Criterion):
    """Every number given is possible: met. A company without SIRET, or an impossible number: unmet."""

    PLACEHOLDERS: ClassVar[Mapping[str, frozenset[str]]] = {
        "met": frozenset({"number"}),
        "not_needed": frozenset(),
        "missing": frozenset({"expected"}),
        "impossible": frozenset({"number", "expected"}),
    }

    REMEDIES: ClassVar[Mapping[str, Bilingual]] = {
        "missing": Bilingual(
            fr="Donnez {expected}.",
            en="Give {expected}.",
        ),
        "impossible": Bilingual(
            fr="Corrigez le numéro {number} : il faut {expected}.",
            en="Correct the number {number}: {expected} is needed.",
        ),
    }

    criterion: Literal["organiser_number"]

    def judge(self, *, event: EventState, edition: EditionState) -> Finding:  # noqa: ARG002 - one shape for all criteria
        organiser = event.organiser
        values = {"expected": wording.NUMBERS[organiser.kind]}
        given = _given(organiser.siret, organiser.uai, organiser.rna)
        impossible = tuple(number for number, possible in given if not possible)
        if impossible:
            listed = wording.terms(impossible)
            return Finding(outcome="unmet", message="impossible", values=values | {"number": listed}, found=impossible)
        if _REQUIRED[organiser.kind] and not organiser.siret:
            return Finding(outcome="unmet", message="missing", values=values)
        numbers = tuple(number for number, _ in given)
        if not numbers:
            return Finding(outcome="met", message="not_needed")
        return Finding(outcome="met", message="met", values={"number": wording.terms(numbers)}, found=numbers)


def is_uai(code: str) -> bool:
    """Whether a code of the répertoire académique et ministériel has the right check letter, as 0750655E."""
    match = _UAI.fullmatch(code)
    return match is not None and _UAI_LETTERS[int(match[1]) % len(_UAI_LETTERS)] == match[2]


def is_rna(number: str) -> bool:
    """Whether a number has the shape of the répertoire national des associations, as W751234567 or W2A1234567."""
    return _RNA.fullmatch(number) is not None


@lru_cache(maxsize=20_000)
def _given(siret_number: str | None, uai: str | None, rna: str | None) -> tuple[tuple[str, bool], ...]:
    """The numbers that are given, and whether each is possible. Cached: an organiser has many events."""
    checks = ((siret_number, siret.is_valid), (uai, is_uai), (rna, is_rna))
    compact = ((_SEPARATORS.sub("", number).upper(), is_valid) for number, is_valid in checks if number)
    return tuple((number, bool(is_valid(number))) for number, is_valid in compact)
