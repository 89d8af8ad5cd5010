"""Relevance to industry: what is accepted, asked about and refused, in short and in long texts."""

import pytest

from labelling.domain.criteria.criterion import CriterionResult
from labelling.domain.lexicon import Lexicon, relevance
from labelling.domain.text import folded, stems

_INDUSTRY = {
    "aeronautics": "Assemblage de fuselages et de voilures : suivez la naissance d'un avion, du rivetage aux essais.",
    "chemistry": "De la formulation en laboratoire à la synthèse en réacteur : la chimie des résines expliquée.",
    "metallurgy": "Au cœur de la fonderie, la coulée du métal en fusion et le travail des soudeurs et chaudronniers.",
    "food": "Comment le lait devient fromage : pasteurisation, conditionnement et contrôle qualité à la laiterie.",
    "plastics": "Injection, extrusion, thermoformage : la plasturgie et ses presses vous ouvrent leurs portes.",
    "energy": "Visite de la centrale hydroélectrique : turbines, alternateurs et conduite du réseau électrique.",
    "electronics": "Des plaquettes de silicium aux cartes électroniques : la microélectronique en salle blanche.",
    "automotive": "Sur la ligne d'assemblage, emboutissage, ferrage et peinture des véhicules électriques.",
    "textile": "Filature, tissage, teinture : une entreprise textile montre ses métiers à tisser.",
    "pharmacy": "La production de médicaments : comprimés, gélules et répartition aseptique des vaccins.",
    "wood": "La scierie et la filière bois : du sciage des grumes au panneau de lamellé-collé.",
    "recycling": "Le centre de tri et de recyclage : tri optique, broyage et valorisation des déchets.",
    "nuclear": "La centrale nucléaire vue de l'intérieur : radioprotection, réacteur, salle de commande.",
    "rail": "Au technicentre ferroviaire, la maintenance des rames, bogies et caténaires.",
    "without accents": "Decouvrez la metallurgie et la mecanique industrielle dans notre usine.",
    "in capitals": "VENEZ DÉCOUVRIR LES MÉTIERS DE L'INDUSTRIE",
    "in decomposed letters": "Les me\u0301tiers de la me\u0301tallurgie et de l’ae\u0301ronautique",
}
_OFF_TOPIC = {
    "yoga": "Une séance de yoga pour relâcher les tensions, suivie d'une méditation guidée.",
    "cooking": "Cours de cuisine : chacun repart avec ses recettes et un pot de confiture.",
    "flea market": "Grande brocante et vide-grenier : vaisselle, livres et bibelots, buvette sur place.",
    "concert": "Concert de la chorale : chansons, piano et jazz, suivi d'un pot de l'amitié.",
    "gardening": "Atelier jardinage : semer, bouturer et pailler, apportez vos plantes.",
    "stars": "Observation des étoiles : prenez des vêtements chauds et des jumelles.",
    "yoga in a factory": "Séance de yoga et de relaxation dans une ancienne usine, avec étirements et méditation.",
    "opera": "Une soirée à l'opéra, avec les grands airs que tout le monde connaît.",
    "words like others": "Vous verrez, maintenant il va tenir : environ la moitié étire ses forces avec tolérance.",
}


def _of(judged, event, text: str, title: str = "Une rencontre") -> CriterionResult:
    return judged("relevance", event(title=title, description=text))


@pytest.mark.parametrize("text", _INDUSTRY.values(), ids=_INDUSTRY.keys())
def test_industry_is_accepted(judged, event, text):
    result = _of(judged, event, text)
    assert result.outcome == "met", result
    assert result.found


@pytest.mark.parametrize("text", _OFF_TOPIC.values(), ids=_OFF_TOPIC.keys())
def test_other_subjects_are_refused(judged, event, text):
    assert _of(judged, event, text).outcome == "unmet"


def test_a_hint_of_industry_is_left_to_the_committee(judged, event):
    text = "Notre entreprise présente ses métiers, son savoir-faire et sa production à toutes les personnes curieuses."
    assert _of(judged, event, text).outcome == "doubtful"


def test_matched_terms_are_shown_those_against_with_a_minus(judged, event):
    result = _of(judged, event, "Concert dans l'usine, devant la chaîne de production.")
    assert set(result.found) == {"usine", "chaîne de production", "-concert"}
    assert "usine" in result.reason.fr
    assert "concert" in result.reason.en


def test_one_industrial_word_does_not_carry_a_page_about_something_else(judged, event):
    page = "Nous marcherons le long de la rivière et raconterons la vie du village, ses places et ses ruelles. " * 25
    assert _of(judged, event, f"{page} On verra l'ancienne usine.").outcome != "met"
    assert _of(judged, event, "On verra l'usine.").outcome == "met"


def test_the_title_weighs_more(judged, event):
    text = "Venez nombreux, toute l'équipe vous attend sur place pour échanger et répondre aux questions de chacun."
    in_title = _of(judged, event, text, title="La scierie")
    in_text = _of(judged, event, f"{text} La scierie.")
    assert in_title.outcome == "met"
    assert _score(in_title) > _score(in_text)


def test_repeating_a_word_proves_no_more(judged, event):
    once = "Le salon accueille un stand sur la robotique, parmi beaucoup d'autres sujets de société et de culture."
    assert _score(_of(judged, event, once + " Robotique." * 10)) <= _score(_of(judged, event, once))


def _score(result: CriterionResult) -> int:
    return int(result.reason.en.split("score ")[1].split(" ")[0])


def test_the_longest_expression_wins():
    lexicon = Lexicon.model_validate({
        "name": "trial",
        "groups": [
            {"subject": "words", "weight": 2, "terms": ["chaîne", "production"]},
            {"subject": "expressions", "weight": 5, "terms": ["chaîne de production"]},
            {"subject": "something else", "weight": 0, "terms": ["chaîne de montagnes"]},
        ],
    })  # fmt: skip

    def terms(text: str) -> tuple[str, ...]:
        return relevance(
            lexicon=lexicon, title="", description=text, title_factor=1, prior=1, prior_per_word=0
        ).speaking_for

    assert terms("les chaînes de la production") == ("chaîne de production",)
    assert terms("production à la chaîne") == ("chaîne", "production")
    assert terms("une chaîne de montagnes") == ()


def test_an_empty_text_is_not_about_industry(judged, event):
    assert _of(judged, event, "", title="").outcome == "unmet"


def test_stems_forget_case_accents_elisions_and_small_words():
    assert stems("L’USINE de la Métallurgie") == stems("usines metallurgie")
    assert (
        stems(
            "de l'",
        )
        == []
    )
    assert folded("Cœur d’Été") == "coeur d'ete"


def test_a_text_without_spaces_is_cut(judged, event):
    assert _of(judged, event, "x" * 20_000).outcome == "unmet"
    assert max(len(stem) for stem in stems("x" * 20_000)) <= 40
