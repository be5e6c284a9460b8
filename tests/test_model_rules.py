"""A model's rules: what each removes, per group and per quota."""

import pytest
from small_models import BASE, DATE, PAIRS, SCORE, model, placed, problems_of, region

import placement_opt as po


class TestRules:
    def test_without_rules_the_standard_ones_apply_also_with_pairs(self):
        alone = po.Model(region(candidate={"needs": {"quiet"}}), pairs=PAIRS, objective=SCORE)
        assert [rule.rule for rule in alone.rules] == [
            "WorkplaceNeeds",
            "OnePlacement",
            "OpeningCapacity",
        ]
        assert alone.solve().placement_rows == ()

    def test_rules_are_the_complete_list(self):
        needy = {"candidate": {"needs": {"quiet"}}}
        assert placed(model(**needy).solve()) == {("C-1", "O-2"), ("C-2", "O-1")}
        everybody = model(rules=[], **needy).solve()
        assert len(everybody.placement_rows) == 4
        assert everybody.objective == 13

    def test_only_listed_pairs_are_eligible(self):
        one = {name: values[:1] for name, values in PAIRS.items()}
        assert placed(model(pairs=one).solve()) == {("C-1", "O-1")}

    def test_an_added_rule_replaces_one_of_its_class_with_the_same_per(self):
        limited = model()
        limited.add(po.ResourceLimit(per="region", limits=1))
        assert limited.solve().objective == 5
        limited.add(po.ResourceLimit(per="region", limits=0))
        assert limited.solve().objective == 0
        limited.add(po.ResourceLimit(per="opening", limits=1))
        assert len([rule for rule in limited.rules if rule.rule == "ResourceLimit"]) == 2
        limited.add(po.ResourceLimit(per="region", limits=2))
        assert limited.solve().objective == 7

    def test_an_added_term_replaces_one_of_its_kind(self):
        doubled = model().add(po.PairScore("score", weight=2))
        assert [term.weight for term in doubled.objective] == [2]
        assert doubled.solve().objective == 14

    def test_rules_given_twice_are_refused(self):
        with pytest.raises(po.InvalidInputError, match="once per class") as info:
            model(rules=[*BASE, po.OnePlacement(at_most=2)])
        assert problems_of(info) == [("rule", "OnePlacement", "key")]

    def test_terms_given_twice_are_refused(self):
        with pytest.raises(po.InvalidInputError, match="once per class") as info:
            model(objective=[*SCORE, po.PairScore("score", weight=2)])
        assert problems_of(info) == [("objective term", "PairScore", "key")]
        two = {**PAIRS, "wish": [1, 0, 0, 1]}
        both = model(objective=[*SCORE, po.PairScore("wish")], pairs=two).solve()
        assert [row.term for row in both.term_rows] == ["PairScore (score)", "PairScore (wish)"]

    def test_shortfalls_of_two_rules_of_a_class_are_told_apart(self):
        minimums = [
            po.ResourceLimit(per="region", minimums=9, shortfall_price=2),
            po.ResourceLimit(per="opening", minimums=2, shortfall_price=2),
        ]
        result = model(rules=[*BASE, *minimums]).solve()
        short = {row.term: row.value for row in result.term_rows if "shortfall" in row.term}
        assert short == {
            "ResourceLimit (region) shortfall": 7,
            "ResourceLimit (opening) shortfall": 2,
        }
        assert "grens aan een middel (region)" in result.summary("nl")

    def test_a_result_answers_for_the_model_that_was_solved(self):
        solved = model(candidate={"needs": {"quiet"}})
        result = solved.solve()
        before = result.why_not("C-1", "O-1")
        solved.add(po.WorkplaceNeeds())
        assert result.why_not("C-1", "O-1") == before
        assert before.is_eligible
        assert not solved.why_not("C-1", "O-1").is_eligible

    @pytest.mark.parametrize(
        "wrong", ["OnePlacement", po.OnePlacement, None, po.PairScore("score")]
    )
    def test_what_is_no_rule_is_refused(self, wrong):
        with pytest.raises(po.InvalidInputError, match="must be an object such as"):
            model(rules=[wrong])

    def test_a_rule_is_no_term(self):
        with pytest.raises(po.InvalidInputError, match="objective term must be"):
            model(objective=[po.OnePlacement()])


