"""
Bar charts as SVG, written by hand.

A plotting library would bring tens of megabytes for a few rectangles, and its files differ from run to run; these are
small, read well in a diff, and follow the reader's dark or light scheme.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 760
_LABEL = 270
_VALUE = 90
_ROW = 26
_BAR = 14
_TOP = 40
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #24292f; } .title { font-weight: 600; }
.bar { fill: #2f6fb0; } .missed { fill: #b5532a; } .other { fill: #9aa5b1; } .goal { stroke: #24292f; stroke-width: 2; }
@media (prefers-color-scheme: dark) { text { fill: #d8dee4; } .goal { stroke: #d8dee4; } }
"""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """One bar. `goal`: where a tick stands; `kind`: bar, missed, or other."""

    label: str
    value: float
    shown: str
    goal: float | None = None
    kind: str = "bar"


def bars(title: str, rows: Sequence[Bar], *, logarithmic: bool = False) -> str:
    """A horizontal bar chart."""
    reach = [value for row in rows for value in (row.value, row.goal) if value]
    scale = _Scale(min(reach), max(reach), logarithmic=logarithmic)
    height = _TOP + _ROW * len(rows) + 10
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
        f"<style>{_STYLE}</style>",
        f'<text class="title" x="10" y="22">{escape(title)}</text>',
    ]
    for index, row in enumerate(rows):
        parts += _bar(row, _TOP + _ROW * index, scale)
    return "\n".join([*parts, "</svg>", ""])


def _bar(row: Bar, y: int, scale: "_Scale") -> list[str]:
    width = scale.width(row.value)
    middle = y + _BAR - 2
    parts = [
        f'<text x="{_LABEL - 8}" y="{middle}" text-anchor="end">{escape(row.label)}</text>',
        f'<rect class="{row.kind}" x="{_LABEL}" y="{y}" width="{width:.1f}" height="{_BAR}" rx="2"/>',
        f'<text x="{_LABEL + width + 8:.1f}" y="{middle}">{escape(row.shown)}</text>',
    ]
    if row.goal is not None:
        x = _LABEL + scale.width(row.goal)
        parts.append(f'<line class="goal" x1="{x:.1f}" x2="{x:.1f}" y1="{y - 4}" y2="{y + _BAR + 4}"/>')
    return parts


class _Scale:
    def __init__(self, smallest: float, largest: float, *, logarithmic: bool) -> None:
        self._logarithmic = logarithmic
        self._begin = math.log(smallest / 2) if logarithmic else 0.0
        self._end = math.log(largest) if logarithmic else largest

    def width(self, value: float) -> float:
        """Pixels of a bar."""
        place = math.log(value) if self._logarithmic else value
        share = (place - self._begin) / max(self._end - self._begin, 1e-9)
        return max(share, 0.002) * (_WIDTH - _LABEL - _VALUE)
