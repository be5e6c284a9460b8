"""Rules of the user's own: the guide runs as it stands, gains are exact, and files name classes."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from scipy import sparse

import placement_opt as po
from placement_opt.constraints.model_part import REGISTERED
from placement_opt.instance.instance import Instance
from placement_opt.pairs.table import MANY
from placement_opt.rules import (
    NO_LOWER,
    PairTable,
    Placement,
    Plan,
    RowBlock,
    Rule,
    Variables,
    grouped,
    register,
    rows_of_pairs,
    used,
)
from placement_opt.solvers import SOLVERS

GUIDE = Path(__file__).parent.parent / "docs" / "adding_a_rule.md"


@pytest.fixture(autouse=True)
def _registered_as_before(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(REGISTERED):
        monkeypatch.delitem(REGISTERED, name)


def guide() -> list[str]:
    return re.findall(r"```python\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)


def run(blocks: list[str], name: str) -> dict[str, Any]:
    """Run blocks one after the other in one namespace, as the cells of a notebook are."""
    session: dict[str, Any] = {"__name__": name}
    for block in blocks:
        exec(compile(block, str(GUIDE), "exec"), session)  # noqa: S102 - our own guide
    return session


def test_the_guide_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert len(guide()) == 5
    session = run(guide(), "__main__")
    assert set(REGISTERED) == {"FewEach", "Colleagues", "OldestFirst"}
    model, region = session["model"], session["region"]
    model.solve().to_json("bonus.json")
    report = po.check_result(region, po.Result.from_json("bonus.json"))
    assert report.is_sound, str(report)


def test_the_guide_names_all_of_the_door() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    from placement_opt import rules

    for name in rules.__all__:
        assert re.search(rf"\b{name}\b", text), f"docs/adding_a_rule.md says nothing of {name}"


# Own variables with a gain.
class Colleagues(Rule):
    """An employer that takes at least so many people brings points; rows of either direction."""

    title = "colleagues"
    least: int = 2
    bonus: float = 5
    is_turned: bool = False
    per: str = "employer"

    def lower(self, pairs: PairTable) -> RowBlock:
        groups = grouped(pairs, self.per)
        n = len(groups.labels)
        sign = -1 if self.is_turned else 1
        people = rows_of_pairs(groups.code, n, np.full(len(pairs), sign, dtype=np.int8))
        free = np.full(n, NO_LOWER)
        return RowBlock(
            self.title,
            groups.labels,
            people,
            np.zeros(n, dtype=np.int64) if sign == 1 else free,
            -free if sign == 1 else np.zeros(n, dtype=np.int64),
            Variables(
                np.zeros(n, dtype=np.int64),
                np.full(n, 2, dtype=np.int64),
                [Fraction(str(self.bonus))] * n,
            ),
            -sign * self.least * sparse.eye_array(n, dtype=np.int64, format="csr"),
        )

    def violations(self, plan: Plan) -> Any:
        return ()

    def gained(self, plan: Plan) -> Fraction | None:
        people = used(plan, self.per, None).values()
        teams = sum(min(2, int(taken) // self.least) for taken in people)
        return Fraction(str(self.bonus)) * teams


def drawn(seed: int) -> tuple[po.Region, dict[str, list[Any]]]:
    draws = np.random.default_rng(seed)
    n, m = int(draws.integers(3, 7)), int(draws.integers(2, 4))
    region = po.Region(
        name="tiny",
        candidates=[po.Candidate(id=f"C-{c}") for c in range(n)],
        employers=[po.Employer(id="E-0"), po.Employer(id="E-1")],
        openings=[
            po.Opening(id=f"O-{o}", employer=f"E-{o % 2}", positions=int(draws.integers(1, 4)))
            for o in range(m)
        ],
    )
    listed = [(c, o) for c in range(n) for o in range(m) if draws.random() < 0.7] or [(0, 0)]
    return region, {
        "candidate_id": [f"C-{c}" for c, _ in listed],
        "opening_id": [f"O-{o}" for _, o in listed],
        "score": [int(draws.integers(-4, 5)) for _ in listed],
    }


def best(region: po.Region, pairs: dict[str, list[Any]], rule: Colleagues) -> float:
    """Try every choice of an opening, or none, for each person."""
    score = dict(
        zip(
            zip(pairs["candidate_id"], pairs["opening_id"], strict=True),
            pairs["score"],
            strict=True,
        )
    )
    instance = Instance(region)

    def plans(people: tuple[str, ...]) -> Iterator[list[tuple[str, str]]]:
        if not people:
            yield []
            return
        for rest in plans(people[1:]):
            yield rest
            yield from ([*rest, pair] for pair in score if pair[0] == people[0])

    def worth(plan: list[tuple[str, str]]) -> Fraction | None:
        taken = [opening for _, opening in plan]
        if any(taken.count(o.id) > o.positions for o in region.openings):
            return None
        gained = rule.gained(Plan(instance, [Placement(*pair) for pair in plan]))
        return sum((score[pair] for pair in plan), start=gained or Fraction(0))

    found = (worth(plan) for plan in plans(instance.candidate_ids))
    return float(max(points for points in found if points is not None))


@pytest.mark.parametrize("solver", [name for name in SOLVERS if name != "flow"])
@pytest.mark.parametrize("seed", range(6))
def test_a_bonus_is_gained_as_by_brute_force(solver: str, seed: int) -> None:
    region, pairs = drawn(seed)
    rule = Colleagues(least=2 + seed % 2, bonus=(5, 2.5, 0.1)[seed % 3], is_turned=seed % 2 == 1)
    model = po.Model(region, pairs=pairs, objective=[po.PairScore("score")]).add(rule)
    result = model.solve(solver=solver, gap=0)
    assert not result.is_contradicted, result.remarks.to_string()
    assert (result.status, result.objective) == ("OPTIMAL", best(region, pairs, rule))
    terms = {row.term: row.points for row in result.term_rows}
    assert sum(terms.values()) == pytest.approx(result.objective)
    assert set(terms) == {"PairScore", "Colleagues"}
    report = po.check_result(region, result, pairs=pairs, rules=model.rules)
    assert report.is_sound, str(report)


def test_a_plan_with_a_bonus_left_on_the_table_is_raised() -> None:
    region, pairs = drawn(1)
    for is_turned in (False, True):
        rule = Colleagues(is_turned=is_turned)
        compiled = po.Model(region, pairs=pairs).add(rule).compile()
        formulation = compiled.formulation
        from placement_opt.formulation.own_variables import tightened

        employer = grouped(compiled.pairs, "employer").code
        chosen = np.flatnonzero(employer == 0)[:3]
        own = tightened(formulation, chosen, np.zeros(2, dtype=np.int64))
        assert own.tolist() == [min(2, chosen.size // 2), 0]
        assert chosen.size >= 2


class Forgets(Colleagues):
    """Says nothing of what its variables gain."""

    rule: str = "Forgets"

    def gained(self, plan: Plan) -> Fraction | None:
        return None


class Fails(Colleagues):
    """Cannot say what its variables gain."""

    rule: str = "Fails"

    def gained(self, plan: Plan) -> Fraction | None:
        raise ZeroDivisionError


@pytest.mark.parametrize(
    ("kind", "told"), [(Forgets, "`gained` and `shortfalls` 0"), (Fails, "ZeroDivisionError")]
)
def test_a_gain_that_is_not_told_is_told_as_the_rule_of_the_user(
    kind: type[Colleagues], told: str
) -> None:
    region, pairs = drawn(1)
    result = po.Model(region, pairs=pairs).add(kind()).solve()
    assert result.is_contradicted
    assert [row.about for row in result.remark_rows] == [kind.__name__]
    assert told in result.remark_rows[0].text
    assert result.bound is None


class OnlyOne(Rule):
    """Nobody is placed twice, and other rules may rely on it."""

    title = "only one"

    @property
    def placements_per_candidate(self) -> int:
        return 1

    def lower(self, pairs: PairTable) -> RowBlock | None:
        return po.OnePlacement().lower(pairs)

    def violations(self, plan: Plan) -> Any:
        return po.OnePlacement().violations(plan)


def test_a_rule_declares_how_many_placements_a_candidate_may_have() -> None:
    region, pairs = drawn(1)
    for rules, most in (
        ([OnlyOne()], 1),
        ([po.OnePlacement(at_most=3)], 3),
        ([po.OnePlacement(at_most=3), OnlyOne()], 1),
        ([po.OpeningCapacity()], MANY),
    ):
        compiled = po.Model(region, pairs=pairs, rules=rules).compile()
        assert compiled.pairs.placements_per_candidate == most


# Files that name classes.
CLASS = """
from placement_opt.rules import Rule, register, used
from placement_opt.constraints.grouped_limit import Usage, grouped_limit
from placement_opt.rules import grouped, read_number, usage_column

