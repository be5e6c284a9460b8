"""Breaks the code on purpose, one small break at a time, and tells which the tests notice.

    python .ci/mutation/run.py --share 0.12 --results mutation.jsonl

The breaks are made by cosmic-ray in a copy of the tree, so that the checkout is never touched.
Each is tried with the tests that stand next to its module, named in `neighbourhoods.toml`, and
then, where none of them fails, with a wider set. A run that was stopped goes on where it was.
"""

import argparse
import compileall
import fnmatch
import json
import os
import shutil
import sys
import tempfile
import time
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import TestOutcome
from mutants import Mutant, drawn

ROOT = Path(__file__).resolve().parent.parent.parent
NEIGHBOURHOODS = Path(__file__).with_name("neighbourhoods.toml")
LEFT_BEHIND = (".git", ".venv", "venv", "examples", "__pycache__", ".*_cache", ".hypothesis")
PYTEST = (
    f"{sys.executable} -m pytest -x -q -p no:cacheprovider "
    "--hypothesis-seed=0 --hypothesis-profile=no-shrinking -m 'not slow' "
)
LONGEST_BASELINE_S = 1800.0
SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Tests:
    """A command that passes on the sound tree, and how long a break of it may take."""

    command: str
    limit_s: float

    @classmethod
    def checked(cls, arguments: str) -> "Tests":
        """Run the tests on the sound tree, since tests that always fail would notice anything."""
        started = time.monotonic()
        outcome, output = run_tests(PYTEST + arguments, LONGEST_BASELINE_S)
        if outcome != TestOutcome.SURVIVED:
            sys.exit(f"These tests fail without any break: {arguments}\n{output}")
        return cls(PYTEST + arguments, 60 + 5 * (time.monotonic() - started))

    def notice(self, mutant: Mutant) -> tuple[bool, str]:
        """Tell whether the tests fail or hang on a mutant, and its difference."""
        result = mutate_and_test([mutant.spec()], self.command, self.limit_s)
        if result.diff is None:
            sys.exit(f"{mutant.key} cannot be made: {result.output}")
        return result.test_outcome != TestOutcome.SURVIVED, result.diff


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """Modules, and the arguments of pytest for the tests that are to notice a break of them."""

    modules: tuple[str, ...]
    near: str
    wide: str


def neighbourhoods(wanted: Sequence[str]) -> Iterator[Neighbourhood]:
    """Yield the neighbourhoods that have modules like one of the wanted patterns."""
    for found in tomllib.loads(NEIGHBOURHOODS.read_text(encoding="utf-8"))["neighbourhood"]:
        modules = tuple(
            f"placement_opt/{name}.py"
            for name in found["modules"]
            if any(fnmatch.fnmatch(name, pattern) for pattern in wanted)
        )
        if modules:
            yield Neighbourhood(modules, found["near"], found["wide"])


def attempt(
    neighbourhood: Neighbourhood, mutants: Sequence[Mutant], results: Path, *, near_only: bool
) -> None:
    """Try mutants one after the other and add a line of JSON to the results for each."""
    near = Tests.checked(neighbourhood.near)
    wide: Tests | None = None
    for mutant in mutants:
        by = "near"
        noticed, diff = near.notice(mutant)
        if not noticed and not near_only:
            wide = wide or Tests.checked(neighbourhood.wide)
            by = "wide"
            noticed, diff = wide.notice(mutant)
        outcome = by if noticed else SURVIVED
        line = {"mutant": mutant.key, "module": mutant.module, "outcome": outcome, "diff": diff}
        with results.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        print(f"{outcome:8} {mutant.key}", flush=True)
        if not noticed:
            print(*(part for part in diff.splitlines()[3:] if part[:1] in "+-"), sep="\n")


def known(results: Path) -> dict[str, dict[str, str]]:
    """Return what is known of each mutant: the last line of the results that names it."""
    if not results.exists():
        return {}
    lines = map(json.loads, results.read_text(encoding="utf-8").splitlines())
    return {line["mutant"]: line for line in lines}


def table(found: dict[str, dict[str, str]]) -> str:
    """Return the results per module as a table in Markdown, and the survivors below it."""
    tried = Counter(line["module"] for line in found.values())
    alive = [line for line in found.values() if line["outcome"] == SURVIVED]
    survived = Counter(line["module"] for line in alive)
    rows = ["| module | tried | noticed | survived |", "|---|---:|---:|---:|"]
    for module in sorted(tried):
        left = survived[module]
        rows.append(f"| {module} | {tried[module]} | {tried[module] - left} | {left} |")
    every = sum(tried.values())
    noticed = every - len(alive)
    rows.append(
        f"| all: {noticed / max(1, every):.1%} noticed | {every} | {noticed} | {len(alive)} |"
    )
    return "\n".join([*rows, "", *(f"- {line['mutant']}" for line in alive)])


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--share", type=float, default=0.12, help="of the places of each module")
    parser.add_argument("--seed", type=int, default=14, help="the same seed draws the same breaks")
    parser.add_argument("--only", nargs="*", default=["*"], help="such as constraints/coaching*")
    parser.add_argument("--results", type=Path, default=Path("mutation.jsonl"))
    parser.add_argument(
        "--near-only", action="store_true", help="a first look, without the wide set"
    )
    parser.add_argument("--again", action="store_true", help="try those that survived once more")
    return parser.parse_args()


def main() -> None:
    """Draw mutants, try those without a result, print the table."""
    asked = arguments()
    results = asked.results.resolve()
    with tempfile.TemporaryDirectory(prefix="mutation-") as work:
        copy = Path(work) / "tree"
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
        # Compiled once: the tests of a mutant write no bytecode, and read none that is too old.
        compileall.compile_dir(copy / "placement_opt", quiet=1)
        os.environ["PYTHONPATH"] = str(copy)
        os.chdir(copy)
        everything: list[str] = []
        for place in neighbourhoods(asked.only):
            mutants = [
                mutant
                for module in place.modules
                for mutant in drawn(
                    module, asked.share, asked.seed, Path(work) / module.replace("/", ".")
                )
            ]
            everything += [mutant.key for mutant in mutants]
            before = known(results)
            left = [
                mutant
                for mutant in mutants
                if mutant.key not in before
                or (asked.again and before[mutant.key]["outcome"] == SURVIVED)
            ]
            if left:
                attempt(place, left, results, near_only=asked.near_only)
        os.chdir(ROOT)
    found = known(results)
    print(table({key: found[key] for key in everything}))


if __name__ == "__main__":
    main()
