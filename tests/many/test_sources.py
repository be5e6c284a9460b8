"""What stands for a region, and its name."""

import logging
from functools import partial
from pathlib import Path

import pytest
from many_regions import tiny

import placement_opt as po
from placement_opt.many.sources import model_of, named_sources


def named(name: str) -> po.Region:
    return tiny(1).model_copy(update={"name": name})


def west() -> po.Region:
    return named("a region of another name")


def test_a_sequence_takes_the_names_that_are_there(tmp_path: Path) -> None:
    given = [named("A"), po.Model(named("B")), tmp_path / "C.json", str(tmp_path / "D"), west]
    assert list(named_sources(given)) == ["A", "B", "C", "D", "west"]


def test_a_mapping_names_regions_itself() -> None:
    assert list(named_sources({"X": named("A"), "Y": partial(tiny, 1)})) == ["X", "Y"]


def test_names_that_two_have_and_what_is_no_region_are_told_at_once() -> None:
    with pytest.raises(po.InvalidInputError) as refused:
        named_sources([named("A"), named("A"), partial(tiny, 1), 7])
    told = [problem.expected for problem in refused.value.problems]
    assert sum("a name that no other has" in text for text in told) == 3
    assert sum("must be a region, a model" in text for text in told) == 1


@pytest.mark.parametrize("given", [[], {}, 7, None, {"": named("A")}, {3: named("A")}])
def test_what_is_no_collection_of_regions_is_refused(given: object) -> None:
    with pytest.raises(po.InvalidInputError, match="solve_many"):
        named_sources(given)


def test_a_folder_holds_files_and_folders(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    named("A").to_json(tmp_path / "a.json")
    named("B").to_folder(tmp_path / "b")
    (tmp_path / "readme.txt").write_text("hello")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / "_drafts").mkdir()
    with caplog.at_level(logging.WARNING, "placement_opt"):
        found = named_sources(tmp_path)
    assert list(found) == ["a", "b"]
    assert "not taken for regions: readme.txt" in caplog.text
    assert model_of(found["a"], None).region == named("A")
    assert model_of(found["b"], None).region.candidates == named("B").candidates


def test_a_folder_without_regions_is_refused(tmp_path: Path) -> None:
    with pytest.raises(po.InvalidInputError, match="must hold a JSON file or a folder"):
        named_sources(tmp_path)
    with pytest.raises(FileNotFoundError, match="no folder"):
        named_sources(tmp_path / "none")


def test_a_function_may_make_a_model_and_nothing_else() -> None:
    model = po.Model(named("A"), rules=[po.OnePlacement()])
    assert model_of(lambda: model, None).rules == (po.OnePlacement(),)
    with pytest.raises(po.InvalidInputError, match=r"must be a po\.Region"):
        model_of(lambda: 7, None)  # type: ignore[arg-type, return-value]
