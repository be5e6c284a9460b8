"""Chains of steps: what a plan tells of them, who is left because of them, what is refused."""

import datetime as dt

import numpy as np
import pytest
from scipy import sparse
from step_regions import asking, basics, shop, training
from steps_in_time import periods_from

import placement_opt as po
from placement_opt.constraints.step_packer import StepPacker
from placement_opt.instance.placement import Placement

MONTHS = periods_from("2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01")
IN_MONTHS = {"periods": MONTHS, "date": "2026-01-01"}


def test_a_path_is_told_in_the_order_in_which_it_is_taken():
    steps = [asking("T-1", "basics", kind="service"), basics()]
    result = po.solve(shop([{}], steps))
    assert result.paths["opening_id"].tolist() == ["T-9", "T-1", "O-1"]
    first = "First: T-9 (training), T-1 (service)."
    assert first in result.why("C-0").text()
    assert "Eerst: T-9 (training), T-1 (dienst)." in result.why("C-0").text("nl")


def test_steps_that_only_lead_to_each_other_lead_nowhere():
    steps = [
        asking("T-1", "basics", grants={"dutch": 0.5, "more": 0.5}),
        asking("T-2", "more", grants={"basics": 0.5}),
    ]
    for more in ({}, IN_MONTHS):
        of_month = [one.model_copy(update={"contract_months": 1}) for one in steps]
        result = po.solve(shop([{}], of_month, **more))
        assert result.placements.empty
        assert result.unplaced_rows[0].because == "essential skills"
        into_it = po.solve(shop([{"skills": {"more": 0.5}}], of_month, **more))
        assert into_it.paths["opening_id"].tolist() == ["T-2", "T-1", "O-1"]


def test_a_circle_is_entered_from_any_side():
    # T-1 and T-2 give each other what they ask; T-3 leads to one of them, T-4 to the other.
    circle = [
        asking("T-1", "a", grants={"b": 0.5}),
        asking("T-2", "b", grants={"a": 0.5}),
        asking("S-1", "a"),
        asking("S-2", "b", grants={"welding": 0.5}),
    ]
    job = po.Opening(
        id="O-1",
        required_skills={"dutch": 0.5, "welding": 0.5},
        essential_skills={"dutch", "welding"},
    )
    for entry, path in (
        ({"a": 0.5}, ["S-1", "T-3", "T-1", "S-2", "O-1"]),
        ({"b": 0.5}, ["S-2", "T-3", "T-2", "S-1", "O-1"]),
    ):
        steps = [*circle, training("T-3", grants=entry)]
        region = shop([{}], steps).model_copy(update={"openings": (job, *steps)})
        taken = po.solve(region).paths["opening_id"].tolist()
        assert sorted(taken) == sorted(path)
        assert taken.index("T-3") == 0
        assert taken[-1] == "O-1"


def test_a_plan_without_the_first_step_of_a_chain_is_told():
    steps = [
        asking("T-1", "basics", contract_months=1),
        basics(contract_months=1),
        asking("T-2", "more", grants={"basics": 0.5}, contract_months=1),
        asking("T-3", "basics", grants={"more": 0.5}, contract_months=1),
    ]
    lacking = "essential skills (C-0): {} asks {} at 0.5, has 0"
    alone = po.Model(shop([{}], steps)).compile()
    in_time = po.Model(shop([{}], steps, **IN_MONTHS)).compile()

    def told(compiled, job, *taken):
        plan = compiled.plan_of(
            [Placement("C-0", "O-1", variant=job)],
            [Placement("C-0", step, variant=start) for step, start in taken],
        )
        return [str(one) for one in compiled.judge(plan).violations]

    assert told(alone, None, ("T-1", None), ("T-9", None)) == []
    assert told(alone, None, ("T-1", None)) == [
        lacking.format("O-1", "dutch"),
        lacking.format("T-1", "basics"),
    ]
    # T-2 and T-3 give each other what they ask, and nobody gave either of them anything.
    assert told(alone, None, ("T-1", None), ("T-2", None), ("T-3", None)) == [
        lacking.format("O-1", "dutch"),
        lacking.format("T-1", "basics"),
        lacking.format("T-2", "more"),
        lacking.format("T-3", "basics"),
    ]
    assert told(in_time, "P2", ("T-9", "P0"), ("T-1", "P1")) == []
    assert lacking.format("T-1", "basics") in told(in_time, "P2", ("T-9", "P1"), ("T-1", "P0"))


@pytest.mark.parametrize("full", ["T-1", "T-9"])
@pytest.mark.parametrize("more", [{}, IN_MONTHS])
def test_the_step_that_is_full_is_the_reason_wherever_it_stands_in_the_chain(full, more):
    places = {"T-1": 5, "T-9": 5, full: 1}
    steps = [
        asking("T-1", "basics", positions=places["T-1"], contract_months=1),
        basics(positions=places["T-9"], contract_months=1),
    ]
    if more and full == "T-9":  # so that it is taken in one month only
        steps[1] = steps[1].model_copy(update={"contract_months": 2})
        more = {**more, "periods": periods_from(*(f"2026-0{n}-01" for n in range(1, 6)))}
    result = po.solve(shop([{}, {}], steps, jobs=2, **more))
    assert len(result.placements) == 1
    left = result.unplaced.iloc[0]
    assert left["because"] == "steps before a job"
    told = result.why_not(left["candidate_id"], "O-1")
    assert f"needs {full} (training) first, which is full" in told.text()
    changes = result.what_would_place(left["candidate_id"])
    assert (full, "positions", 2) in [(one.record, one.field, one.after) for one in changes]


