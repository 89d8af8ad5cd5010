"""What former editions announced, as published by their organisers; None: not published."""

from typing import NamedTuple


class Former(NamedTuple):
    """`about`: the figures are rounded by who published them."""

    year: int
    events: int
    participants: int | None
    about: bool = False


FORMER = (
    Former(2023, 5_500, None, about=True),
    Former(2022, 4_737, 1_600_000, about=True),
    Former(2019, 4_763, 800_000, about=True),
    Former(2018, 2_918, None),
    Former(2017, 2_400, 300_000, about=True),
    Former(2015, 2_600, 200_000, about=True),
    Former(2011, 1_481, None),
)
