"""Rules in conflict as a result tells them, and what is said where time ran out."""

import pytest
from formulations import problem, rows

import placement_opt as po
from placement_opt.answers import conflict, still_infeasible
from placement_opt.answers.conflict import singled_out
from placement_opt.answers.still_infeasible import Allowance


def everybody(n_people, n_places, *more, sizes=None, limit=None, **pairs):
    """Return the model of people who all have to be placed, everywhere eligible."""
    region = po.Region(
        name="crowd",
        candidates=[po.Candidate(id=f"C-{n}") for n in range(n_people)],
        openings=[po.Opening(id=f"O-{n}") for n in range(n_places)],
    )
    frame = {
        "candidate_id": [f"C-{n}" for n in range(n_people) for _ in range(n_places)],
        "opening_id": [f"O-{n}" for _ in range(n_people) for n in range(n_places)],
        **pairs,
    }
    rules = [po.OnePlacement(), po.EveryCandidatePlaced(), *more]
    if sizes is None:
        rules.append(po.OpeningCapacity())
    else:
        frame["size"] = [sizes[n] for n in range(n_people) for _ in range(n_places)]
        rules.append(po.ResourceLimit(uses="size", per="opening", limits=limit))
    return po.Model(region, pairs=frame, rules=rules, objective=[])


class TestInWords:
    @pytest.mark.parametrize("solver", ["auto", "cp-sat", "mip", "flow"])
    def test_a_seat_short_names_every_person_and_every_seat(self, solver):
        result = everybody(12, 11).solve(solver=solver)
        assert result.status is po.Status.INFEASIBLE
        assert set(result.conflicts) == {
            *(f"every candidate placed (C-{n})" for n in range(12)),
            *(f"positions of an opening (O-{n})" for n in range(11)),
        }
        assert result.conflicts_are_minimal is True

    def test_many_seats_short(self):
        result = everybody(150, 149).solve()
        assert len(result.conflicts) == 299
        assert result.conflicts_are_minimal is True

    def test_three_who_share_two_places_among_many(self):
        model = everybody(30, 40)
        listed = model.compile()
        kept = [
            (c, o)
            for c, o in zip(
                listed.pairs.candidate.tolist(), listed.pairs.opening.tolist(), strict=True
            )
            if c not in {3, 4, 5} or o in {7, 8}
        ]
        ids = listed.pairs.instance
        frame = {
            "candidate_id": [ids.candidate_ids[c] for c, _ in kept],
            "opening_id": [ids.opening_ids[o] for _, o in kept],
        }
        people = {ids.candidate_ids[c] for c in (3, 4, 5)}
        places = {ids.opening_ids[o] for o in (7, 8)}
        rules = [po.OnePlacement(), po.EveryCandidatePlaced(), po.OpeningCapacity()]
        result = po.Model(model.region, pairs=frame, rules=rules, objective=[]).solve()
        assert set(result.conflicts) == {
            *(f"every candidate placed ({one})" for one in people),
            *(f"positions of an opening ({one})" for one in places),
        }

    @pytest.mark.parametrize("solver", ["auto", "cp-sat"])
    def test_twenty_people_with_sizes(self, solver):
        sizes = [1 + n % 5 for n in range(20)]  # 60 in all
        result = everybody(20, 4, sizes=sizes, limit=14).solve(solver=solver)
        assert result.status is po.Status.INFEASIBLE
        assert {name.partition(" (")[0] for name in result.conflicts} == {
            "every candidate placed",
            "resource limit",
        }
        assert len(result.conflicts) > 4

    @pytest.mark.parametrize("solver", ["auto", "cp-sat"])
    def test_sizes_that_do_not_pack(self, solver):
        # 3 + 3 + 2 is the room of two openings of 4, but nobody can be cut in two.
        result = everybody(3, 2, sizes=[3, 3, 2], limit=4).solve(solver=solver)
        assert result.status is po.Status.INFEASIBLE
        assert len(result.conflicts) == 5  # three people and two limits
        assert result.conflicts_are_minimal is True
        assert result.certificate is None

    def test_a_pledge_beyond_its_openings(self):
        region = po.synthetic_region(candidates=60, seed=1)
        firms = [
            firm.model_copy(update={"jobs_pledged": 500.0 if at == 0 else None})
            for at, firm in enumerate(region.employers)
        ]
        model = po.Model(region.model_copy(update={"employers": tuple(firms)}))
        model.add(po.JobsQuota(per="employer", shortfall_price=None))
        result = model.solve()
        assert result.status is po.Status.INFEASIBLE
        assert result.proof[0].by == "counting"
        assert result.conflicts == (f"jobs quota ({firms[0].id})",)

    def test_two_rules_of_one_class_are_told_apart(self):
        low = po.ResourceLimit(uses="size", per="opening", minimums=4)
        high = po.ResourceLimit(uses="weight", per="opening", limits=3)
        frame = {"candidate_id": ["C-0", "C-1"], "opening_id": ["O-0", "O-0"]}
        frame |= {"size": [2, 2], "weight": [2, 2]}
        region = everybody(2, 1).region
        result = po.Model(region, pairs=frame, rules=[low, high], objective=[]).solve()
        assert set(result.conflicts) == {
            "resource limit, opening size (O-0)",
            "resource limit, opening weight (O-0)",
        }

    @pytest.mark.parametrize("solver", ["auto", "cp-sat", "flow"])
    def test_the_proof_is_of_what_is_named_and_checked_without_a_solver(self, solver):
        model = everybody(12, 11)
        result = model.solve(solver=solver)
        assert len(result.certificate.row) == 23
        report = po.check_result(model.region, result)
        assert report.is_sound, str(report)


class TestTooLate:
    def test_a_claim_that_a_plan_refutes_names_nothing(self, caplog):
        fine = problem([1], [rows("any", [[2]], [1], [3]), rows("more", [[3]], [1], [4])])
        assert not singled_out(fine, None, 0, Allowance(20.0)).rows.size
        assert "a plan keeps all rows" in caplog.text

    def test_a_crash_names_nothing(self, monkeypatch, caplog):
        def crash(*_arguments):
            raise MemoryError("no more")

        monkeypatch.setattr(conflict, "singled_out", crash)
        result = everybody(3, 2).solve()
        assert (result.status, result.conflicts) == (po.Status.INFEASIBLE, ())
        assert result.conflicts_are_minimal is None
        assert "no more" in caplog.text

    def test_without_time_it_is_said_that_some_may_be_spare(self, monkeypatch):
        monkeypatch.setattr(conflict, "LEAST_SECONDS", 0.0)
        monkeypatch.setattr(conflict, "SHARE", 0.0)
        result = everybody(3, 2, sizes=[3, 3, 2], limit=4).solve()
        assert result.conflicts
        assert result.conflicts_are_minimal is False
        assert "not shown to be minimal" in result.summary()

    def test_beyond_the_size_for_cp_sat_plans_show_what_is_needed(self, monkeypatch):
        for module in (conflict, still_infeasible):
            monkeypatch.setattr(module, "MOST_VARIABLES", 0)
        result = everybody(3, 2, sizes=[3, 3, 2], limit=4).solve()
        assert len(result.conflicts) >= 5
        assert result.conflicts_are_minimal is True
