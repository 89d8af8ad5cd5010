"""Titles and descriptions, put together from sentences about an industry or about something else altogether."""

from random import Random
from typing import Any

from semaine.generation import french
from semaine.generation.material import material
from semaine.generation.organisers import Organiser
from shared.territory import Commune

FEWEST_WORDS, MOST_WORDS = 60, 150
_TOO_SHORT = (
    "Visite de l'usine.",
    "Usine ouverte.",
    "Venez voir l'usine !",
    "Visite de nos ateliers industriels.",
    "L'industrie vous attend.",
    "Découverte de l'industrie.",
    "Métiers industriels.",
)
_FIRST_YEAR, _LAST_YEAR = 1880, 2010


def industrial(
    random: Random, *, organiser: Organiser, city: Commune, kind: dict[str, Any], themes: list[str], online: bool
) -> tuple[str, str]:
    """A title and a description of 60 to 150 words about the organiser's industry."""
    words = _words(random, organiser, city)
    sentences = material("sentences")
    general, *others = (random.choice(alternatives) for alternatives in sentences["neutral"].values())
    middle = [
        *others,
        *random.sample(material("sectors")[organiser.sector]["facts"], 3),
        *(random.sample(sentences["company"], 3) if organiser.kind == "company" else ()),
    ]
    random.shuffle(middle)
    opening = random.choice(_fitting(kind["openings"], organiser))
    told = [random.choice(sentences["theme"][theme]) for theme in themes]
    closing = random.choice(sentences["closing"]["online" if online else "onsite"])
    wanted = random.randint(FEWEST_WORDS + 5, MOST_WORDS - 45)
    title = random.choice(_fitting(kind["titles"], organiser)).format_map(words)
    return french.capital(title), _joined([opening], middle, [general, *told, closing], words, wanted)


def off_topic(random: Random, *, city: Commune) -> tuple[str, str]:
    """A title and a description about something else altogether."""
    topics = material("off_topic")
    topic = topics[random.choice([name for name in topics if name != "closings"])]
    sentences = random.sample(topic["sentences"], random.randint(4, 6))
    text = " ".join([*sentences, random.choice(topics["closings"])])
    return random.choice(topic["titles"]), text.format(at_city=french.at(city.name), of_city=french.of(city.name))


def too_short(random: Random) -> str:
    """A description of a few words."""
    return random.choice(_TOO_SHORT)


def _joined(first: list[str], middle: list[str], last: list[str], words: dict[str, str], wanted: int) -> str:
    """Sentences from the middle until as many words as wanted are there."""
    texts = [sentence.format_map(words) for sentence in first]
    ending = [sentence.format_map(words) for sentence in last]
    count = _count(texts) + _count(ending)
    for sentence in middle:
        if count >= wanted:
            break
        texts.append(sentence.format_map(words))
        count += _count(texts[-1:])
    return " ".join(french.capital(text) for text in texts + ending)


def _count(texts: list[str]) -> int:
    return sum(len(text.split()) for text in texts)


def _fitting(templates: list[str], organiser: Organiser) -> list[str]:
    """Only a company speaks of its own site."""
    return templates if organiser.kind == "company" else [each for each in templates if "{site}" not in each]


def _words(random: Random, organiser: Organiser, city: Commune) -> dict[str, str]:
    """What the placeholders of `data/*.toml` stand for, drawn once for an event."""
    sector = material("sectors")[organiser.sector]
    trades = random.sample(sector["trades"], 3)
    numbered = {
        f"{name}{number or ''}": value
        for name, values in (
            ("process", random.sample(sector["processes"], 3)),
            ("product", random.sample(sector["products"], 3)),
            ("trade", trades),
            ("of_trade", [french.of(trade) for trade in trades]),
        )
        for number, value in zip(("", 2, 3), values, strict=True)
    }
    return numbered | {
        "adjective": sector["adjective"],
        "site": random.choice(sector["sites"]),
        "organiser": organiser.name,
        "Subject": organiser.subject,
        "subject": french.uncapital(organiser.subject),
        "of_city": french.of(city.name),
        "at_city": french.at(city.name),
        "number": str(random.randrange(20, 900, 10)),
        "year": str(random.randrange(_FIRST_YEAR, _LAST_YEAR)),
    }
