"""Two charters side by side: what one says otherwise than the other, field by field, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labelling.domain.charter import AnyCriterion, Charter
from shared.contracts.base import Bilingual

_FIELDS: Mapping[str, Bilingual] = {
    "title": Bilingual(fr="titre", en="title"),
    "editions": Bilingual(fr="éditions", en="editions"),
    "validity": Bilingual(fr="validité", en="validity"),
    "first_day": Bilingual(fr="premier jour", en="first day"),
    "last_day": Bilingual(fr="dernier jour", en="last day"),
    "review_working_days": Bilingual(fr="délai du comité en jours ouvrés", en="working days of the committee"),
    "criteria": Bilingual(fr="ordre des critères", en="order of the criteria"),
    "weight": Bilingual(fr="poids", en="weight"),
    "name": Bilingual(fr="nom", en="name"),
    "messages": Bilingual(fr="message", en="message"),
    "accepted": Bilingual(fr="publics acceptés", en="accepted audiences"),
    "accept_from": Bilingual(fr="indice à partir duquel accepter", en="score from which to accept"),
    "refuse_below": Bilingual(fr="indice en dessous duquel refuser", en="score below which to refuse"),
    "title_factor": Bilingual(fr="facteur du titre", en="factor of the title"),
    "prior": Bilingual(fr="poids à dépasser", en="weight to outweigh"),
    "prior_per_word": Bilingual(fr="poids à dépasser par mot", en="weight to outweigh per word"),
    "lexicon": Bilingual(fr="lexique", en="lexicon"),
    "terms": Bilingual(fr="terme", en="term"),
    "doubtful_phrases": Bilingual(fr="expressions douteuses", en="doubtful phrases"),
    "title_characters": Bilingual(fr="longueur du titre", en="length of the title"),
    "description_characters": Bilingual(fr="longueur de la description", en="length of the description"),
    "minimum": Bilingual(fr="minimum", en="minimum"),
    "maximum": Bilingual(fr="maximum", en="maximum"),
    "longest_slot_hours": Bilingual(fr="horaire le plus long, en heures", en="longest slot in hours"),
    "fr": Bilingual(fr="en français", en="in French"),
    "en": Bilingual(fr="en anglais", en="in English"),
}
_VALUES: Mapping[str, Bilingual] = {
    "must": Bilingual(fr="obligatoire", en="required"),
    "should": Bilingual(fr="souhaité", en="wanted"),
}
_ABSENT = object()
_THE_CHARTER = Bilingual(fr="La charte", en="The charter")


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field. `criterion` is None for the charter as a whole; before or after is None where there is none."""

    criterion: str | None
    field: str
    before: Any
    after: Any
    words: Bilingual


def differences(before: Charter, after: Charter) -> list[Difference]:
    """What `after` says otherwise than `before`, in the order of the charters; versions themselves are not compared."""
    old, new = _plain(before), _plain(after)
    names = list(dict.fromkeys([*old["criteria"], *new["criteria"]]))
    found = list(_whole(old, new))
    for name in names:
        title = (after if name in new["criteria"] else before).criterion_name(name)
        found += _criterion(name, title, old["criteria"].get(name), new["criteria"].get(name))
    return found


def _whole(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    for field in ("title", "editions", "validity", "review_working_days"):
        for path, was, becomes in _compared(old[field], new[field], (field,)):
            yield _difference(None, _THE_CHARTER, path, was, becomes)
    both = [name for name in old["criteria"] if name in new["criteria"]]
    order = [name for name in new["criteria"] if name in old["criteria"]]
    if both != order:
        yield _difference(None, _THE_CHARTER, ("criteria",), ", ".join(both), ", ".join(order))


def _criterion(name: str, title: Bilingual, old: Any, new: Any) -> Iterator[Difference]:
    if old is None or new is None:
        fr, en = ("supprimé", "removed") if new is None else ("ajouté", "added")
        weight = _said((old or new)["weight"])
        words = Bilingual(
            fr=f"Critère « {title.fr} » ({weight.fr}) {fr}.", en=f"Criterion “{title.en}” ({weight.en}) {en}."
        )
        yield Difference(
            criterion=name, field="", before=old and old["weight"], after=new and new["weight"], words=words
        )
        return
    for path, was, becomes in _compared(old, new, ()):
        yield _difference(name, title, path, was, becomes)


def _compared(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """Each field in which they differ, down to single values; of lists, each item that has come or gone."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from _compared(old.get(key, _ABSENT), new.get(key, _ABSENT), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        yield from ((path, item, _ABSENT) for item in old if item not in new)
        yield from ((path, _ABSENT, item) for item in new if item not in old)
    elif old != new:
        yield path, old, new


def _difference(criterion: str | None, title: Bilingual, path: tuple[str, ...], was: Any, becomes: Any) -> Difference:
    field = _field(path)
    before, after = _said(was), _said(becomes)
    if was is _ABSENT or was is None:
        fr, en = f"« {after.fr} » s’ajoute", f"“{after.en}” is added"
    elif becomes is _ABSENT or becomes is None:
        fr, en = f"« {before.fr} » disparaît", f"“{before.en}” goes"
    else:
        fr, en = f"« {before.fr} » devient « {after.fr} »", f"“{before.en}” becomes “{after.en}”"
    return Difference(
        criterion=criterion,
        field=".".join(path),
        before=None if was is _ABSENT else was,
        after=None if becomes is _ABSENT else becomes,
        words=Bilingual(fr=f"{title.fr}, {field.fr} : {fr}.", en=f"{title.en}, {field.en}: {en}."),
    )


def _field(path: tuple[str, ...]) -> Bilingual:
    """`parameters.lexicon.terms.usine`: lexique, terme usine."""
    parts = [_FIELDS.get(part, Bilingual(fr=part, en=part)) for part in path if part != "parameters"]
    return Bilingual(fr=" ".join(part.fr for part in parts), en=" ".join(part.en for part in parts))


def _said(value: Any) -> Bilingual:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return _VALUES.get(text, Bilingual(fr=text, en=text))


def _plain(charter: Charter) -> dict[str, Any]:
    """The charter as JSON, criteria by name."""
    document = charter.model_dump(mode="json")
    document["criteria"] = {each.criterion: _plain_criterion(each) for each in charter.criteria}
    return document


def _plain_criterion(criterion: AnyCriterion) -> dict[str, Any]:
    """A lexicon by its terms: that a term has moved to another group of the same weight says nothing."""
    document = criterion.model_dump(mode="json")
    lexicon = document.get("parameters", {}).get("lexicon")
    if lexicon is not None:
        terms = {term: group["weight"] for group in lexicon["groups"] for term in group["terms"]}
        document["parameters"]["lexicon"] = {"name": lexicon["name"], "terms": terms}
    return document
