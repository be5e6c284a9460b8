"""The page that people hand over: true numbers, inert texts, for each reader what they may see."""

import html
import itertools
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

import placement_opt as po
from placement_opt.report.page.flows import HEIGHT, WIDTH, flow_map
from placement_opt.report.page.page import page_text
from placement_opt.report.page.words import PAGE_WORDS

EVIL = "</script><script>alert(1)</script>=cmd|'/c calc'!A1 \"&"


@pytest.fixture(scope="module")
def result() -> po.Result:
    region = po.synthetic_region(candidates=120, openings=40, seed=2)
    return po.solve(region, time_limit_s=20, reproducible=True)


class Reader(HTMLParser):
    """Reads a page as a browser would: tags with their attributes, and data of scripts by id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data: dict[str, str] = {}
        self.words: list[str] = []
        self.open: list[str] = []
        self._script: str | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "input", "rect", "path", "circle", "br", "link", "img"}:
            self.open.append(tag)
        if tag == "script":
            self._script = dict(attrs).get("id") or "code"

    def handle_endtag(self, tag: str) -> None:
        if tag not in {"rect", "path", "circle"}:
            assert self.open.pop() == tag
        if tag == "script":
            self._script = None

    def handle_data(self, data: str) -> None:
        if self._script is not None:
            self.data[self._script] = self.data.get(self._script, "") + data
        elif data.strip():
            self.words.append(data.strip())

    def people(self) -> dict:
        return json.loads(self.data["people"])


def read(result: po.Result, **options) -> Reader:
    page = Reader(page_text(result, **options))
    assert page.open == []
    return page


def test_the_headline_and_the_tiles_are_those_of_the_tables(result: po.Result) -> None:
    words = read(result).words
    placed = result.placements["candidate_id"].nunique()
    assert f"{placed} of 120 people get a place" in words
    assert f"{result.placements['hours_per_week'].sum() / 25.5:,.1f}" in words
    assert f"of 120 ({100 * placed / 120:.1f} %)" in words
    filled, places = result.openings["filled"].sum(), result.openings["places"].sum()
    assert f"{filled} of {places}" in words
    assert "wie overblijft, en waarom" in " ".join(read(result, language="nl").words).lower()


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_person_stands_in_the_table_once_for_each_placement(result, language) -> None:
    people = read(result, language=language, to="consultant").people()
    keys = [column["key"] for column in people["columns"]]
    rows = [dict(zip(keys, row, strict=True)) for row in people["rows"]]
    placed = [(row["person"], row["opening"]) for row in rows if row["opening"]]
    told = zip(result.placements["candidate_id"], result.placements["opening_id"], strict=True)
    assert placed == list(told)
    left = [row["person"] for row in rows if not row["opening"]]
    assert left == result.unplaced["candidate_id"].tolist()
    text = result.unplaced["text_nl" if language == "nl" else "text"].tolist()
    assert [row["status"] for row in rows if not row["opening"]] == text


def test_a_manager_sees_no_money_and_no_cards_of_persons(result: po.Result) -> None:
    people = read(result).people()
    assert people["cards"] is None
    assert {"eur", "points"}.isdisjoint(column["key"] for column in people["columns"])


def test_cards_tell_the_points_of_the_plan_and_openings_that_are_eligible(result) -> None:
    cards = read(result, to="consultant").people()["cards"]
    for points, row in zip(cards["points"], result.placement_rows, strict=True):
        assert sum(points) == pytest.approx(row.points)
    pairs = result.model.pairs_frame()
    worth = {(p.candidate_id, p.opening_id): p.points for p in pairs.itertuples()}
    placed = {(row.candidate_id, row.opening_id) for row in result.placement_rows}
    for person, others in cards["next"].items():
        options = [w for pair, w in worth.items() if pair[0] == person and pair not in placed]
        assert [points for _, points, _, _ in others] == pytest.approx(
            sorted(options, reverse=True)[: len(others)]
        )
        assert len(others) == min(3, len(options))
        assert all((person, opening) in worth for opening, _, _, _ in others)


def test_what_is_scarce_is_told_with_its_price(result: po.Result) -> None:
    frame = result.bottlenecks(prove=0)
    wanted = frame.query("price_points_per_unit > 0").groupby("rule").head(3).head(12)
    assert wanted["rule"].nunique() > 1
    words = " ".join(read(result).words)
    told = words[words.rindex("What is scarce") : words.rindex("Who is left, and why")]
    for row in wanted.itertuples():
        price = row.price_points_per_unit
        assert f": {row.group}" in told
        assert (f"{price:,.1f}" if price >= 10 else f"{price:,.3f}") in told
    assert told.partition("no proof.")[2].count(": ") == len(wanted)
    assert " -" not in told, "more of a minimum only costs: it is not scarce"


def test_texts_of_the_user_are_inert_wherever_they_stand() -> None:
    region = po.Region(
        name=EVIL,
        date="2026-02-01",
        municipalities=[po.Municipality(id=EVIL + "m")],
        candidates=[
            po.Candidate(id=EVIL + "c", municipality=EVIL + "m", groups={"area": EVIL}),
            po.Candidate(id=EVIL + "d"),
        ],
        openings=[po.Opening(id=EVIL + "o", municipality=EVIL + "m", employer=EVIL + "e")],
        employers=[po.Employer(id=EVIL + "e", jobs_pledged=1, sector="market")],
    )
    found = po.Model(region, rules=[po.OnePlacement(), po.OpeningCapacity()]).solve()
    for to in ("manager", "consultant"):
        text = page_text(found, to=to)
        assert "<script>alert" not in text
        page = Reader(text)
        assert sum(tag == "script" for tag, _ in page.tags) == 3
        told = {row[0] for row in page.people()["rows"]}
        assert told == {EVIL + "c", EVIL + "d"}
    beside = po.compare(**{EVIL: found, "other": found})
    frames = {"candidates": {"id": ["C"], EVIL: [1]}, "openings": {"id": ["O"]}}
    tables = {name: pd.DataFrame(columns) for name, columns in frames.items()}
    reading = po.Region.from_frames(**tables).reading
    check = po.check_result(po.synthetic_region(candidates=3, openings=2, seed=1), found)
    answers = (found.why(EVIL + "c"), beside, reading, check)
    for shown in (found, found.model, region, region.candidates[0], *answers):
        told = shown._repr_html_()
        assert "<script" not in told
        assert "alert(1)" not in told or html.escape("<script>") in told


def test_the_page_stands_alone(result: po.Result) -> None:
    text = page_text(result, to="consultant")
    assert not re.search(r"(?:src|href)=[\"'](?!#)", text)
    assert "http" not in text.replace("http-equiv", "")
    assert "default-src 'none'" in text
    page = Reader(text)
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    targets = [of["href"][1:] for tag, of in page.tags if tag == "a"]
    assert set(targets) <= set(ids)
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))


def test_no_plan_is_told_with_what_contradicts_each_other() -> None:
    region = po.Region(
        name="full",
        candidates=[po.Candidate(id="C-1"), po.Candidate(id="C-2")],
        openings=[po.Opening(id="O-1")],
    )
    rules = [po.OnePlacement(), po.OpeningCapacity(), po.EveryCandidatePlaced()]
    words = read(po.Model(region, rules=rules).solve()).words
    assert "There is no plan" in words
    assert any("every candidate placed" in word for word in words)


def test_a_result_from_a_file_has_a_page_without_what_only_the_region_knows(
    result: po.Result, tmp_path: Path
) -> None:
    result.to_json(tmp_path / "plan.json")
    again = po.Result.from_json(tmp_path / "plan.json")
    people = read(again, to="consultant").people()
    assert people["cards"] is None
    assert {"home", "work_town"}.isdisjoint(column["key"] for column in people["columns"])
    known = po.Result.from_json(tmp_path / "plan.json", model=po.Model(result.model.region))
    assert read(known, to="consultant").people()["cards"] is not None


def test_a_page_is_written_once_and_for_a_known_reader(result: po.Result, tmp_path: Path) -> None:
    path = tmp_path / "plan.html"
    result.report(path)
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(FileExistsError, match="overwrite"):
        result.report(path)
    result.report(path, "nl", overwrite=True)
    assert 'lang="nl"' in path.read_text(encoding="utf-8")
    for options in ({"to": "everybody"}, {"language": "fr"}):
        with pytest.raises(po.InvalidInputError, match="must be"):
            result.report(tmp_path / "other.html", **options)
    assert [file.name for file in tmp_path.iterdir()] == ["plan.html"]


def test_a_gap_is_told_rounded_up(result: po.Result) -> None:
    near = result.model_copy(
        update={
            "status": po.Status.FEASIBLE,
            "objective": 10_000.0,
            "bound": 10_001.01,
            "certified_bound": 10_001.01,
        }
    )
    assert "no plan is more than 0.011 % better" in " ".join(read(near).words)


def test_both_languages_have_every_word_and_the_same_gaps_to_fill() -> None:
    english_words, dutch_words = PAGE_WORDS["en"], PAGE_WORDS["nl"]
    for name in english_words.__slots__:
        english, dutch = getattr(english_words, name), getattr(dutch_words, name)
        assert dutch
        if isinstance(english, str):
            assert set(re.findall(r"{(\w+)}", english)) == set(re.findall(r"{(\w+)}", dutch)), name
        else:
            assert english.keys() == dutch.keys()


def test_circles_of_the_map_lie_apart_and_inside() -> None:
    names = [f"M-{n}" for n in range(9)]
    flows = {(a, b): 1 + 7 * (a == b) + len(a + b) % 3 for a in names for b in names}
    near = {name: (51.8 + 0.001 * row, 5.8) for row, name in enumerate(names)}
    for places in (near, {}, {names[0]: (51.8, 5.8)}):
        circles, lines = flow_map(flows, places)
        assert [circle.name for circle in circles] == names
        for circle in circles:
            assert circle.x - circle.radius >= 0
            assert circle.x + circle.radius <= WIDTH
            assert circle.y - circle.radius >= 0
            assert circle.y + circle.radius <= HEIGHT
        for row, one in enumerate(circles):
            for other in circles[row + 1 :]:
                far = ((one.x - other.x) ** 2 + (one.y - other.y) ** 2) ** 0.5
                assert far >= one.radius + other.radius
        assert lines
        assert sum(circle.placed for circle in circles) == sum(flows.values())
    assert flow_map({("", "M-1"): 0}, {}) == ([], [])


def test_every_word_is_used() -> None:
    room = Path(po.__file__).parent / "report"
    readers = [*(room / "page" / "templates").iterdir(), room / "plots.py"]
    readers += [room / "page" / name for name in ("page.py", "people.py")]
    text = "".join(path.read_text(encoding="utf-8") for path in readers)
    unused = [name for name in PAGE_WORDS["en"].__slots__ if not re.search(rf"\b{name}\b", text)]
    assert unused == []
