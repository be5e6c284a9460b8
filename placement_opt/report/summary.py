"""The plan in one page, for the people who decide on it."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from placement_opt.answers.step_words import KINDS
from placement_opt.basics.rows_of_limits import BudgetRow, QuotaRow
from placement_opt.instance.groupings import Ways
from placement_opt.report.busiest import of_busiest_period
from placement_opt.report.summary_words import (
    Language,
    Words,
    groups_of,
    number,
    term_title,
    titles_of,
    words_of,
)
from placement_opt.run.result_record import ResultRecord
from placement_opt.run.start_outcome import start_lines

HOURS_OF_A_JOB = 25.5
_SHOWN_RULES = 3
_SHOWN_TERMS = 8
_SHOWN_CONFLICTS = 5
_SHOWN_REMARKS = 3
_LONGEST_REMARK = 240
_WIDEST_RULER = 80


def summarise(result: ResultRecord, language: Language = "en") -> str:
    """Tell a result in one aligned block for a placement manager.

    Parameters
    ----------
    result
        Any result, also one without a plan; only its fields are read.
    language
        ``"en"`` or ``"nl"``.

    Raises
    ------
    InvalidInputError
        When the language is another one.
    """
    return _Page(result, language).text()


class _Page:
    """Builds the lines: (label, text) pairs, the label empty on a following line."""

    def __init__(self, result: ResultRecord, language: Language) -> None:
        self._result = result
        self._words: Words = words_of(language)
        self._titles = titles_of(language)
        self._language = language

    def text(self) -> str:
        lines = list(self._lines())
        width = max(len(label) for label, _ in lines)
        body = [f"{label:<{width}}  {text}".rstrip() for label, text in lines]
        head = self._head()
        ruler = "-" * min(_WIDEST_RULER, max(map(len, (head, *body))))
        return "\n".join([head, ruler, *body])

    def _head(self) -> str:
        result = self._result
        name = result.region if result.date is None else f"{result.region}, {result.date}"
        return f"{name}: {self._words.proposal}" if result.has_plan else name

    def _lines(self) -> Iterator[tuple[str, str]]:
        result, words = self._result, self._words
        yield words.status_label, self._status()
        yield words.stopped_label, words.stopped[result.stop_reason]
        yield from self._start_lines()
        yield from self._unread_lines()
        yield from self._remark_lines()
        yield from self._assumption_lines()
        if result.has_plan:
            yield from self._plan_lines()
        elif result.status == "INFEASIBLE":
            yield from self._conflict_lines()
        yield from self._proof_lines()
        yield from self._effort_lines()

    def _status(self) -> str:
        result, words = self._result, self._words
        if result.is_contradicted:
            return words.contradicted
        if result.status == "FEASIBLE" and result.gap is not None:
            return words.within_gap.format(gap=self._percent(result.gap))
        return words.status[result.status]

    def _start_lines(self) -> Iterator[tuple[str, str]]:
        start, label = self._result.start, self._words.start_label
        if start is None:
            return
        titles = self._titles
        for line in start_lines(
            start, self._language, lambda rule: titles.get(rule, rule), self._number
        ):
            yield label, line
            label = ""

    def _unread_lines(self) -> Iterator[tuple[str, str]]:
        words, label = self._words, self._words.unread_label
        for row in self._result.run.unread:
            text = words.unread if row.against is None else words.unread_against
            title = self._titles.get(row.rule, row.rule)
            yield (
                label,
                text.format(
                    title=title,
                    pairs=self._number(row.pairs),
                    against=self._number(row.against or 0),
                    rule=row.rule,
                ),
            )
            label = ""

    def _remark_lines(self) -> Iterator[tuple[str, str]]:
        label, rows = self._words.remarks_label, self._result.remark_rows
        for row in rows[:_SHOWN_REMARKS]:
            text = row.text_nl if self._language == "nl" else row.text
            yield label, text if len(text) <= _LONGEST_REMARK else f"{text[:_LONGEST_REMARK]} ..."
            label = ""
        if len(rows) > _SHOWN_REMARKS:
            yield "", "..."

    def _assumption_lines(self) -> Iterator[tuple[str, str]]:
        words, label = self._words, self._words.assumptions_label
        for row in self._result.assumption_rows:
            text = row.text_nl if self._language == "nl" else row.text
            yield label, words.assumption.format(text=text, count=self._number(row.count))
            label = ""

    def _plan_lines(self) -> Iterator[tuple[str, str]]:
        yield from self._people_lines()
        yield from self._step_lines()
        yield from self._unplaced_lines()
        yield from self._quota_lines()
        yield from self._coach_lines()
        yield from self._budget_lines()
        yield from self._blocking_lines()
        yield from self._objective_lines()

    def _people_lines(self) -> Iterator[tuple[str, str]]:
        result, words = self._result, self._words
        placed = len({row.candidate_id for row in result.placement_rows})
        share = self._number(100 * placed / max(1, result.n_candidates), 1)
        yield (
            words.placed_label,
            words.placed.format(
                placed=self._number(placed), people=self._number(result.n_candidates), share=share
            ),
        )
        if result.expected_placements is not None:
            expected = self._number(result.expected_placements, 1)
            planned = self._number(len(result.placement_rows))
            told = words.expected.format(expected=expected, planned=planned)
            yield words.expected_label, told
        hours = [row.hours_per_week for row in result.placement_rows]
        known = [worked for worked in hours if worked is not None]
        if known:
            yield (
                words.jobs_label,
                words.jobs.format(
                    jobs=self._number(sum(known) / HOURS_OF_A_JOB, 1),
                    hours=self._number(sum(known), 1),
                ),
            )

    def _step_lines(self) -> Iterator[tuple[str, str]]:
        taken = Counter(row.kind for row in self._result.path_rows if row.kind != "job")
        kinds = KINDS[self._language]
        if taken:
            told = (f"{kinds[kind]} {self._number(count)}" for kind, count in sorted(taken.items()))
            yield self._words.steps_label, ", ".join(told)

    def _blocking_lines(self) -> Iterator[tuple[str, str]]:
        rows, words = self._result.blocking_rows, self._words
        if rows is not None:
            yield words.blocking_label, words.blocking.format(pairs=self._number(len(rows)))

    def _unplaced_lines(self) -> Iterator[tuple[str, str]]:
        rows, words = self._result.unplaced_rows, self._words
        if not rows:
            return
        yield words.unplaced_label, f"{self._number(len(rows))} {words.people}"
        width = max(map(len, words.unplaced.values()))
        for reason, told in words.unplaced.items():
            because = [row.because for row in rows if row.reason == reason]
            if because:
                rules = self._ranked(rule for rule in because if rule is not None)
                yield "", f"  {told:<{width}}  {self._number(len(because)):>7}"
                if rules:
                    yield "", f"    {rules}"

    def _ranked(self, rules: Iterable[str]) -> str:
        counts = Counter(rules).most_common()
        shown = [
            f"{self._titles.get(rule, rule)} {self._number(count)}"
            for rule, count in sorted(counts, key=lambda entry: (-entry[1], entry[0]))
        ]
        more = ["..."] if len(shown) > _SHOWN_RULES else []
        return ", ".join(shown[:_SHOWN_RULES] + more)

    def _quota_lines(self) -> Iterator[tuple[str, str]]:
        of_rule: dict[tuple[Ways, str | None], list[QuotaRow]] = {}
        for row in self._result.quota_rows:
            of_rule.setdefault((row.per, row.period), []).append(row)
        label = self._words.quota_label
        for (per, period), rows in of_rule.items():
            yield label, self._quota(rows) + ("" if period is None else f" ({period})")
            yield "", f"  {self._groups_short(per, rows)}"
            label = ""

    def _quota(self, rows: Sequence[QuotaRow]) -> str:
        return self._words.quota.format(
            target=self._number(sum(row.target_jobs for row in rows), 1),
            filled=self._number(sum(row.in_service_jobs + row.placed_jobs for row in rows), 1),
            short=self._number(sum(row.shortfall_jobs for row in rows), 1),
        )

    def _groups_short(self, per: Ways, rows: Sequence[QuotaRow]) -> str:
        short = sum(row.shortfall_jobs > 0 for row in rows)
        words = self._words
        text = words.quota_short if short else words.quota_met
        return text.format(
            short=self._number(short),
            groups=self._number(len(rows)),
            per=groups_of(per, self._language),
        )

    def _coach_lines(self) -> Iterator[tuple[str, str]]:
        rows, words = of_busiest_period(self._result.coach_rows), self._words
        if not rows:
            return
        used = sum(row.hours_per_week for row in rows)
        free = used + sum(row.free_hours_per_week for row in rows)
        hours = words.coaches.format(used=self._number(used, 1), free=self._number(free, 1))
        people = words.coached.format(
            people=self._number(sum(row.people for row in rows)), coaches=self._number(len(rows))
        )
        when = "" if rows[0].period is None else f" ({rows[0].period})"
        yield words.coaches_label, f"{hours}; {people}{when}"

    def _budget_lines(self) -> Iterator[tuple[str, str]]:
        label = self._words.budgets_label
        for year in dict.fromkeys(row.year for row in self._result.budget_rows):
            rows = [row for row in self._result.budget_rows if row.year == year]
            yield label, self._budgets(rows) + ("" if year is None else f" ({year})")
            label = ""

    def _budgets(self, rows: Sequence[BudgetRow]) -> str:
        words, charges = self._words, sum(row.charges_eur_per_year for row in rows)
        text = words.budgets.format(
            spent=self._number(sum(row.subsidy_eur_per_year for row in rows) + charges),
            budget=self._number(sum(row.budget_eur_per_year for row in rows)),
            count=self._number(len(rows)),
        )
        if charges:
            text += "; " + words.charges.format(charges=self._number(charges))
        return text

    def _objective_lines(self) -> Iterator[tuple[str, str]]:
        result, words = self._result, self._words
        if result.objective is None:
            return
        text = words.objective.format(points=self._points(result.objective))
        if result.bound is not None:
            text += "; " + words.bound.format(bound=self._points(result.bound))
        yield words.objective_label, text
        terms = [
            (term_title(row.term, self._language), self._points(row.points))
            for row in result.term_rows
        ]
        shown = terms[:_SHOWN_TERMS]
        width = max((len(name) for name, _ in shown), default=0)
        for name, points in shown:
            yield "", f"  {name:<{width}}  {points:>14}"
        if len(terms) > _SHOWN_TERMS:
            yield "", "  ..."

    def _conflict_lines(self) -> Iterator[tuple[str, str]]:
        words, result = self._words, self._result
        of_rule: dict[str, list[str]] = {}
        for conflict in result.conflicts:
            title, row = self._told_apart(conflict)
            of_rule.setdefault(title, []).append(row)
        label = words.conflicts_label
        for title, about in of_rule.items():
            first = ", ".join(about[:_SHOWN_CONFLICTS])
            more = len(about) - _SHOWN_CONFLICTS
            if more > 0:
                first = words.more.format(shown=first, more=self._number(more))
            yield label, f"{title} ({first})"
            label = ""
        if not of_rule:
            yield label, words.no_conflicts
        elif result.conflicts_are_minimal is False:
            yield "", words.not_minimal

    def _told_apart(self, conflict: str) -> tuple[str, str]:
        """Split ``"rule (about)"``, the rule's title in the page's language."""
        known = [
            title for title in self._titles if conflict.startswith((f"{title} (", f"{title},"))
        ]
        title = max(known, key=len, default=conflict.partition(" (")[0])
        apart, _, about = conflict[len(title) :].partition(" (")
        return self._titles.get(title, title) + apart, about.removesuffix(")")

    def _proof_lines(self) -> Iterator[tuple[str, str]]:
        words, label = self._words, self._words.proof_label
        for part in self._result.proof:
            how, by = words.how[part.how], self._titles.get(part.by, part.by)
            over = f" ({self._titles.get(part.over, part.over)})" if part.over else ""
            if part.bound is None:
                yield label, f"{by}: {how}{over}"
            else:
                bound = self._points(part.bound)
                yield label, words.proof.format(bound=bound, by=by, how=how, over=over)
            label = ""

    def _effort_lines(self) -> Iterator[tuple[str, str]]:
        stats, words = self._result.stats, self._words
        told = []
        seconds, memory = stats.get("elapsed_s"), stats.get("peak_memory_mb")
        if seconds is not None:
            told.append(words.seconds.format(seconds=self._number(float(seconds), 1)))
        if memory is not None:
            told.append(words.memory.format(memory=self._number(float(memory))))
        if told:
            yield words.effort_label, ", ".join(told)

    def _number(self, amount: float, decimals: int = 0) -> str:
        return number(amount, decimals, self._language)

    def _points(self, points: float) -> str:
        whole = float(points).is_integer()
        return self._number(points, 0 if whole else 2)

    def _percent(self, share: float) -> str:
        """Write a share so that a gap above zero never looks closed."""
        percent = 100 * share
        shown = round(percent, 3)
        if percent > 0 and shown == 0:
            return "< " + self._number(0.001, 3)
        return self._number(shown, 3)
