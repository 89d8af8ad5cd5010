"""Cards in an order of chance, each of which comes once before any comes again."""

from collections.abc import Callable, Sequence
from random import Random
from typing import Generic, TypeVar

Card = TypeVar("Card")
Drawn = TypeVar("Drawn")


class Deck(Generic[Card]):
    """Shuffled anew whenever it has run out."""

    def __init__(self, cards: Sequence[Card], chance: Random) -> None:
        self._cards = cards
        self._chance = chance
        self._left: list[Card] = []

    def draw(self, play: Callable[[Card], Drawn | None]) -> Drawn | None:
        """What the first card that can be played makes; those above it stay for the next time. None if none can."""
        self._left = self._left or self._chance.sample(self._cards, len(self._cards))
        for place, card in enumerate(self._left):
            if (drawn := play(card)) is not None:
                del self._left[place]
                return drawn
        return None