@register
class FewInAll(Rule):
    '''At most so many people in the region.'''
    title = "few in all"
    most: int = 1

    def lower(self, pairs):
        usage = Usage(grouped(pairs, "region"), usage_column(self, pairs, None))
        return grouped_limit(self.title, usage, at_most={0: read_number(self.most)})

    def violations(self, plan):
        if len(plan) > self.most:
            yield self.broken("all", f"{len(plan)} people")
"""


def few() -> po.Region:
    return po.Region(
        name="few",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1", positions=2)],
    )


def solved_in_a_cell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Rule]:
    run([CLASS], "__main__")
    return run([CLASS], "__main__")["FewInAll"]  # type: ignore[no-any-return] # run twice


def solved_with_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> type[Rule]:
    (tmp_path / "own_rules_of_a_town").mkdir()
    (tmp_path / "own_rules_of_a_town" / "__init__.py").write_text(CLASS, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    module: ModuleType = __import__("own_rules_of_a_town")
    monkeypatch.delitem(sys.modules, "own_rules_of_a_town")
    return module.FewInAll  # type: ignore[no-any-return]


@pytest.mark.parametrize("made", [solved_in_a_cell, solved_with_a_package])
def test_a_registered_rule_is_read_back_from_a_file(
    made: Callable[[Path, pytest.MonkeyPatch], type[Rule]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kind = made(tmp_path, monkeypatch)
    path = tmp_path / "result.json"
    po.Model(few()).add(kind(most=1)).solve().to_json(path)
    result = po.Result.from_json(path)
    assert len(result.placement_rows) == 1
    report = po.check_result(few(), result)
    assert report.is_sound, str(report)
    monkeypatch.delitem(REGISTERED, "FewInAll")
    with pytest.raises(po.InvalidInputError, match=r"placement_opt\.register\(FewInAll\)"):
        po.check_result(few(), result)


def test_a_registered_rule_works_in_a_script(tmp_path: Path) -> None:
    region, result = tmp_path / "region.json", tmp_path / "result.json"
    few().to_json(region)
    script = tmp_path / "script.py"
    work = """
