"""What a press release says, in French and English. Pure."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal

from registration.press.store import Figures
from shared import territory
from shared.contracts.base import Language
from shared.contracts.registration import Act, EditionState, Window

_LOCALES = {"fr": "fr_FR", "en": "en_GB"}
_TEXTS: Mapping[Language, Mapping[str, str]] = {
    "fr": {
        "kind": "Communiqué de presse",
        "issuer": "Comité d’organisation",
        "title_postponed": "{name} : l’édition est reportée {dates}",
        "title_undated": "{name} : l’édition est reportée",
        "title_cancelled": "{name} : l’édition est annulée",
        "title": "{name} : rendez-vous {dates}",
        "lead_postponed": "Initialement prévue {before}, l’édition se tiendra {dates}, sur l’ensemble du territoire.",
        "lead_undated": "Initialement prévue {before}, l’édition est reportée ; les nouvelles dates seront "
        "communiquées dès qu’elles seront connues.",
        "lead_cancelled": "Prévue {before}, l’édition n’aura pas lieu.",
        "lead": "L’édition se tiendra {dates}, sur l’ensemble du territoire.",
        "moved": "Chaque événement est déplacé d’autant, le même jour de la semaine et à la même heure locale. Les "
        "organisateurs et les personnes inscrites sont informés par un seul message ; les labels sont réexaminés "
        "pour les nouvelles dates.",
        "kept": "Les inscriptions restent valables : chacun peut garder ou annuler la sienne en un clic.",
        "confirm": "Les organisateurs confirment leurs événements jusqu’au {respond_by}.",
        "undated": "Les événements restent au programme sans date, et les inscriptions sont suspendues.",
        "cancelled": "Les personnes inscrites sont prévenues ; aucune démarche ne leur est demandée.",
        "calendar": "Calendrier",
        "step": "Étape",
        "date": "Date",
        "first": "Date initiale",
        "now": "Nouvelle date",
        "dates": "Édition",
        "label_window": "Période de labellisation",
        "deadline": "Dépôt des événements jusqu’au",
        "figures": "L’édition en chiffres",
        "figure": "Chiffre",
        "number": "Nombre",
        "events": "Événements proposés",
        "in_programme": "Événements labellisés au programme",
        "organisers": "Organisateurs",
        "departements": "Départements et collectivités",
        "people": "Personnes inscrites",
        "note": "Chiffres au {day}.",
        "terms": "Modalités d’inscription et de labellisation",
        "no_terms": "Les événements se déposent en ligne ; la charte de labellisation est publiée avec le programme.",
        "about": "À propos",
        "about_text": "Depuis 2011, la Semaine de l’Industrie fait découvrir l’industrie et ses métiers au grand "
        "public, et en particulier aux jeunes : visites d’entreprises, job datings, forums des métiers, conférences "
        "en ligne, interventions en classe, expositions. Elle promeut la mixité des métiers et une industrie moderne, "
        "innovante et écologique.",
        "range": "du {first} au {last}",
        "one_day": "le {day}",
    },
    "en": {
        "kind": "Press release",
        "issuer": "Organising committee",
        "title_postponed": "{name} is postponed: it will run {dates}",
        "title_undated": "{name} is postponed",
        "title_cancelled": "{name} is cancelled",
        "title": "{name}: join us {dates}",
        "lead_postponed": "First planned {before}, the edition will take place {dates}, all over the country.",
        "lead_undated": "First planned {before}, the edition is postponed; the new dates will be announced as "
        "soon as they are known.",
        "lead_cancelled": "Planned {before}, the edition will not take place.",
        "lead": "The edition will take place {dates}, all over the country.",
        "moved": "Each event moves by as much, on the same day of the week and at the same local time. Organisers and "
        "people who have signed up are told in a single message; labels are examined again for the new dates.",
        "kept": "Sign-ups remain valid: everybody can keep or cancel theirs in one click.",
        "confirm": "Organisers confirm their events until {respond_by}.",
        "undated": "Events stay in the programme without a date, and nobody can sign up meanwhile.",
        "cancelled": "People who have signed up are told; they need not do anything.",
        "calendar": "Calendar",
        "step": "Step",
        "date": "Date",
        "first": "First planned",
        "now": "New date",
        "dates": "Edition",
        "label_window": "Label window",
        "deadline": "Events submitted until",
        "figures": "The edition in figures",
        "figure": "Figure",
        "number": "Number",
        "events": "Events submitted",
        "in_programme": "Labelled events in the programme",
        "organisers": "Organisers",
        "departements": "Departments and overseas territories",
        "people": "People signed up",
        "note": "Figures as of {day}.",
        "terms": "How to submit events and get the label",
        "no_terms": "Events are submitted online; the label charter is published with the programme.",
        "about": "About",
        "about_text": "Since 2011, the Semaine de l’Industrie (Industry Week) has shown industry and its trades to the "
        "general public, and to young people in particular: company visits, job datings, trades forums, web "
        "conferences, talks in classes, exhibitions. It promotes gender mix and a modern, innovative and ecological "
        "industry.",
        "range": "from {first} to {last}",
        "one_day": "on {day}",
    },
}


def release(edition: EditionState, figures: Figures, *, language: Language, today: date) -> dict[str, Any]:
    """All that the template needs."""
    texts, act = _TEXTS[language], edition.act
    named = {
        "name": edition.name.in_language(language),
        "dates": range_in_words(edition.dates, language=language),
        "before": range_in_words(act.previous_dates, language=language) if act else "",
        "respond_by": day_in_words(act.respond_by, language=language) if act and act.respond_by else "",
    }
    kind = (
        {"postponed": "_postponed", "postponed_undated": "_undated", "cancelled": "_cancelled"}[act.kind] if act else ""
    )
    return {
        "language": language,
        "region": {"fr": "FR", "en": "GB"}[language],
        "name": named["name"],
        "kind": texts["kind"],
        "issuer": texts["issuer"],
        "date": day_in_words(act.decided_at.date() if act else today, language=language),
        "title": texts[f"title{kind}"].format(**named),
        "lead": texts[f"lead{kind}"].format(**named),
        "paragraphs": [texts[name].format(**named) for name in _paragraphs(act)],
        "calendar": _calendar(edition, texts, language),
        "figures": _figures(figures, texts, language, today),
        "terms": {"title": texts["terms"], "text": act.terms.in_language(language) if act else texts["no_terms"]},
        "about": {"title": texts["about"], "text": texts["about_text"]},
    }


def day_in_words(day: date, *, language: Language) -> str:
    """`1er avril 2020`, `1 April 2020`."""
    words = format_date(day, "d MMMM yyyy", locale=_LOCALES[language])
    return f"1er{words[1:]}" if language == "fr" and day.day == 1 else words


def range_in_words(window: Window, *, language: Language) -> str:
    """`du 16 au 22 novembre 2020`, `du 30 mars au 5 avril 2020`; `from 16 to 22 November 2020`."""
    if window.first_day == window.last_day:
        return _TEXTS[language]["one_day"].format(day=day_in_words(window.last_day, language=language))
    first, last = (day_in_words(day, language=language) for day in (window.first_day, window.last_day))
    if window.first_day.year == window.last_day.year:
        first = first.rsplit(" ", 1)[0]
        if window.first_day.month == window.last_day.month:
            first = first.rsplit(" ", 1)[0]
    return _TEXTS[language]["range"].format(first=first, last=last)


def _paragraphs(act: Act | None) -> list[str]:
    if act is None:
        return []
    if act.kind != "postponed":
        return ["undated" if act.kind == "postponed_undated" else "cancelled"]
    return ["moved", "confirm", "kept"] if act.policy == "confirmation" else ["moved", "kept"]


def _calendar(edition: EditionState, texts: Mapping[str, str], language: Language) -> dict[str, Any]:
    """What when; beside what was planned first, where that is something else."""
    act = edition.act
    moved = act is not None and act.kind == "postponed"
    now = _steps(texts, language, dates=edition.dates, label=edition.label_window, deadline=edition.submission_deadline)
    now += [
        (territory.name_of(each.territory) or each.territory, range_in_words(each.dates, language=language))
        for each in edition.regional_windows
    ]
    if not moved or act is None:
        return {"title": texts["calendar"], "head": [texts["step"], texts["date"]], "rows": now}
    first = dict(
        _steps(
            texts,
            language,
            dates=act.previous_dates,
            label=act.previous_label_window,
            deadline=act.previous_submission_deadline,
        )
    ) | {
        territory.name_of(each.territory) or each.territory: range_in_words(each.dates, language=language)
        for each in act.previous_regional_windows
    }
    rows = [(step, first.get(step, "–"), when) for step, when in now]
    return {"title": texts["calendar"], "head": [texts["step"], texts["first"], texts["now"]], "rows": rows}


def _steps(
    texts: Mapping[str, str], language: Language, *, dates: Window, label: Window, deadline: date
) -> list[tuple[str, str]]:
    return [
        (texts["dates"], range_in_words(dates, language=language)),
        (texts["label_window"], range_in_words(label, language=language)),
        (texts["deadline"], day_in_words(deadline, language=language)),
    ]


def _figures(figures: Figures, texts: Mapping[str, str], language: Language, today: date) -> dict[str, Any]:
    names = ("events", "in_programme", "organisers", "departements", "people")
    return {
        "title": texts["figures"],
        "head": [texts["figure"], texts["number"]],
        "rows": [(texts[name], format_decimal(getattr(figures, name), locale=_LOCALES[language])) for name in names],
        "note": texts["note"].format(day=day_in_words(today, language=language)),
    }
