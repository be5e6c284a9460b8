"""The numbers of the page, read from the rows of a result."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from placement_opt.constraints.while_running import in_period
from placement_opt.instance.groupings import group_text
from placement_opt.records import Region
from placement_opt.report.busiest import of_busiest_period, of_worst_period
from placement_opt.run.result_record import ResultRecord

JOB_HOURS = 25.5
"""Hours a week of one job of the agreement."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a chart, with the cells of its row in the table beside it.

    Parameters
    ----------
    label
        What it is about.
    value, limit
        How long the filled part and the whole bar are, in one unit.
    cells
        Numbers told beside it, in the order of the chart's columns.
    note
        A word on the label, such as whose coach it is.
    """

    label: str
    value: float
    limit: float
    cells: Sequence[float | None]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars of one unit, longest need first; `most` is the length of the whole scale."""

    bars: tuple[Bar, ...]
    most: float = field(default=0.0)

    @classmethod
    def of(cls, bars: Sequence[Bar]) -> "Chart":
        """Put bars on a common scale."""
        return cls(tuple(bars), max((max(bar.value, bar.limit) for bar in bars), default=0.0))

    def __bool__(self) -> bool:
        return bool(self.bars)


class Figures:
    """What the page tells of a result; without the region no municipalities are known."""

    def __init__(self, result: ResultRecord, region: Region | None) -> None:
        self._result, self._region = result, region
        self.placed = len({row.candidate_id for row in result.placement_rows})
        self.people = result.n_candidates
        self.hours = sum(row.hours_per_week or 0 for row in result.placement_rows)
        self.jobs = self.hours / JOB_HOURS
        self.places = sum(row.places for row in result.opening_rows)
        self.filled = sum(row.filled for row in result.opening_rows)

    @property
    def share(self) -> float:
        """Per cent of the people who are placed."""
        return 100 * self.placed / max(1, self.people)

    @property
    def coach_hours(self) -> tuple[float, float]:
        """Hours a week that coaches use, and those they had to give."""
        rows = of_busiest_period(self._result.coach_rows)
        used = sum(row.hours_per_week for row in rows)
        return used, used + sum(row.free_hours_per_week for row in rows)

    @property
    def subsidy(self) -> tuple[float, float]:
        """Euros a year that are spent, and those of all budgets."""
        rows = self._result.budget_rows
        return sum(r.subsidy_eur_per_year for r in rows), sum(r.budget_eur_per_year for r in rows)

    @property
    def agreement(self) -> tuple[float, float, float]:
        """Jobs of the quotas that are filled, asked and missing."""
        rows = of_worst_period(self._result.quota_rows)
        return (
            sum(row.in_service_jobs + row.placed_jobs for row in rows),
            sum(row.target_jobs for row in rows),
            sum(row.shortfall_jobs for row in rows),
        )

    def quotas(self) -> Chart:
        """Return where each group stands, the largest shortfall first."""
        rows = sorted(self._result.quota_rows, key=lambda r: (-r.shortfall_jobs, str(r.group)))
        return Chart.of(
            [
                Bar(
                    group_text(in_period(row.group, row.period)),
                    row.in_service_jobs + row.placed_jobs,
                    row.target_jobs,
                    (
                        row.target_jobs,
                        row.in_service_jobs,
                        row.placed_jobs,
                        row.shortfall_jobs,
                        row.attainable_jobs,
                    ),
                )
                for row in rows
            ]
        )

    def coaches(self) -> Chart:
        """Return the load of each coach, the fullest first."""
        bars = []
        for row in of_busiest_period(self._result.coach_rows):
            has = row.hours_per_week + row.free_hours_per_week
            cells = (row.people, row.hours_per_week, row.free_hours_per_week)
            bars.append(Bar(row.coach_id, row.hours_per_week, has, cells, row.employer_id or ""))
        return Chart.of(sorted(bars, key=lambda bar: (bar.limit - bar.value, bar.label)))

    def budgets(self) -> Chart:
        """Return what of each budget is spent, the largest budget first."""
        rows = sorted(
            self._result.budget_rows, key=lambda r: (-r.budget_eur_per_year, r.municipality_id)
        )
        return Chart.of(
            [
                Bar(
                    group_text(in_period(row.municipality_id, str(row.year) if row.year else None)),
                    row.subsidy_eur_per_year,
                    row.budget_eur_per_year,
                    (row.placements, row.subsidy_eur_per_year, row.budget_eur_per_year),
                )
                for row in rows
            ]
        )

    def towns(self) -> Chart:
        """Return how many people of each municipality are placed, the largest first."""
        home = self.home
        people = Counter(town for town in home.values() if town)
        placed = Counter(
            home.get(id_, "") for id_ in {row.candidate_id for row in self._result.placement_rows}
        )
        return Chart.of(
            [
                Bar(town, placed[town], count, (placed[town], count, 100 * placed[town] / count))
                for town, count in sorted(people.items(), key=lambda item: (-item[1], item[0]))
            ]
        )

    def unplaced(self) -> Counter[str]:
        """Count the people who are left by reason."""
        return Counter(row.reason for row in self._result.unplaced_rows)

    def in_the_way(self) -> list[tuple[str, int]]:
        """Count the people who are left by the rule that is named for them."""
        named = Counter(row.because for row in self._result.unplaced_rows if row.because)
        return sorted(named.items(), key=lambda item: (-item[1], item[0]))

    def openings(self) -> list[tuple[str, int, int]]:
        """Count openings and their free positions by reason."""
        rows = self._result.opening_rows
        counts = Counter(row.reason for row in rows)
        free: Counter[str] = Counter()
        for row in rows:
            free[row.reason] += row.places - row.filled
        return [(reason, count, free[reason]) for reason, count in counts.most_common()]

    @property
    def home(self) -> Mapping[str, str]:
        """The municipality of each candidate, empty where none is given."""
        if self._region is None:
            return {}
        return {one.id: one.municipality or "" for one in self._region.candidates}

    @property
    def work(self) -> Mapping[str, str]:
        """The municipality of each opening, empty where none is given."""
        if self._region is None:
            return {}
        return {one.id: one.municipality or "" for one in self._region.openings}

    def flows(self) -> Counter[tuple[str, str]]:
        """Count placements by municipality of home and of work."""
        home, work = self.home, self.work
        return Counter(
            (home.get(row.candidate_id, ""), work.get(row.opening_id, ""))
            for row in self._result.placement_rows
        )

    def places_of_towns(self) -> dict[str, tuple[float, float]]:
        """Return the middle of each municipality's located records, latitude and longitude."""
        found: dict[str, list[tuple[float, float]]] = {}
        for town, place in self._located():
            found.setdefault(town, []).append(place)
        return {
            town: (
                sum(lat for lat, _ in places) / len(places),
                sum(lon for _, lon in places) / len(places),
            )
            for town, places in found.items()
        }

    def _located(self) -> Iterator[tuple[str, tuple[float, float]]]:
        if self._region is None:
            return
        for candidate in self._region.candidates:
            if candidate.municipality and candidate.location is not None:
                yield candidate.municipality, candidate.location
        for opening in self._region.openings:
            if opening.municipality and opening.location is not None:
                yield opening.municipality, opening.location
