"""Fills the templates: from a result to the text of one HTML file."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from placement_opt.answers.diagnosis_words import amount_in_words, unit_in_words
from placement_opt.basics.errors import InvalidInputError
from placement_opt.basics.status import Status, relative_gap
from placement_opt.report.page.figures import Figures
from placement_opt.report.page.flows import HEIGHT, WIDTH, flow_map
from placement_opt.report.page.people import COLUMNS, cards_of, table_of
from placement_opt.report.page.words import PAGE_WORDS
from placement_opt.report.summary_words import (
    Language,
    number,
    term_title,
    titles_of,
    words_of,
)

if TYPE_CHECKING:
    from placement_opt.result import Result

PageReader = Literal["manager", "consultant"]

SHOWN_BARS = 12
"""Bars that a chart shows at once; the table below it has all."""

SHOWN_OF_A_RULE = 3
"""So many limits of each rule are named as scarce."""


def page_text(result: "Result", language: Language = "en", to: PageReader = "manager") -> str:
    """Return the page of a result as HTML.

    Parameters
    ----------
    result
        Any result, also one without a plan, or one from a file without its model: then
        municipalities are not known, and there are no cards.
    language
        ``"en"`` or ``"nl"``.
    to
        ``"manager"``: figures, charts and a table of people without money and points.
        ``"consultant"``: also subsidy, points, and a card per person.

    Raises
    ------
    InvalidInputError
        When language or reader is another one.
    """
    from jinja2 import Environment, PackageLoader, StrictUndefined

    summary_words = words_of(language)
    if to not in {"manager", "consultant"}:
        expected = 'must be "manager" or "consultant"'
        raise InvalidInputError.single("report", None, "to", to, expected, "choose one of the two")
    environment = Environment(
        autoescape=True,
        loader=PackageLoader("placement_opt.report.page"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["number"] = lambda amount, decimals=0: number(amount, decimals, language)
    environment.filters["amount"] = lambda amount: amount_in_words(amount, language, places=1)
    environment.filters["percent"] = lambda share: _percent(share, language)
    region = result.known_region
    figures = Figures(result, region)
    template = environment.get_template("page.html.j2")
    return template.render(
        result=result,
        figures=figures,
        words=PAGE_WORDS[language],
        summary_words=summary_words,
        language=language,
        shown_bars=SHOWN_BARS,
        proven=_proven(result),
        people=_people(result, figures, language, to),
        script_words=_script_words(language),
        **_told(result, figures, language),
    )


def _told(result: "Result", figures: Figures, language: Language) -> dict[str, Any]:
    """Return the charts and tables, titles in the page's language."""
    words, titles = PAGE_WORDS[language], titles_of(language)
    flows = figures.flows()
    circles, lines = flow_map(flows, figures.places_of_towns())
    charts = {
        "towns": figures.towns(),
        "quotas": figures.quotas(),
        "coaches": figures.coaches(),
        "budgets": figures.budgets(),
    }
    why = words_of(language).unplaced
    sections = [
        ("conflict", words.conflict, bool(result.conflicts)),
        ("figures", words.figures, result.has_plan),
        ("flows", words.flows, bool(circles)),
        *((name, getattr(words, name), bool(chart)) for name, chart in charts.items()),
        ("bottlenecks", words.bottlenecks, bool(scarce := _scarce(result, language))),
        ("unplaced", words.unplaced, result.has_plan),
        ("openings", words.openings, bool(result.opening_rows)),
        ("assumptions", words.assumptions, True),
        ("people-table", words.table, result.has_plan),
    ]
    return {
        "sections": [(id_, name) for id_, name, is_there in sections if is_there],
        "charts": charts,
        "scarce": scarce,
        "circles": circles,
        "lines": lines,
        "size": (WIDTH, HEIGHT),
        "travel": {
            "flows": flows,
            "within": sum(n for (home, work), n in flows.items() if home and home == work),
            "between": sum(
                n for (home, work), n in flows.items() if home != work and home and work
            ),
            "outside": sum(n for (home, work), n in flows.items() if not (home and work)),
        },
        "reasons": [(why[reason], n) for reason, n in figures.unplaced().most_common()],
        "in_the_way": [(titles.get(rule, rule), n) for rule, n in figures.in_the_way()],
        "openings": [
            (words.opening_reasons[reason], n, free) for reason, n, free in figures.openings()
        ],
        "terms": [(term_title(row.term, language), row.points) for row in result.term_rows],
        "certified_gap": _certified_gap(result),
    }


def _scarce(result: "Result", language: Language) -> list[tuple[str, str, float, float, float]]:
    """Return limits of which more would bring points: name, unit, used, most, price.

    Prices of other units cannot be compared, so a few of each rule are named. Minimums are none of
    them: more of those only costs.
    """
    if not result.has_plan or result.known_region is None:
        return []
    titles = titles_of(language)
    frame = result.bottlenecks(prove=0)
    priced = frame[frame["price_points_per_unit"].fillna(0) > 0]
    dearest = priced.groupby("rule", sort=False).head(SHOWN_OF_A_RULE).head(SHOWN_BARS)
    return [
        (
            f"{titles.get(row['rule'], row['rule'])}: {row['group']}",
            unit_in_words(row["unit"], language, row["limit"]),
            row["used"],
            row["limit"],
            row["price_points_per_unit"],
        )
        for row in dearest.to_dict("records")
    ]


def _script_words(language: Language) -> dict[str, str]:
    """Return the words that the page's script needs."""
    words = PAGE_WORDS[language]
    names = (
        *("found", "page_of", "sort_by", "open_card", "placed", "not_placed", "card_terms"),
        *(
            "card_steps",
            "card_next",
            "card_next_lead",
            "card_none",
            "places_free",
        ),
    )
    return {name: getattr(words, name) for name in names} | {
        "locale": "nl-NL" if language == "nl" else "en-GB"
    }


def _people(
    result: "Result", figures: Figures, language: Language, to: PageReader
) -> Mapping[str, Any]:
    """Return the table and, for a consultant, the cards, as the script of the page reads them."""
    rows = table_of(result, figures, language)
    words = PAGE_WORDS[language]
    hidden = {"eur", "points"} if to == "manager" else set[str]()
    if not any(row[1] or row[4] for row in rows):
        hidden |= {"home", "work_town"}
    shown = [column for column, name in enumerate(COLUMNS) if name not in hidden]
    cards = None
    if to == "consultant" and result.has_plan and result.known_region is not None:
        cards = cards_of(result, language)
    return {
        "columns": [
            {"name": getattr(words, COLUMNS[column]), "key": COLUMNS[column]} for column in shown
        ],
        "rows": [[row[column] for column in shown] for row in rows],
        "cards": cards,
    }


def _proven(result: "Result") -> str:
    """Return which sentence says what is proven."""
    if result.is_contradicted:
        return "contradicted"
    if result.status == Status.OPTIMAL:
        return "best"
    if result.objective is None or result.bound is None:
        return "nothing"
    return "gap" if result.certified_bound is not None else "word"


def _certified_gap(result: "Result") -> float | None:
    """Return how far the plan may be from the best by the bound that was checked again."""
    if result.objective is None or result.certified_bound is None:
        return None
    return relative_gap(result.objective, result.certified_bound)


def _percent(share: float, language: Language) -> str:
    """Write a share of one as per cent, rounded up, so that no gap looks smaller than it is."""
    percent = 100 * share
    decimals = 1 if percent >= 1 else 2 if percent >= 0.1 else 3  # noqa: PLR2004 - about two digits
    step = 10.0**-decimals
    up = -(-percent // step) * step
    return f"{number(up, decimals, language)} %"
