"""The one-page summary, in both languages, with and without a plan."""

import re

import pytest
from builders import any_run

from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.rows import (
    AssumptionRow,
    PlacementRow,
    ProofPart,
    TermRow,
    UnplacedRow,
)
from placement_opt.basics.rows_of_limits import BudgetRow, CoachRow, QuotaRow
from placement_opt.basics.status import Status, StopReason
from placement_opt.constraints import RULES
from placement_opt.objectives import TERMS
from placement_opt.report.summary import summarise
from placement_opt.report.summary_words import number, titles_of, words_of
from placement_opt.result import Result


def unplaced(candidate_id: str, reason: str, because: str | None) -> UnplacedRow:
    return UnplacedRow.model_validate(
        {
            "candidate_id": candidate_id,
            "reason": reason,
            "eligible_openings": 3,
            "because": because,
            "text": "t",
            "text_nl": "t",
        }
    )


def full_result(**changes: object) -> Result:
    fields: dict[str, object] = {
        "region": "Rijk van Nijmegen",
        "date": "2026-02-01",
        "status": Status.FEASIBLE,
        "stop_reason": StopReason.TIME_LIMIT,
        "objective": 1234.1 + 0.2,
        "bound": 1240.0,
        "certified_bound": 1300.0,
        "proof": (
            ProofPart(
                bound=1300.0, by="dual prices", how="exact re-check", over="all eligible pairs"
            ),
            ProofPart(bound=1240.0, by="cp-sat", how="solver's word", over="all eligible pairs"),
        ),
        "n_candidates": 1_500,
        "run": any_run(),
        "placement_rows": (
            PlacementRow(candidate_id="C-1", opening_id="O-1", hours_per_week=25.5, points=900),
            PlacementRow(candidate_id="C-2", opening_id="O-1", hours_per_week=0.1 + 0.2, points=9),
        ),
        "unplaced_rows": (
            unplaced("C-3", "no_eligible_opening", "travel time"),
            unplaced("C-4", "outcompeted", "coaching capacity"),
            unplaced("C-5", "outcompeted", "coaching capacity"),
            unplaced("C-6", "outcompeted", "jobs quota"),
            unplaced("C-7", "not_worthwhile", None),
        ),
        "quota_rows": (
            QuotaRow(
                per="employer",
                group="E-1",
                target_jobs=10,
                in_service_jobs=2,
                placed_jobs=3.5,
                shortfall_jobs=4.5,
                price_per_job=800,
                points=-3600,
            ),
            QuotaRow(
                per="employer",
                group="E-2",
                target_jobs=1,
                in_service_jobs=0,
                placed_jobs=1,
                shortfall_jobs=0,
                price_per_job=800,
                points=0,
            ),
        ),
        "coach_rows": (
            CoachRow(coach_id="K-1", people=2, hours_per_week=3.825, free_hours_per_week=6.175),
        ),
        "budget_rows": (
            BudgetRow(
                municipality_id="nijmegen",
                placements=1,
                subsidy_eur_per_year=12_345.67,
                budget_eur_per_year=20_000,
            ),
        ),
        "term_rows": (
            TermRow(term="MatchScore", weight=1, value=4834.3, points=4834.3),
            TermRow(term="JobsQuota shortfall", weight=-800, value=4.5, points=-3600),
        ),
        "stats": {"elapsed_s": 12.34, "peak_memory_mb": 512.4},
    }
    return Result.model_validate(fields | changes)


def test_every_part_is_told_in_english() -> None:
    text = summarise(full_result())
    for told in (
        "Rijk van Nijmegen, 2026-02-01: a proposal, to be confirmed by people",
        "FEASIBLE: every rule is kept; proven gap 0.460 %",
        "the time limit was reached",
        "2 of 1,500 people (0.1 %)",
        "1.0 jobs of 25.5 hours a week (25.8 hours)",
        "5 people",
        "travel time 1",
        "coaching capacity 2, jobs quota 1",
        "target 11.0 jobs, 6.5 filled, 4.5 short",
        "1 of 2 employers short",
        "3.8 of 10.0 free hours a week used; 2 people by 1 coaches",
        "EUR 12,346 of EUR 20,000 a year spent, by 1 municipalities",
        "1,234.30 points; no plan has more than 1,240",
        "jobs quota, shortfall",
        "at most 1,300 by dual prices, re-checked in exact integers (all eligible pairs)",
        "at most 1,240 by cp-sat, on the word of the solver (all eligible pairs)",
        "12.3 seconds, peak memory 512 MB",
    ):
        assert told in text


def test_every_part_is_told_in_dutch() -> None:
    text = summarise(full_result(), "nl")
    for told in (
        "een voorstel, te bevestigen door mensen",
        "2 van 1.500 mensen (0,1 %)",
        "reistijd 1",
        "jobcoachcapaciteit 2, banenafspraak 1",
        "1 van de 2 werkgevers met tekort",
        "banenafspraak, tekort",
        "schaduwprijzen, nagerekend in exacte gehele getallen (alle passende koppelingen)",
    ):
        assert told in text


