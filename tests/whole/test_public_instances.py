"""Public instances by the scripts of examples/public, on tiny files in the same formats."""

import importlib
import itertools
import subprocess
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import placement_opt as po

FOLDER = Path(__file__).parents[2] / "examples" / "public"
TRIES = settings(
    max_examples=30, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(autouse=True)
def _where_scripts_look(monkeypatch):
    monkeypatch.syspath_prepend(str(FOLDER))


def script(name):
    return importlib.import_module(name)


def written(text):
    path = Path(tempfile.mkdtemp()) / "tiny.dzn"
    path.write_text(text, encoding="utf-8")
    return path


def rows_text(rows):
    return "[|" + "|".join(", ".join(map(str, row)) for row in rows) + "|]"


class TestDzn:
    """Statements of MiniZinc's data files."""

    def test_numbers_texts_rows_and_what_follows_the_last_item(self):
        text = """
        % who "knows; what" = 1
        n = 3; yes = true;
        names = ["a|b", "50 %; c = d",]; % the rest
        rows = [| 1, 2, | -3, 4 |
                |];
        none = [];
        """
        assert script("dzn").read_dzn(written(text)) == {
            "n": 3,
            "yes": True,
            "names": ["a|b", "50 %; c = d"],
            "rows": [[1, 2], [-3, 4]],
            "none": [],
        }

    @pytest.mark.parametrize(
        ("text", "told"),
        [("n = 3", "no statement"), ("n = 1..3;", "value of n"), ("a = 1; b 2;", "at 'b 2;'")],
    )
    def test_anything_else_is_refused_by_name(self, text, told):
        with pytest.raises(ValueError, match=told):
            script("dzn").read_dzn(written(text))


def trainings_file(skills, jobs, most_jobs=5, most_new=1, overseas=5):
    return written(
        f"nNewSkillsPerPerson = {most_new};\nnMaxJobs = {most_jobs};\nnOverseasCap = {overseas};\n"
        f"engineer_skills = {rows_text(skills)};\nengineer_location = {[0] * len(skills)};\n"
        f"jobs = {rows_text([skill, 1, 2, 6000, abroad] for skill, abroad in jobs)};\n"
    )


def fewest_trainings(skills, jobs, most_jobs, most_new, overseas):
    """Try every engineer for every job; who lacks the skill of a job has to learn it."""
    least = None
    for who in itertools.product(range(len(skills)), repeat=len(jobs)):
        new = {
            (one, skill)
            for one, (skill, _) in zip(who, jobs, strict=True)
            if not skills[one][skill - 1]
        }
        learnt = [sum(one == each for each, _ in new) for one in range(len(skills))]
        abroad = [one for one, (_, far) in zip(who, jobs, strict=True) if far]
        if (
            all(count <= most_new for count in learnt)
            and all(who.count(one) <= most_jobs for one in who)
            and all(abroad.count(one) <= overseas for one in abroad)
        ):
            least = len(new) if least is None else min(least, len(new))
    return least


class TestTrainings:
    """The fewest trainings so that all jobs are done."""

    # Two jobs ask for skill 2, which the first engineer has. He does one job, so that each of the
    # two others learns something: skill 2 for one job, skill 3 for the other.
    SKILLS, JOBS = [[1, 1, 0], [1, 0, 0], [0, 0, 0]], [(2, 0), (2, 0), (3, 1)]

    def test_a_case_worked_out_by_hand(self):
        made = script("trainings")
        values = made.read(trainings_file(self.SKILLS, self.JOBS, most_jobs=1))
        found = made.model(values).solve()
        assert (found.status, made.counted(values, found)) == (po.Status.OPTIMAL, 2)
        values["nMaxJobs"] = 2
        assert made.counted(values, made.model(values).solve()) == 1
        values["nOverseasCap"] = 0
        assert made.model(values).solve().status is po.Status.INFEASIBLE

    @TRIES
    @given(
        skills=st.lists(
            st.lists(st.integers(0, 1), min_size=3, max_size=3), min_size=1, max_size=3
        ),
        jobs=st.lists(st.tuples(st.integers(1, 3), st.integers(0, 1)), min_size=1, max_size=4),
        most_jobs=st.integers(1, 3),
        most_new=st.integers(0, 2),
        overseas=st.integers(0, 2),
    )
    def test_as_few_as_trying_everything_finds(self, skills, jobs, most_jobs, most_new, overseas):
        made, limits = script("trainings"), (most_jobs, most_new, overseas)
        values = made.read(trainings_file(skills, jobs, *limits))
        found, least = made.model(values).solve(gap=0), fewest_trainings(skills, jobs, *limits)
        assert found.status is (po.Status.INFEASIBLE if least is None else po.Status.OPTIMAL)
        if least is not None:
            assert made.counted(values, found) == -found.objective == least

    @pytest.mark.parametrize(
        ("placed", "learnt", "told"),
        [
            (
                [("E-1", "J-1"), ("E-2", "J-2"), ("E-3", "J-3")],
                [("E-2", "T-2")],
                "E-3 lacks skill 3",
            ),
            ([("E-1", "J-1"), ("E-2", "J-2")], [("E-2", "T-2")], "not done"),
            ([("E-1", "J-1"), ("E-1", "J-2"), ("E-3", "J-3")], [("E-3", "T-3")], "more than"),
            (
                [("E-1", "J-1"), ("E-2", "J-2"), ("E-3", "J-3")],
                [("E-2", "T-2"), ("E-3", "T-3"), ("E-3", "T-1")],
                "more than",
            ),
        ],
    )
    def test_the_plain_check_notices_a_wrong_plan(self, placed, learnt, told):
        made = script("trainings")
        values = made.read(trainings_file(self.SKILLS, self.JOBS, most_jobs=1))
        ids = ["candidate_id", "opening_id"]
        plan = SimpleNamespace(
            placements=pd.DataFrame(placed, columns=ids),
            paths=pd.DataFrame(learnt, columns=ids).assign(kind="training"),
        )
        with pytest.raises(ValueError, match=told):
            made.counted(values, plan)

    def test_limits_that_are_not_modelled_are_refused(self):
        path = trainings_file(self.SKILLS, self.JOBS)
        path.write_text(path.read_text() + "nTrainingCap = 4; nMinJobs = 0; allEng = true;")
        with pytest.raises(ValueError, match="allEng, nTrainingCap is not modelled"):
            script("trainings").read(path)


def concerts_file(capacity, offers):
    start, end, price, seats = (list(column) for column in zip(*offers, strict=True))
    return written(
        f"num_offers = {len(offers)};\nnum_halls = {len(capacity)};\n"
        f"start = {start};\nend = {end};\nprice = {price};\n"
        f"requirement = {seats};\ncapacity = {[*capacity]};\n"
    )


def highest_price(capacity, offers):
    """Try every hall for every concert, and none."""
    best = 0
    for halls in itertools.product([None, *range(len(capacity))], repeat=len(offers)):
        rows = [
            (hall, *offer) for hall, offer in zip(halls, offers, strict=True) if hall is not None
        ]
        fits = all(seats <= capacity[hall] for hall, _, _, _, seats in rows)
        pairs = itertools.combinations(rows, 2)
        apart = all(a[0] != b[0] or a[2] <= b[1] or b[2] <= a[1] for a, b in pairs)
        best = max(best, sum(row[3] for row in rows)) if fits and apart else best
    return best


class TestConcerts:
    """Concerts in halls of several sizes."""

    # The large hall takes the large concert (50), then nothing from 0 to 4; the small halls take
    # two of the three small ones that overlap (30 + 20) and, once free, the late one (5).
    HALLS = (100, 40, 40)
    OFFERS = ((0, 4, 50, 90), (0, 3, 30, 40), (1, 5, 20, 30), (2, 3, 10, 10), (3, 6, 5, 35))

    def test_a_case_worked_out_by_hand(self):
        made = script("concerts")
        values = script("dzn").read_dzn(concerts_file(self.HALLS, self.OFFERS))
        found = made.model(values).solve(gap=0)
        halls = made.timetable(values, found)
        assert (found.status, made.counted(values, halls)) == (po.Status.OPTIMAL, 105)
        assert halls[0] == 0
        assert sorted(halls) == [0, 1, 2, 4]
        assert halls[1] == halls[4] != halls[2]

    @TRIES
    @given(
        capacity=st.lists(st.integers(1, 3), min_size=1, max_size=3),
        offers=st.lists(
            st.tuples(st.integers(0, 4), st.integers(1, 3), st.integers(0, 9), st.integers(1, 4)),
            min_size=1,
            max_size=5,
        ),
    )
    def test_as_much_as_trying_everything_finds(self, capacity, offers):
        made, offers = script("concerts"), [(s, s + n, price, r) for s, n, price, r in offers]
        values = script("dzn").read_dzn(concerts_file(capacity, offers))
        found = made.model(values).solve(gap=0)
        price = made.counted(values, made.timetable(values, found))
        assert found.status is po.Status.OPTIMAL
        assert price == found.objective == highest_price(capacity, offers)

    def test_the_plain_check_notices_a_wrong_timetable(self):
        made = script("concerts")
        values = script("dzn").read_dzn(concerts_file(self.HALLS, self.OFFERS))
        with pytest.raises(ValueError, match="too small"):
            made.counted(values, {0: 1})
        with pytest.raises(ValueError, match="overlap"):
            made.counted(values, {1: 1, 2: 1})


@pytest.mark.parametrize(
    ("name", "write", "case", "told"),
    [
        ("trainings", trainings_file, (TestTrainings.SKILLS, TestTrainings.JOBS), "1 trainings"),
        ("concerts", concerts_file, (TestConcerts.HALLS, TestConcerts.OFFERS), "105 in all"),
    ],
)
def test_a_script_prints_its_value_beside_the_best_known(name, write, case, told):
    command = [sys.executable, str(FOLDER / f"{name}.py"), str(write(*case))]
    run = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "tiny.dzn: OPTIMAL, best known not known here" in run.stdout
    assert told in run.stdout
