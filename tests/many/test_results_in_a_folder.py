"""Results of many regions in a folder: taken again where nothing changed, else solved anew."""

import json
from functools import partial
from pathlib import Path

import pytest
from many_regions import REGIONS, begun, hard, tiny

import placement_opt as po

LAW = po.Rulebook.on("2026-02-01").override({"wage_subsidy.employer_charges": "0.2"})


def solved_anew(folder: Path, given: dict[str, object], **how: object) -> set[str]:
    """Return the regions that were solved, not taken from the folder."""
    events: list[po.Event] = []
    nation = po.solve_many(given, folder=folder, on_progress=events.append, **how)  # type: ignore[arg-type]
    assert nation.failures == {}
    return {str(e.region) for e in events if e.phase == "search"}


def test_results_are_written_and_taken_again(tmp_path: Path, plain: dict[str, po.Result]) -> None:
    assert solved_anew(tmp_path, dict(REGIONS)) == set(REGIONS)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 3
    assert po.Result.from_json(files[0]).objective == plain["R1"].objective
    nation = po.solve_many(REGIONS, folder=tmp_path)
    assert set(nation.remarks.values()) == {"its result is that of an earlier run"}
    assert {n: r.objective for n, r in nation.results.items()} == {
        name: result.objective for name, result in plain.items()
    }
    assert solved_anew(tmp_path, dict(REGIONS)) == set()


@pytest.mark.parametrize(
    "how",
    [
        {"gap": 0.01},
        {"seed": 5},
        {"time_limit_s": 30},
        {"reproducible": True},
        {"memory_limit_gb": 50},
        {"solver": "cp-sat"},
        {"rulebook": LAW},
    ],
    ids=lambda how: next(iter(how)),
)
def test_another_parameter_is_another_run(how: dict[str, object], tmp_path: Path) -> None:
    given: dict[str, object] = {"R1": REGIONS["R1"]}
    assert solved_anew(tmp_path, given) == {"R1"}
    assert solved_anew(tmp_path, given, **how) == {"R1"}
    assert solved_anew(tmp_path, given, **how) == set()


def test_another_region_or_other_rules_are_another_run(tmp_path: Path) -> None:
    region = tiny(1)
    assert solved_anew(tmp_path, {"R": region}) == {"R"}
    assert solved_anew(tmp_path, {"R": po.Model(region)}) == set()
    loose = po.Model(region).add(po.ResourceLimit(per="region", limits=1000))  # the plan keeps it
    assert solved_anew(tmp_path, {"R": loose}) == {"R"}
    changed = region.model_copy(
        update={"excluded_pairs": ((region.candidates[0].id, region.openings[0].id),)}
    )
    assert solved_anew(tmp_path, {"R": changed}) == {"R"}
    ruled = po.Model(region).add(po.ResourceLimit(per="region", limits=1))
    assert solved_anew(tmp_path, {"R": ruled}) == {"R"}
    valued = po.Model(region).add(po.Priority(weight=2))
    assert solved_anew(tmp_path, {"R": valued}) == {"R"}


def test_pairs_of_a_models_own_are_solved_anew(tmp_path: Path) -> None:
    """No fingerprint tells which they were."""
    region = tiny(1)
    pairs = {
        "candidate_id": [region.candidates[0].id],
        "opening_id": [region.openings[0].id],
        "score": [3],
    }
    model = po.Model(region, pairs=pairs, rules=[], objective=[po.PairScore("score")])
    assert solved_anew(tmp_path, {"R": model}) == {"R"}
    assert solved_anew(tmp_path, {"R": model}) == {"R"}


def test_a_result_that_was_changed_or_broken_is_solved_again(
    tmp_path: Path, plain: dict[str, po.Result]
) -> None:
    given: dict[str, object] = {"R1": REGIONS["R1"]}
    solved_anew(tmp_path, given)
    (file,) = tmp_path.iterdir()
    content = json.loads(file.read_text())
    content["objective"] += 1
    file.write_text(json.dumps(content))
    assert solved_anew(tmp_path, given) == {"R1"}
    file.write_text("no result")
    assert solved_anew(tmp_path, given) == {"R1"}
    assert po.Result.from_json(file).objective == plain["R1"].objective


def test_what_was_stopped_goes_on_from_its_plan(tmp_path: Path) -> None:
    events: list[po.Event] = []
    given = {"hard": partial(hard, 300)}
    first = po.solve_many(
        given, gap=0, folder=tmp_path, on_progress=events.append, cancel=lambda: begun(events, 1)
    ).results["hard"]
    assert first.stop_reason is po.StopReason.CANCELLED
    second = po.solve_many(
        given,
        gap=0,
        folder=tmp_path,
        on_progress=events.append,
        cancel=lambda: events[-1].objective is not None and events[-1].phase == "search",
    )
    assert second.results["hard"].start is not None
    assert (second.results["hard"].objective or 0) >= (first.objective or 0)


def test_names_make_files_of_their_own(tmp_path: Path) -> None:
    names = ["a/b", "a_b", "A/B", "x" * 300, "..", "été"]
    po.solve_many(dict.fromkeys(names, REGIONS["R1"]), folder=tmp_path / "new" / "folder")
    files = list((tmp_path / "new" / "folder").iterdir())
    assert len({file.name.casefold() for file in files}) == len(names)


def test_a_result_that_cannot_be_written_is_kept_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_given: object, **_named: object) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(po.Result, "to_json", full)
    nation = po.solve_many({"R1": REGIONS["R1"]}, folder=tmp_path)
    assert nation.status is po.Status.OPTIMAL
    assert "no space left" in nation.remarks["R1"]
