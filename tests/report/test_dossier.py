"""The dossier: names nobody, reveals no small count, is the same each time, and is true."""

import itertools
import json

import numpy as np
import pytest
from builders import region_with_everything
from hypothesis import given, settings
from hypothesis import strategies as st

import placement_opt as po
from placement_opt.constraints import RULES
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.certificate_record import CertificateRecord
from placement_opt.objectives import TERMS
from placement_opt.report.algorithm_register import LONGEST, REQUIRED, register_entry, to_fill_in
from placement_opt.report.rule_words import DUTCH, said
from placement_opt.report.small_counts import Counted, told_counts

FILES = {"dossier.md", "dossier.nl.md", "dossier.json", "algorithm_register.json"}


@pytest.fixture(scope="module")
def plan():
    region = po.synthetic_region("rijk-van-nijmegen", candidates=60, openings=25, seed=2)
    old = po.solve(region, time_limit_s=5, gap=1e-2)
    row = old.placement_rows[0]
    reason = f"because of {row.candidate_id}"
    pin = po.Pin(row.candidate_id, row.opening_id, "K.V.", "2026-03-02", reason)
    fixed = region.model_copy(update={"fixed_placements": [pin]})
    old = po.Model(fixed).solve(start=old, time_limit_s=5, gap=1e-2)
    return po.replan(old, max_changes=5, time_limit_s=5, gap=1e-2)


def test_it_is_written_whole_and_the_same_each_time(plan, tmp_path):
    plan.dossier(tmp_path / "a")
    plan.dossier(tmp_path / "b")
    assert {path.name for path in (tmp_path / "a").iterdir()} == FILES
    for name in FILES:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    with pytest.raises(FileExistsError, match="overwrite"):
        plan.dossier(tmp_path / "a")
    plan.dossier(tmp_path / "a", overwrite=True)
    (tmp_path / "a" / "mine.txt").write_text("mine")
    with pytest.raises(FileExistsError):
        plan.dossier(tmp_path / "a", overwrite=True)
    assert (tmp_path / "a" / "mine.txt").read_text() == "mine"


def test_it_names_nobody(plan, tmp_path):
    plan.dossier(tmp_path / "d")
    people = {candidate.id for candidate in plan.model.region.candidates}
    assert people
    for name in FILES:
        text = (tmp_path / "d" / name).read_text(encoding="utf-8")
        assert [one for one in sorted(people) if one in text] == [], name


def test_it_says_what_the_result_says(plan, tmp_path):
    plan.dossier(tmp_path / "d", per=("municipality",))
    told = json.loads((tmp_path / "d" / "dossier.json").read_text(encoding="utf-8"))
    assert told["run"]["input_sha256"] == plan.model.region.fingerprint()
    assert told["outcome"]["objective"] == plan.objective
    assert told["outcome"]["gap"] == plan.gap
    assert told["certificate"]["agrees"] in ({True} if plan.certificate else {None})
    assert [row["name"] for row in told["rules"]] == [rule.rule for rule in plan.model.rules]
    sources = {row["name"]: row["source"] for row in told["rules"]}
    assert sources["FixedPlacements"].startswith("practice; ")
    assert len([source for source in sources.values() if source]) > len(sources) / 2
    assert told["fixed"]["by"] == {"K.V., 2026-03-02": 1}
    assert [row["about"] for row in told["assumptions"]] == list(plan.assumptions["about"])
    total = told["groups"]["municipality"][-1]
    assert total["people"] == 60
    assert total["placed"] == plan.placements["candidate_id"].nunique()
    english = (tmp_path / "d" / "dossier.md").read_text(encoding="utf-8")
    dutch = (tmp_path / "d" / "dossier.nl.md").read_text(encoding="utf-8")
    for rule in plan.model.rules:
        assert rule.title in english
        assert rule.title_nl in dutch