@pytest.mark.parametrize("language", ["en", "nl"])
def test_the_page_is_aligned_short_and_without_long_tails_of_digits(language: str) -> None:
    lines = summarise(full_result(), language).splitlines()  # type: ignore[arg-type]
    assert len(lines) <= 30
    starts = {re.match(r"\S.*?\s{2,}", line).end() for line in lines[2:] if line[0] != " "}  # type: ignore[union-attr]
    assert len(starts) == 1
    assert not re.search(r"\d[.,]\d{4,}", "\n".join(lines))


def test_each_assumption_has_its_line_in_both_languages() -> None:
    rows = [
        AssumptionRow(
            rule="R", about=f"a{i}", count=1_200 + i, text=f"took {i}", text_nl=f"nam {i}"
        )
        for i in range(5)
    ]
    result = full_result(assumption_rows=rows)
    english, dutch = summarise(result).splitlines(), summarise(result, "nl").splitlines()
    first = next(i for i, line in enumerate(english) if line.startswith("assumptions  "))
    told = [line.removeprefix("assumptions").strip() for line in english[first : first + 5]]
    assert told == [f"took {i} (records: {1_200 + i:,})" for i in range(5)]
    first = next(i for i, line in enumerate(dutch) if line.startswith("aannames  "))
    assert dutch[first].endswith("nam 0 (aantal: 1.200)")
    assert dutch[first + 4].strip() == "nam 4 (aantal: 1.204)"
    assert "assumptions" not in summarise(full_result())


def test_a_gap_above_zero_never_looks_closed() -> None:
    text = summarise(full_result(objective=1e6, bound=1e6 + 1))
    assert "gap < 0.001 %" in text


def test_parts_without_rows_are_left_out() -> None:
    empty = full_result(
        status=Status.OPTIMAL,
        stop_reason=StopReason.PROVEN,
        placement_rows=(),
        unplaced_rows=(),
        quota_rows=(),
        coach_rows=(),
        budget_rows=(),
        term_rows=(),
        stats={},
        proof=(),
    )
    labels = [line.split("  ")[0] for line in summarise(empty).splitlines()[2:]]
    assert labels == ["status", "stopped since", "placed", "objective"]


def test_conflicts_are_listed_when_infeasible() -> None:
    result = Result(
        region="r",
        status=Status.INFEASIBLE,
        stop_reason=StopReason.PROVEN,
        n_candidates=2,
        run=any_run(),
        conflicts=("fixed placements (C-1 in O-1)", "positions of an opening (O-1)"),
        proof=(ProofPart(bound=None, by="cp-sat", how="infeasible", over="all eligible pairs"),),
    )
    text = summarise(result)
    assert "no plan keeps all rules together" in text
    assert "fixed placements (C-1 in O-1)" in text
    assert "cp-sat: no plan exists" in text
    assert "proposal" not in text
    assert "placed" not in text.replace("placements", "")


def test_many_conflicts_of_a_rule_take_one_line() -> None:
    people = tuple(f"every candidate placed (C-{n})" for n in range(12))
    result = Result(
        region="r",
        status=Status.INFEASIBLE,
        stop_reason=StopReason.PROVEN,
        n_candidates=12,
        run=any_run(),
        conflicts=(*people, "resource limit, opening size (O-1)", "a rule of one's own (x (y))"),
        conflicts_are_minimal=False,
    )
    text = summarise(result)
    assert "every candidate placed (C-0, C-1, C-2, C-3, C-4 and 7 more)" in text
    assert "resource limit, opening size (O-1)" in text
    assert "a rule of one's own (x (y))" in text
    assert "not shown to be minimal" in text
    dutch = summarise(result, "nl")
    assert "iedere kandidaat geplaatst (C-0, C-1, C-2, C-3, C-4 en nog 7)" in dutch
    assert "grens aan een middel, opening size (O-1)" in dutch
    assert "niet bewezen minimaal" in dutch
    shown = result.model_copy(update={"conflicts_are_minimal": True})
    assert "minimal" not in summarise(shown)


def test_no_solution_is_told_plainly() -> None:
    result = Result(
        region="r",
        status=Status.NO_SOLUTION,
        stop_reason=StopReason.TIME_LIMIT,
        n_candidates=2,
        run=any_run(),
        bound=10.0,
    )
    text = summarise(result)
    assert "no plan was found, and none was excluded" in text
    assert "the time limit was reached" in text


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="language"):
        summarise(full_result(), "de")  # type: ignore[arg-type]


@pytest.mark.parametrize("language", ["en", "nl"])
def test_every_status_and_stop_reason_has_words(language: str) -> None:
    words = words_of(language)
    assert set(words.status) == set(Status)
    assert set(words.stopped) == set(StopReason)


def test_every_rule_and_term_has_a_dutch_title() -> None:
    dutch = titles_of("nl")
    assert [kind.title for kind in (*RULES, *TERMS) if dutch[kind.title] == kind.title] == []


@pytest.mark.parametrize(
    ("amount", "decimals", "english", "dutch"),
    [
        (1_234.5, 1, "1,234.5", "1.234,5"),
        (-0.0, 0, "0", "0"),
        (-0.001, 2, "0.00", "0,00"),
        (-1_000, 0, "-1,000", "-1.000"),
    ],
)
def test_numbers(amount: float, decimals: int, english: str, dutch: str) -> None:
    assert number(amount, decimals, "en") == english
    assert number(amount, decimals, "nl") == dutch
