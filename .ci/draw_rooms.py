"""Draws the rooms of the package, from its own imports (extra `plots`).

``python .ci/draw_rooms.py [FILE]``; FILE is docs/pictures/rooms.png by default.

A room stands above all that it imports. An arrow is drawn where no longer way leads there too. What
nearly every room imports (`basics`) is the ground, to which no arrows are drawn.
"""

import ast
import re
import sys
import textwrap
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.patches import FancyBboxPatch

mpl.use("agg")
from matplotlib import pyplot as plt

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "placement_opt"
PICTURE = ROOT / "docs" / "pictures" / "rooms.png"
GROUND = "basics"
OPENED = "solvers"
"""A room that is drawn as the rooms inside it."""

WIDTH, HEIGHT, LONGEST_LINE = 3.2, 0.92, 28


def room_of(module: tuple[str, ...]) -> str:
    """Return the room of a module, such as ``("solvers", "flow", "sets")``."""
    is_inside = module[0] == OPENED and len(module[1:]) > 1
    return ".".join(module[: 1 + is_inside])


def imports_of(path: Path) -> set[tuple[str, ...]]:
    """Return the modules of the package that a file imports while it is loaded."""
    found = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("placement_opt."):
            found.add(tuple((node.module or "").split(".")[1:]))
    return found


def house() -> tuple[dict[str, set[str]], dict[str, int], dict[str, str]]:
    """Return who imports whom, each room's lines, and the first line of what it says it is for."""
    graph: dict[str, set[str]] = {}
    lines: dict[str, int] = {}
    said: dict[str, str] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        module = path.relative_to(PACKAGE).with_suffix("").parts
        if module == ("__init__",):
            continue
        room = room_of(module)
        text = path.read_text(encoding="utf-8")
        lines[room] = lines.get(room, 0) + text.count("\n")
        if module[-1] == "__init__" or len(module) == 1:
            said[room] = (ast.get_docstring(ast.parse(text)) or "").split("\n")[0]
        graph.setdefault(room, set())
        for imported in imports_of(path):
            other = room_of((*imported, ""))
            if other != room:
                graph[room].add(other)
    return graph, lines, said


def floors_of(graph: dict[str, set[str]]) -> list[list[str]]:
    """Return the rooms of each floor, the ground first."""
    floor: dict[str, int] = {}
    for room in TopologicalSorter(graph).static_order():
        floor[room] = 1 + max((floor[other] for other in graph[room]), default=-1)
    return [
        sorted(room for room in floor if floor[room] == height)
        for height in range(max(floor.values()) + 1)
    ]


def arrows_of(graph: dict[str, set[str]]) -> Iterator[tuple[str, str]]:
    """Yield the imports that no longer way implies."""
    reached: dict[str, set[str]] = {}
    for room in TopologicalSorter(graph).static_order():
        beyond = set().union(*(reached[other] for other in graph[room]))
        reached[room] = graph[room] | beyond
        yield from ((room, other) for other in sorted(graph[room] - beyond))


def draw(axes: Axes) -> None:
    """Draw the house."""
    graph, lines, said = house()
    place = {}
    floors = floors_of(graph)
    for height, floor in enumerate(floors):
        for number, room in enumerate(floor):
            place[room] = ((number - (len(floor) - 1) / 2) * (WIDTH + 0.5), height * 1.45)
    for room, other in arrows_of(graph):
        if other != GROUND:
            (x, y), (to_x, to_y) = place[room], place[other]
            arrow = {"arrowstyle": "-|>", "color": "#667", "lw": 1.1, "shrinkA": 0, "shrinkB": 0}
            axes.annotate(
                "", (to_x, to_y + HEIGHT / 2), (x, y - HEIGHT / 2), arrowprops=arrow, zorder=1
            )
    for room, (x, y) in place.items():
        colour = "#dfe9f5" if room.startswith(f"{OPENED}.") else "#eef3f8"
        box = FancyBboxPatch(
            (x - WIDTH / 2, y - HEIGHT / 2),
            WIDTH,
            HEIGHT,
            boxstyle="round,pad=0.03",
            fc=colour,
            ec="#345",
            zorder=2,
        )
        axes.add_patch(box)
        axes.text(x, y + 0.24, room, ha="center", va="center", weight="bold", fontsize=9, zorder=3)
        told = textwrap.wrap(re.split("[:;,.]", said.get(room, ""))[0], LONGEST_LINE)
        text = "\n".join([*told, f"{lines[room]:,} lines"])
        axes.text(x, y - 0.14, text, ha="center", va="center", fontsize=6, zorder=3)
    across = max(len(floor) for floor in floors) * (WIDTH + 0.5) / 2
    axes.set_xlim(-across, across)
    axes.set_ylim(-0.7, (len(floors) - 1) * 1.45 + 0.7)
    axes.axis("off")


def main(picture: Path) -> None:
    """Write the picture."""
    figure, axes = plt.subplots(figsize=(10, 16))
    draw(axes)
    figure.savefig(picture, dpi=110, bbox_inches="tight")
    print(f"wrote {picture}")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURE)
