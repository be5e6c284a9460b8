"""Plans side by side, and variants of a model."""

import numpy as np
import pytest
from builders import region_with_everything

import placement_opt as po
from placement_opt.formulation.certificate import Certificate
from placement_opt.formulation.certificate_record import CertificateRecord


def region(n_people=3, **fields):
    towns = ("east", "west", "east")
    people = [po.Candidate(id=f"C-{n}", municipality=towns[n]) for n in range(n_people)]
    return po.Region(
        name="r", candidates=people, openings=[po.Opening(id=f"O-{n}") for n in (1, 2)], **fields
    )


def model_of(rows, **fields):
    names = ("candidate_id", "opening_id", "score", "hours_per_week")
    pairs = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))
    rules = [po.OnePlacement(), po.OpeningCapacity()]
    return po.Model(region(**fields), pairs=pairs, rules=rules, objective=[po.PairScore("score")])


ONE = [("C-0", "O-1", 5, 8), ("C-1", "O-2", 4, 16)]
OTHER = [("C-0", "O-2", 5, 8), ("C-1", "O-2", 4, 16), ("C-2", "O-1", 3, 4)]


def test_two_plans_side_by_side():
    found = po.compare(model_of(ONE).solve(), model_of(OTHER).solve())
    totals = found.totals.set_index("plan")
    assert totals["objective"].tolist() == [9, 8]
    assert totals["difference"].tolist() == [0, -1]
    assert totals["placed"].tolist() == [2, 2]
    assert totals["unplaced"].tolist() == [1, 1]
    assert totals["hours_per_week"].tolist() == [24, 12]
    assert totals["changes"].tolist() == [0, 3]
    assert found.groups.values.tolist() == [["east", 1, 2], ["west", 1, 0]]
    assert list(found.groups.columns) == ["group", "a", "b"]
    assert found.moves.values.tolist() == [
        ["C-0", "O-1", "O-2"],
        ["C-1", "O-2", None],
        ["C-2", None, "O-1"],
    ]


def test_names_and_other_groups():
    one = model_of(ONE).solve()
    found = po.compare(friday=one, monday=one, tuesday=one, per="opening")
    assert found.totals["plan"].tolist() == ["friday", "monday", "tuesday"]
    assert found.moves.empty
    assert found.groups.values.tolist() == [["O-1", 1, 1, 1], ["O-2", 1, 1, 1]]
    for wrong in ((), (one,)):
        with pytest.raises(po.InvalidInputError, match="two plans or more"):
            po.compare(*wrong)
    with pytest.raises(po.InvalidInputError, match="a name of its own"):
        po.compare(one, one, a=one)


def test_variants_of_a_model():
    model = model_of(OTHER)
    rules = model.rules
    found = po.scenarios(
        model,
        {
            "one place": po.ResourceLimit(per="region", limits=1),
            "twice the score": [po.PairScore("score", weight=2)],
            "two people": lambda as_is: as_is.add(po.ResourceLimit(per="region", limits=2)),
            "nobody fits": [po.EveryCandidatePlaced()],
            "another": model_of(ONE),
        },
        gap=0,
    )
    totals = found.totals.set_index("plan")
    assert totals.index.tolist()[0] == "as it is"
    assert totals["objective"].tolist()[:4] == [8, 5, 16, 8]
    assert totals.loc["one place", "difference"] == -3
    assert totals.loc["another", "objective"] == 9
    assert totals.loc["nobody fits", "status"] == "INFEASIBLE"
    assert totals.loc["nobody fits", ["placed", "changes"]].isna().all()
    assert model.rules == rules


def test_each_variant_is_solved_as_if_alone():
    base = region_with_everything().model_copy(update={"fixed_placements": ()})
    coach = base.coaches[0].model_copy(update={"hours_per_week": 3})
    fewer = base.model_copy(update={"coaches": (coach, *base.coaches[1:])})
    found = po.scenarios(po.Model(base), {"a coach less": fewer}, gap=0)
    alone = po.Model(base).of_region(fewer).solve(gap=0)
    assert found.totals["objective"].tolist()[1] == alone.objective
    assert found.totals["difference"].tolist()[1] <= 0
    assert set(found.results) == {"as it is", "a coach less"}


def test_a_change_that_is_none_is_refused():
    for wrong in ("budget", [], [3], None):
        with pytest.raises(po.InvalidInputError, match="must be a rule, a term"):
            po.scenarios(model_of(ONE), {"odd": wrong})


def test_prices_of_limits_side_by_side(monkeypatch):
    base = model_of(OTHER)
    limited = model_of(OTHER).add(po.ResourceLimit(per="region", limits=1))
    one, two = base.solve(gap=0), limited.solve(gap=0)
    formulation = two.model.compile().formulation
    prices = np.zeros(formulation.n_rows)
    number = [rule.rule for rule in two.model.compile().rules_of_blocks].index("ResourceLimit")
    prices[formulation.row_offsets[number]] = 3 * formulation.objective.scale
    prices[0] = 2 * formulation.objective.scale  # of a person: not told
    proven = Certificate.from_duals(formulation, prices)
    record = CertificateRecord.of_bound(proven, formulation, proven.bound(formulation))
    two = two.model_copy(update={"certificate": record})
    one = one.model_copy(update={"certificate": None})
    # Without a certificate the prices of a small relaxation are told.
    told = po.compare(base=one, limited=two).prices
    assert told.set_index("rule").loc["positions of an opening", "base"].max() > 0
    monkeypatch.setattr("placement_opt.answers.limit_prices.FEW_VARIABLES", 0)
    told = po.compare(base=one, limited=two).prices
    assert list(told.columns) == ["rule", "group", "unit", "base", "limited"]
    assert told["rule"].tolist() == ["resource limit"]
    assert told["limited"].tolist() == [3]
    assert told["base"].isna().all()


def test_a_budget_has_a_price_though_a_euro_is_worth_little():
    people = [
        po.Candidate(
            id=f"C-{n}",
            municipality="M-1",
            hours_per_week=(8, 24),
            wage_value=0.5,
            ground="38b.1.a",
        )
        for n in (1, 2)
    ]
    work = [po.Opening(id=f"O-{n}", hours_per_week=(8, 24)) for n in (1, 2)]
    poor = po.Municipality(id="M-1", wage_subsidy_budget_eur_per_year=15_000)
    region = po.Region(
        name="r", date="2026-02-01", candidates=people, openings=work, municipalities=[poor]
    )
    result = po.solve(region, gap=0, solver="cp-sat").model_copy(update={"certificate": None})
    told = po.compare(a=result, b=result).prices.set_index("rule")
    price = told.loc["wage-subsidy budget of a municipality"]
    assert price["unit"] == "eur_per_year"
    one_more = result.bottlenecks(prove=0).set_index("rule").loc["WageSubsidyBudget"]
    assert 0 < price["a"] < 1
    assert price["a"] == pytest.approx(one_more["price_points_per_unit"])
