"""Service levels of made-up regions."""

import pytest

import placement_opt as po
from placement_opt.synthetic.mix import REGIMES

SIZE = {"candidates": 150, "openings": 45, "seed": 5}


def test_they_come_on_top_of_the_same_region():
    plain = po.synthetic_region(**SIZE, steps=True, crews=True)
    levels = po.synthetic_region(**SIZE, steps=True, crews=True, service_levels=True)
    assert levels == po.synthetic_region(**SIZE, steps=True, crews=True, service_levels=True)
    assert levels.model_copy(update={"candidates": plain.candidates}) == plain
    chosen = 0
    for was, person in zip(plain.candidates, levels.candidates, strict=True):
        if person == was:
            continue
        chosen += 1
        back = {"coaching_regime": was.coaching_regime, "coaching_options": {}}
        assert person.model_copy(update=back) == was
        assert (was.coaching_year, was.coach) == (1, None)
        at = REGIMES.index(was.coaching_regime)
        options = sorted(person.coaching_options.items(), key=lambda one: REGIMES.index(one[0]))
        named = [REGIMES.index(regime) for regime, _ in options]
        assert named == [level for level in (at - 1, at, at + 1) if 0 < level < len(REGIMES)]
        chances = [chance for _, chance in options]
        assert chances == sorted(set(chances)), "more coaching, more chance"
        assert 0 < chances[0] < chances[-1] < 1
    able = sum(c.coaching_regime not in {None, "none"} for c in plain.candidates)
    assert able // 4 < chosen < able


def test_their_plan_is_sound_and_tells_what_is_expected():
    region = po.synthetic_region(**SIZE, service_levels=True)
    result = po.solve(region, time_limit_s=30, gap=0.02)
    assert 0 < result.expected_placements < len(result.placements)
    assert set(result.placements["variant"].dropna()) > {"light"}
    assert po.check_result(region, result).is_sound


def test_who_has_hours_and_no_regime_has_no_choice():
    equal = po.synthetic_region(**SIZE, coaching="equal")
    assert po.synthetic_region(**SIZE, coaching="equal", service_levels=True) == equal
    with pytest.raises(po.InvalidInputError, match="service_levels"):
        po.synthetic_region(service_levels="yes")