def test_a_bound_that_is_not_proven_is_told(plan, tmp_path):
    region = region_with_everything()
    result = po.Model(region).solve(time_limit_s=5)
    formulation = result.model.compile().formulation
    nothing = Certificate(np.zeros(formulation.n_rows, dtype=np.int64), 0)
    units = nothing.bound(formulation)
    record = CertificateRecord.of_bound(nothing, formulation, units)
    bound = units / formulation.objective.scale
    sound = result.model_copy(update={"certificate": record, "certified_bound": bound})
    lower = record.model_copy(update={"bound_units": units - 1})
    cases = (
        ("proven again", sound),
        ("NOT proven", sound.model_copy(update={"certificate": lower})),
        ("NOT proven", sound.model_copy(update={"certified_bound": bound - 1})),
        ("no certified bound", sound.model_copy(update={"certificate": None})),
    )
    for words, told in cases:
        told.dossier(tmp_path / "d", per=("municipality",), overwrite=True)
        assert words in (tmp_path / "d" / "dossier.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("asked", [{"least_count": 0}, {"least_count": True}, {"per": ("shoe",)}])
def test_what_means_nothing_is_refused(plan, tmp_path, asked):
    with pytest.raises(po.InvalidInputError):
        plan.dossier(tmp_path / "d", **asked)
    assert not (tmp_path / "d").exists()


def test_the_entry_has_the_fields_of_the_register():
    entry = register_entry(["Een regel."] * 900, ["Een waarde."], ["Participatiewet"], "abc")
    assert set(LONGEST) <= set(entry)
    assert set(REQUIRED) <= set(entry)
    for name, most in LONGEST.items():
        assert len(entry[name]) <= most, name
    assert entry["methods_and_models"].endswith(".")
    empty = to_fill_in(entry)
    assert empty[:3] == ["contact_email", "organization", "status"]
    assert {"goal", "lawful_basis"} & set(empty) == set()
    assert "lawful_basis" in to_fill_in(register_entry([], [], [], ""))


def test_a_rule_of_ones_own_is_said_by_its_title():
    class Mine(po.PairScore):
        """A score of mine."""

        title = "my score"
        title_nl = "mijn score"

    assert said(Mine("score"))[3:] == ("A score of mine.", "Mijn score.", None)


def possible(rows, hidden):
    """Yield every table of counts that is told like this one, by brute force."""
    totals = [sum(getattr(row, name) for row in rows) for name in ("placed", "unplaced")]
    told = {row["group"]: row for row in hidden[:-1]}
    choices = []
    for row in rows:
        seen = told[row.group]
        if seen["placed"] is not None:
            choices.append([(row.placed, row.unplaced)])
        elif seen["people"] is not None:
            choices.append([(n, row.people - n) for n in range(row.people + 1)])
        else:
            most = sum(totals)
            pairs = itertools.product(range(totals[0] + 1), range(totals[1] + 1))
            choices.append([pair for pair in pairs if sum(pair) <= most])
    for table in itertools.product(*choices):
        if [sum(column) for column in zip(*table, strict=True)] == totals:
            yield table


@settings(max_examples=150, deadline=None, database=None)
@given(
    counts=st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=2, max_size=3),
    least=st.sampled_from((2, 3, 5)),
)
def test_no_small_count_follows_from_what_is_told(counts, least):
    rows = [Counted(f"g{n}", *pair) for n, pair in enumerate(counts)]
    told = told_counts(rows, least)
    for row, seen in zip(rows, told, strict=False):
        for name in ("people", "placed", "unplaced"):
            assert seen[name] in {None, getattr(row, name)}
            assert seen[name] is None or not 0 < seen[name] < least
    if all(row["people"] is None for row in told[:-1]) or told[-1]["placed"] is None:
        return  # nothing but totals, or no totals to take away from
    tables = list(possible(rows, told))
    for number, row in enumerate(rows):
        for end, count in enumerate((row.placed, row.unplaced)):
            if 0 < count < least:
                assert len({table[number][end] for table in tables}) > 1, (rows, told)


def test_large_counts_are_told():
    rows = [Counted("a", 10, 20), Counted("b", 5, 0), Counted("c", 7, 9)]
    told = told_counts(rows, 5)
    assert [row["placed"] for row in told] == [10, 5, 7, 22]
    assert [row["people"] for row in told] == [30, 5, 16, 51]


@pytest.mark.parametrize("part", [*RULES, *TERMS], ids=lambda part: part.__name__)
def test_every_rule_and_term_is_said_in_dutch(part) -> None:
    sentence = DUTCH[part.__name__]
    assert sentence.endswith(".")
    assert sentence != part.title_nl