import sys
import placement_opt as po
region = po.Region.from_json(sys.argv[1])
if sys.argv[3] == "solve":
    po.Model(region).add(FewInAll()).solve().to_json(sys.argv[2])
else:
    print(po.check_result(region, po.Result.from_json(sys.argv[2])).is_sound)
"""
    script.write_text(CLASS + work, encoding="utf-8")
    for step in ("solve", "check"):
        done = subprocess.run(
            [sys.executable, str(script), str(region), str(result), step],
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.strip() == "True"


def test_what_cannot_be_registered_is_refused() -> None:
    class OnePlacement(Rule):
        """Has the name of a rule of the library."""

    class Smaller(Colleagues):
        """Is named after itself, since its parent has no name of its own."""

    class AlsoForgets(Forgets):
        """Inherits the name of its parent."""

    for wrong, told in (
        (Colleagues(), "must be a class of your own"),
        (dict, "must be a class of your own"),
        (OnePlacement, "must not be the name of another class"),
        (po.OnePlacement, "must be a class of your own"),
    ):
        with pytest.raises(po.InvalidInputError, match=told):
            register(wrong)  # type: ignore[type-var]
    assert register(Colleagues) is Colleagues
    assert register(Smaller) is Smaller
    assert po.register(Forgets) is Forgets
    with pytest.raises(po.InvalidInputError, match="'AlsoForgets'"):
        register(AlsoForgets)
