"""A schematic map: municipalities as circles, and lines from home to work."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

WIDTH, HEIGHT = 760.0, 460.0
MARGIN = 70.0
LARGEST, SMALLEST = 42.0, 13.0
WIDEST, THINNEST = 13.0, 0.8
MOST_LINES = 30
"""Lines that are drawn; the table beside the map has all."""


@dataclass(frozen=True, slots=True)
class Circle:
    """A municipality: its middle and radius in the picture, and who works in it."""

    name: str
    x: float
    y: float
    radius: float
    placed: int
    within: int


@dataclass(frozen=True, slots=True)
class Line:
    """People who travel from one municipality to another: an SVG path, wider for more."""

    source: str
    target: str
    count: int
    path: str
    width: float


def flow_map(
    flows: Mapping[tuple[str, str], int], places: Mapping[str, tuple[float, float]]
) -> tuple[list[Circle], list[Line]]:
    """Lay out municipalities and the lines between them.

    Those with a place lie as on a map, pushed apart where circles would overlap; where no place is
    known, all lie on a ring.

    Parameters
    ----------
    flows
        Placements by municipality of home and of work; empty names are left out.
    places
        Latitude and longitude of municipalities, in degrees.
    """
    names = sorted({name for pair in flows for name in pair if name})
    placed = {name: sum(n for (home, _), n in flows.items() if home == name) for name in names}
    most = max(placed.values(), default=0)
    if not most:
        return [], []
    radius = {
        name: max(SMALLEST, LARGEST * math.sqrt(count / most)) for name, count in placed.items()
    }
    at = _apart(_positions(names, places), radius)
    circles = [
        Circle(name, *at[name], radius[name], placed[name], flows.get((name, name), 0))
        for name in names
    ]
    between = [(pair, n) for pair, n in flows.items() if pair[0] != pair[1] and all(pair)]
    between.sort(key=lambda item: (-item[1], item[0]))
    widest = max((n for _, n in between), default=1)
    lines = [
        Line(
            source,
            target,
            n,
            _path(at[source], at[target], radius[source], radius[target]),
            max(THINNEST, WIDEST * n / widest),
        )
        for (source, target), n in between[:MOST_LINES]
    ]
    return circles, lines


def _positions(
    names: list[str], places: Mapping[str, tuple[float, float]]
) -> dict[str, tuple[float, float]]:
    known = [name for name in names if name in places]
    if len(known) < len(names) or len({places[name] for name in known}) < 2:  # noqa: PLR2004 - a map
        step = 2 * math.pi / len(names)
        return {
            name: (
                WIDTH / 2 + (WIDTH / 2 - 2 * MARGIN) * math.cos(step * row - math.pi / 2),
                HEIGHT / 2 + (HEIGHT / 2 - MARGIN) * math.sin(step * row - math.pi / 2),
            )
            for row, name in enumerate(names)
        }
    middle = math.radians(sum(places[name][0] for name in names) / len(names))
    flat = {name: (places[name][1] * math.cos(middle), -places[name][0]) for name in names}
    low = [min(point[axis] for point in flat.values()) for axis in (0, 1)]
    high = [max(point[axis] for point in flat.values()) for axis in (0, 1)]
    scale = min(
        (size - 2 * MARGIN) / max(high[axis] - low[axis], 1e-9)
        for axis, size in enumerate((WIDTH, HEIGHT))
    )
    return {
        name: (
            WIDTH / 2 + (x - (low[0] + high[0]) / 2) * scale,
            HEIGHT / 2 + (y - (low[1] + high[1]) / 2) * scale,
        )
        for name, (x, y) in flat.items()
    }


def _apart(
    at: Mapping[str, tuple[float, float]], radius: Mapping[str, float]
) -> dict[str, tuple[float, float]]:
    """Push circles apart until they leave room for a name below each."""
    moved = {name: [x, y] for name, (x, y) in at.items()}
    names = sorted(moved)
    for _ in range(200):
        is_clear = True
        for row, one in enumerate(names):
            for other in names[row + 1 :]:
                dx = moved[other][0] - moved[one][0]
                dy = moved[other][1] - moved[one][1]
                far = math.hypot(dx, dy)
                lacking = radius[one] + radius[other] + 26 - far
                if lacking > 0:
                    is_clear = False
                    ux, uy = (dx / far, dy / far) if far > 0 else (1.0, 0.0)
                    for name, sign in ((one, -1), (other, 1)):
                        moved[name][0] += sign * ux * lacking / 2
                        moved[name][1] += sign * uy * lacking / 2
        for name, (x, y) in moved.items():
            edge = radius[name] + 20
            moved[name] = [min(max(x, edge), WIDTH - edge), min(max(y, edge), HEIGHT - edge - 8)]
        if is_clear:
            break
    return {name: (x, y) for name, (x, y) in moved.items()}


def _path(
    source: tuple[float, float], target: tuple[float, float], leave: float, reach: float
) -> str:
    """Return a curve from the edge of one circle to the edge of the other, bent to its right."""
    dx, dy = target[0] - source[0], target[1] - source[1]
    far = max(math.hypot(dx, dy), 1e-9)
    ux, uy = dx / far, dy / far
    x1, y1 = source[0] + ux * leave, source[1] + uy * leave
    x2, y2 = target[0] - ux * (reach + 7), target[1] - uy * (reach + 7)
    bend = 0.14 * far
    cx, cy = (x1 + x2) / 2 - uy * bend, (y1 + y2) / 2 + ux * bend
    return f"M{x1:.1f} {y1:.1f}Q{cx:.1f} {cy:.1f} {x2:.1f} {y2:.1f}"
