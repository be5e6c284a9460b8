"""Judges the placements of a result again, and every table that tells of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from placement_opt.checking.check_report import Finding, finding_of
from placement_opt.constraints.few_changes import FewChanges
from placement_opt.instance.placement import pair_text
from placement_opt.instance.plan import Plan
from placement_opt.instance.steps_of_paths import steps_of
from placement_opt.records.reading import OF_RECORDS
from placement_opt.report.costs import cost_rows
from placement_opt.report.paths import path_rows
from placement_opt.report.tables import (
    blocking_rows,
    budget_rows,
    coach_rows,
    expected_placements,
    placement_rows,
    quota_rows,
    term_rows,
)
from placement_opt.result import Result
from placement_opt.run.assumptions import assumption_rows
from placement_opt.run.compiled import Compiled
from placement_opt.run.verification import Verdict


class PlanCheck:
    """Judges the placements and everything that is told about them."""

    def __init__(self, compiled: Compiled, result: Result) -> None:
        self._compiled = compiled
        self._result = result

    def findings(self) -> Iterator[Finding]:
        """Yield what is found, the tables only where every placement is an eligible pair."""
        rows = self._result.placement_rows
        columns = [self._compiled.row_of(row) for row in rows]
        gone = [row for row, column in zip(rows, columns, strict=True) if column is None]
        yield finding_of(
            "eligible pairs",
            [
                f"{pair_text(row.candidate_id, row.opening_id, row.variant)} is not eligible"
                for row in gone
            ],
            f"all {len(rows):,} placements are eligible pairs",
        )
        if gone:
            return
        found = [column for column in columns if column is not None]
        plan = self._plan(found)
        verdict = self._compiled.judge(plan)
        yield finding_of(
            "rules",
            [*map(str, verdict.violations), *map(str, verdict.faults)],
            f"the plan keeps all {len(self._compiled.rules)} rules",
        )
        yield self._objective(verdict)
        yield from self._tables(plan, verdict, found)
        yield self._changes()
        yield self._people(plan)
        yield self._openings(plan)

    def _plan(self, columns: Sequence[int]) -> Plan:
        placements = [
            self._compiled.placement(column, row.coach_id)
            for row, column in zip(self._result.placement_rows, columns, strict=True)
        ]
        periods = self._compiled.pairs.instance.region.periods
        return self._compiled.plan_of(placements, steps_of(self._result.path_rows, periods))

    def _objective(self, verdict: Verdict) -> Finding:
        told, found = self._result.objective, float(verdict.objective)
        is_sound = told == found
        text = f"{found:,.6g} points" if is_sound else f"{found!r} points, not {told!r}"
        return Finding("objective", is_sound=is_sound, text=text)

    def _tables(self, plan: Plan, verdict: Verdict, columns: Sequence[int]) -> Iterator[Finding]:
        result, rules = self._result, self._compiled.rules
        formulation = self._compiled.formulation
        points = formulation.objective.points_of(np.array(columns, dtype=np.int64))
        yield _same(
            "placements",
            placement_rows(plan, points, rules, self._compiled.terms),
            result.placement_rows,
        )
        expected = expected_placements(plan, self._compiled.terms)
        if expected is not None or result.expected_placements is not None:
            yield _same("expected placements", [expected], [result.expected_placements])
        yield _same("paths", path_rows(plan), result.path_rows)
        yield _same("quotas", quota_rows(plan, rules, self._compiled.pairs), result.quota_rows)
        yield _same("coaches", coach_rows(plan, rules), result.coach_rows)
        yield _same("budgets", budget_rows(plan, rules), result.budget_rows)
        yield _same("costs", cost_rows(plan, rules), result.cost_rows)
        yield _same("terms", term_rows(verdict), result.term_rows)
        # After all tables, since each may ask the law for one more value.
        told = result.blocking_rows
        yield _same("blocking pairs", blocking_rows(plan, rules) or (), told or ())
        # What was assumed while the records were read is no part of a region in a file.
        mine, theirs = (
            tuple(row for row in rows if row.rule != OF_RECORDS)
            for rows in (assumption_rows(self._compiled), result.assumption_rows)
        )
        yield _same("assumptions", mine, theirs)

    def _changes(self) -> Finding:
        """Compare who changes with the earlier plan that the rule on changes holds."""
        rules = [rule for rule in self._compiled.rules if isinstance(rule, FewChanges)]
        told = [(row.candidate_id, row.before, row.after) for row in self._result.change_rows]
        if not rules and told:
            text = f"{len(told)} changes are told, and no rule holds the plan before"
            return Finding("changes", is_sound=False, text=text)
        before, after = dict[str, set[str]](), dict[str, set[str]]()
        for rule in rules:
            for candidate_id, opening_id in rule.before:
                before.setdefault(candidate_id, set()).add(opening_id)
        for row in self._result.placement_rows:
            after.setdefault(row.candidate_id, set()).add(row.opening_id)
        found = []
        for candidate_id in self._compiled.pairs.instance.candidate_ids if rules else ():
            was, now = (sorted(plan.get(candidate_id, ())) for plan in (before, after))
            if was != now:
                found.append((candidate_id, ", ".join(was) or None, ", ".join(now) or None))
        # A plan that was solved with the rule, and not by `replan`, tells no changes.
        return _same("changes", found if told else [], told)

    def _people(self, plan: Plan) -> Finding:
        left = set(plan.instance.candidate_ids) - set(plan.of_candidate)
        told = Counter(row.candidate_id for row in self._result.unplaced_rows)
        wrong = sorted({*(left ^ set(told)), *(id_ for id_, count in told.items() if count > 1)})
        return finding_of(
            "unplaced",
            [f"{id_} is told wrongly" for id_ in wrong],
            f"{len(left):,} people are left, each with a reason",
        )

    def _openings(self, plan: Plan) -> Finding:
        filled = Counter(placement.opening_id for placement in plan.placements)
        eligible = self._compiled.pairs.eligible_candidates.tolist()
        instance = plan.instance
        found = [
            (id_, instance.opening_of[id_].positions, filled[id_], count)
            for id_, count in zip(instance.opening_ids, eligible, strict=True)
            if instance.opening_of[id_].kind == "job"
        ]
        told = [
            (row.opening_id, row.places, row.filled, row.eligible_candidates)
            for row in self._result.opening_rows
        ]
        return _same("openings", found, told)


def _same(subject: str, found: Sequence[Any], told: Sequence[Any]) -> Finding:
    wrong = [
        f"{row!r} is found, not {other!r}"
        for row, other in zip(found, told, strict=False)
        if row != other
    ]
    if len(found) != len(told):
        wrong.append(f"{len(found)} rows are found, not {len(told)}")
    return finding_of(subject, wrong, f"all {len(found):,} rows are found again")