class TestPer:
    def test_a_number_means_every_record_of_the_kind(self):
        free = [po.ResourceLimit(per="opening", limits=1)]
        assert model(rules=free, objective=[po.PairScore("score")]).solve().objective == 5 + 4

    def test_a_mapping_leaves_the_others_free(self):
        only = [po.ResourceLimit(per="opening", limits={"O-1": 1})]
        assert model(rules=only).solve().objective == 5 + 4 + 1

    def test_a_number_means_every_label_of_a_pair_column(self):
        crews = PAIRS | {"crew": ["red", "red", "blue", "blue"]}
        limited = model(rules=[po.ResourceLimit(per="crew", limits=1)], pairs=crews)
        assert limited.solve().objective == 5 + 3
        named = model(rules=[po.ResourceLimit(per="crew", limits={"red": 1})], pairs=crews)
        assert named.solve().objective == 5 + 3 + 1

    @pytest.mark.parametrize(
        ("per", "unknown"),
        [
            ("candidate", "C-9"),
            ("opening", "O-9"),
            ("employer", "E-9"),
            ("municipality", "M-9"),
            ("opening_municipality", "M-9"),
            ("sector", "markt"),
            ("region", "elsewhere"),
        ],
    )
    def test_an_unknown_id_of_a_built_in_kind_is_bad_input(self, per, unknown):
        wrong = model(rules=[po.ResourceLimit(per=per, limits={unknown: 1})])
        with pytest.raises(po.InvalidInputError, match=unknown) as info:
            wrong.solve()
        assert problems_of(info) == [("rule", "ResourceLimit", "limits")]

    def test_an_unknown_per_is_bad_input_with_the_closest(self):
        with pytest.raises(po.InvalidInputError, match="did you mean 'employer'"):
            model(rules=[po.ResourceLimit(per="employr", limits=1)]).solve()

    def test_a_numeric_column_is_no_group(self):
        with pytest.raises(po.InvalidInputError, match="score"):
            model(rules=[po.ResourceLimit(per="score", limits=1)]).solve()

    def test_a_label_column_is_no_amount(self):
        crews = PAIRS | {"crew": ["red", "red", "blue", "blue"]}
        with pytest.raises(po.InvalidInputError, match="not of group labels"):
            model(
                rules=[po.ResourceLimit(uses="crew", per="region", limits=1)], pairs=crews
            ).solve()

    def test_a_named_group_without_pairs_uses_nothing(self):
        crews = PAIRS | {"crew": ["red", "red", "blue", "blue"]}
        limit = po.ResourceLimit(per="crew", limits={"nobody": 0})
        assert model(rules=[*BASE, limit], pairs=crews).solve().objective == 7
        hard = po.ResourceLimit(per="crew", minimums={"nobody": 1})
        result = model(rules=[*BASE, hard], pairs=crews).solve()
        assert result.status is po.Status.INFEASIBLE
        assert result.conflicts == ("resource limit (nobody)",)
        priced = po.ResourceLimit(per="crew", minimums={"nobody": 2.5}, shortfall_price=2)
        result = model(rules=[*BASE, priced], pairs=crews).solve()
        assert (result.status, result.objective) == (po.Status.OPTIMAL, 7 - 5)

    def test_a_pair_column_may_not_be_named_like_a_built_in_group(self):
        with pytest.raises(po.InvalidInputError, match="own_sector"):
            model(pairs=PAIRS | {"sector": ["a", "b", "c", "d"]}).solve()

    def test_negative_usage_is_refused(self):
        owed = PAIRS | {"debt": [1, -1, 0, 0]}
        with pytest.raises(po.InvalidInputError, match="must be >= 0"):
            model(rules=[po.ResourceLimit(uses="debt", per="region", limits=1)], pairs=owed).solve()


class TestStacking:
    def test_two_part_time_jobs_within_the_hours(self):
        stacking = po.Model(
            region(1, 3, candidate={"hours_per_week": (0, 20)}, opening={"hours_per_week": (0, 8)}),
            rules=[po.OnePlacement(at_most=3), po.OpeningCapacity()],
            objective=[po.PairScore("hours_per_week")],
        )
        result = stacking.solve()
        assert len(result.placement_rows) == 2
        assert result.objective == 16

    def test_hours_are_asked_of_nobody_who_names_no_maximum(self):
        free = po.Model(region(1, 2), rules=[po.OnePlacement(at_most=2)], pairs=None)
        assert len(free.solve().placement_rows) == 2
        people = [po.Candidate(id="C-1"), po.Candidate(id="C-2", hours_per_week=(0, 8))]
        work = [po.Opening(id="O-1", hours_per_week=(0, 8))]
        mixed = po.Region(name="mixed", candidates=people, openings=work)
        some = po.Model(mixed, rules=[po.OnePlacement(at_most=2)], objective=[po.MatchScore()])
        assert len(some.solve().placement_rows) == 2

    def test_one_coach_over_all_placements(self):
        coached = po.Model(
            region(
                1,
                2,
                candidate={
                    "coaching_regime": "intensive",
                    "coaching_year": 1,
                    "hours_per_week": (0, 40),
                },
                opening={"hours_per_week": (0, 20)},
                coaches=[po.Coach(id=f"K-{n}", hours_per_week=3) for n in (1, 2)],
                date=DATE,
            ),
            rules=[po.OnePlacement(at_most=2), po.OpeningCapacity(), po.Coaching()],
        )
        one = coached.solve()
        assert len(one.placement_rows) == 1  # two coaches with room for one job each
        told = po.Model(coached.region, rules=[po.OnePlacement(at_most=2), po.Coaching()])
        assert len(told.solve().placement_rows) == 1