def test_the_budget_pays_the_whole_chain():
    people = [{"municipality": "M"}]
    steps = [asking("T-1", "basics", cost_eur=100), basics(cost_eur=150)]
    for budget, placed in ((249, 0), (250, 1)):
        towns = [po.Municipality(id="M", reintegration_budget_eur_per_year=budget)]
        result = po.solve(shop(people, steps, municipalities=towns))
        assert len(result.placements) == placed


def test_before_a_step_without_a_date_comes_none_with_a_date():
    dated = basics(starts_on=dt.date(2026, 3, 1), contract_months=1)
    for starts_on, placed in ((None, 0), ("2026-03-31", 0), ("2026-04-01", 1)):
        result = po.solve(shop([{}], [asking("T-1", "basics", starts_on=starts_on), dated]))
        assert len(result.placements) == placed
    without = basics()
    assert len(po.solve(shop([{}], [asking("T-1", "basics"), without])).placements) == 1


def test_a_trial_gives_a_step_of_its_own_employer_what_it_asks():
    for employer, placed in (("E-1", 1), (None, 1), ("E-2", 0)):
        steps = [asking("T-1", "basics", employer="E-1"), basics(kind="trial", employer=employer)]
        assert len(po.solve(shop([{}], steps)).placements) == placed


def test_a_step_that_asks_for_more_of_the_same_may_still_lead_elsewhere():
    # T-2 asks for what T-3 gives at its own employer alone; T-2 gives it everywhere.
    steps = [
        asking("T-1", "basics", employer="E-1"),
        asking("T-2", "basics", employer="E-2", grants={"basics": 0.9}),
        basics(kind="trial", employer="E-2"),
    ]
    result = po.solve(shop([{}], steps))
    assert result.paths["opening_id"].tolist() == ["T-9", "T-2", "T-1", "O-1"]


def test_rows_of_chains_have_words_in_both_languages():
    steps = [asking("T-1", "basics", contract_months=1), basics(contract_months=1)]
    for more, english, dutch in (
        ({}, "C-0 takes T-9 before T-1", "C-0 volgt T-9 vóór T-1"),
        (IN_MONTHS, "C-0 takes T-9 before T-1 / P1", "C-0 volgt T-9 vóór T-1 / P1"),
    ):
        compiled = po.Model(shop([{}], steps, **more)).compile()
        labels = {label for block in compiled.formulation.blocks for label in block.labels}
        assert english in labels
        assert po.Steps().label_nl(english) == dutch


def test_a_step_that_asks_what_the_job_asks_is_none_of_its_options():
    # Whoever takes T-1 has what the job asks since T-9; the level that it gives is more than that.
    steps = [asking("T-1", "dutch", grants={"dutch": 0.9}), training("T-9", grants={"dutch": 0.5})]
    compiled = po.Model(shop([{}], steps)).compile()
    block = next(one for one in compiled.formulation.blocks if one.title == po.Steps.title)
    assert [str(label) for label in block.labels] == ["C-0 takes T-9", "training T-9"]
    assert po.solve(shop([{}], steps)).paths["opening_id"].tolist() == ["T-9", "O-1"]


def test_a_step_that_needs_another_is_taken_once_and_its_starts_are_added_up():
    more = {**IN_MONTHS, "periods": periods_from(*(f"2026-0{n}-01" for n in range(1, 6)))}
    steps = [asking("T-1", "basics", contract_months=1), basics(contract_months=1)]
    compiled = po.Model(shop([{}], steps, **more)).compile()
    block = next(one for one in compiled.formulation.blocks if one.title == po.Steps.title)
    labels = [str(label) for label in block.labels]
    assert [label for label in labels if label.endswith("once")] == ["C-0 takes T-1 once"]
    rows = block.variable_usage.toarray().tolist()
    for when, needed in (("P1", [-1, 1]), ("P2", [-1, -1, 1, 1])):
        row = rows[labels.index(f"C-0 takes T-9 before T-1 / {when}")]
        assert sorted(filter(None, row)) == needed


def test_a_chain_is_handed_out_whole_or_not_at_all():
    # Each pair needs 0 or 1, of one place each; 0 needs 2, which has no place, and 1 needs 3.
    needs = np.array([0, 1]), np.array([0, 0])
    asks = np.array([0, 1]), np.array([1, 2])
    options = np.array([0, 0, 1, 2]), np.array([0, 1, 2, 3])
    taking = sparse.eye_array(4, dtype=np.int64, format="csr"), sparse.csr_array((4, 2))
    for places, served, taken in (
        ([9, 1, 0, 1], [True], [0, 1, 0, 1]),
        ([9, 1, 0, 0], [False], [0, 0, 0, 0]),
        ([9, 1, 1, 1], [True], [1, 0, 1, 0]),
    ):
        packer = StepPacker((needs, asks), options, taking, np.array(places), 4, None)
        assert [packer.add(0)] == served
        assert packer.own().tolist() == taken
        assert packer.add(1) == served[0]
        assert packer.own().tolist() == taken
