"""A dossier as a page of Markdown, in English or Dutch."""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

Language = Literal["en", "nl"]

_LIMITS = {
    "en": (
        "The plan is as good as the records: what is missing or wrong there is wrong here.",
        "Points value placements by the weights above; they do not measure people.",
        "Whether a placement lasts is not predicted, unless probabilities were given.",
        "Bounds that only a solver has said are marked so; the certified one was proven again.",
        "Groups with few people are not told; fairness within them cannot be judged here.",
        "A plan is a proposal. Whoever confirms a placement decides.",
    ),
    "nl": (
        "Het plan is zo goed als de gegevens: wat daar ontbreekt of fout is, is hier fout.",
        "Punten waarderen plaatsingen naar de gewichten hierboven; zij meten geen mensen.",
        "Of een plaatsing duurzaam is, wordt niet voorspeld, tenzij er kansen zijn gegeven.",
        "Grenzen die alleen een solver noemt, staan zo vermeld; de bewezen grens is nagerekend.",
        "Groepen met weinig mensen staan er niet; eerlijkheid daarbinnen is hier niet te zien.",
        "Een plan is een voorstel. Wie een plaatsing bevestigt, beslist.",
    ),
}

_WORDS = {
    "en": {
        "title": "Dossier of a plan",
        "run": "The run",
        "outcome": "The outcome",
        "certificate": "The bound, proven again",
        "rules": "Rules",
        "weights": "What placements are valued by",
        "law": "Law that was used",
        "fixed": "Fixed placements",
        "assumptions": "Assumptions",
        "none": "None.",
        "groups": "People by {per}",
        "header": "| group | people | placed | not placed |",
        "hidden": "A dash stands for a count that is left out: it is below {least}, or would reveal"
        " one that is.",
        "limits": "Known limits",
        "fill": "To be filled in for the algorithm register",
        "source": "Source",
        "total": "total",
        "unknown": "not known",
        True: "The certified bound of {told:,.2f} points was proven again in exact integers.",
        False: "The certified bound was NOT proven again: do not rely on it.",
        None: "There is no certified bound.",
    },
    "nl": {
        "title": "Dossier van een plan",
        "run": "De berekening",
        "outcome": "De uitkomst",
        "certificate": "De grens, nagerekend",
        "rules": "Regels",
        "weights": "Waar plaatsingen naar gewaardeerd zijn",
        "law": "Gebruikte regelgeving",
        "fixed": "Vastgelegde plaatsingen",
        "assumptions": "Aannames",
        "none": "Geen.",
        "groups": "Mensen per {per}",
        "header": "| groep | mensen | geplaatst | niet geplaatst |",
        "hidden": "Een streepje staat voor een aantal dat is weggelaten: het is kleiner dan"
        " {least}, of zou zo'n aantal verraden.",
        "limits": "Bekende beperkingen",
        "fill": "In te vullen voor het Algoritmeregister",
        "source": "Bron",
        "total": "totaal",
        "unknown": "onbekend",
        True: "De bewezen grens van {told:,.2f} punten is met exacte getallen nagerekend.",
        False: "De bewezen grens is NIET opnieuw bewezen: ga er niet van uit.",
        None: "Er is geen bewezen grens.",
    },
}


def page(content: Mapping[str, Any], language: Language) -> str:
    """Return a dossier as Markdown."""
    return "\n".join(_lines(content, language)).rstrip() + "\n"


def _lines(content: Mapping[str, Any], language: Language) -> Iterator[str]:
    words: Mapping[Any, str] = _WORDS[language]
    date = "" if content["date"] is None else f", {content['date']}"
    yield f"# {words['title']}: {content['region']}{date}\n"
    yield from _facts(words["run"], _run(content["run"]))
    yield from _facts(words["outcome"], _told(content["outcome"]))
    certificate = content["certificate"]
    told = words[certificate["agrees"]].format(told=certificate["told"] or 0.0)
    yield f"## {words['certificate']}\n\n{told}\n"
    yield from _parts(words["rules"], content["rules"], language)
    yield from _parts(words["weights"], content["weights"], language)
    used = content["run"]["rulebook"].get("used", ())
    law = {
        row["name"]: f"{row['value']} {row.get('unit', '')} ({words['source']}: {row['source']})"
        for row in used
    }
    yield from _facts(words["law"], law or dict.fromkeys([words["none"]]))
    fixed = content["fixed"]
    yield from _facts(words["fixed"], {str(fixed["placements"]): None} | fixed["by"])
    texts = [row["text_nl" if language == "nl" else "text"] for row in content["assumptions"]]
    yield from _facts(words["assumptions"], dict.fromkeys(texts or [words["none"]]))
    for per, rows in content["groups"].items():
        yield f"## {words['groups'].format(per=per)}\n\n{words['header']}\n|---|---:|---:|---:|"
        yield from (_row(row, words) for row in rows)
        yield f"\n{words['hidden'].format(least=content['least_count'])}\n"
    yield from _facts(words["limits"], dict.fromkeys(_LIMITS[language]))
    yield from _facts(words["fill"], dict.fromkeys(content["to_fill_in"]))


def _facts(title: str, facts: Mapping[str, Any]) -> Iterator[str]:
    yield f"## {title}\n"
    yield from (
        f"- {name}" if value is None else f"- {name}: {value}" for name, value in facts.items()
    )
    yield ""


def _run(run: Mapping[str, Any]) -> dict[str, Any]:
    rulebook = run["rulebook"]
    versions = ", ".join(f"{name} {version}" for name, version in run["versions"].items())
    law = {name: rulebook[name] for name in ("name", "date", "hash") if name in rulebook}
    return {
        "sha-256": run["input_sha256"],
        "versions": versions,
        **run["parameters"],
        **{f"rulebook {name}": value for name, value in law.items()},
    }


def _told(outcome: Mapping[str, Any]) -> dict[str, Any]:
    told = {name: value for name, value in outcome.items() if name not in {"proof", "terms"}}
    for part in outcome["proof"]:
        told[f"proof by {part['by']}"] = f"{part['bound']} ({part['how']}, {part['over']})"
    return {name: "-" if value is None else value for name, value in told.items()}


def _parts(title: str, parts: Any, language: Language) -> Iterator[str]:
    yield f"## {title}\n"
    for part in parts:
        name = part["title_nl"] if language == "nl" else part["title"]
        text = part["text_nl"] if language == "nl" else part["text"]
        weight = part["fields"].get("weight")
        told = "" if weight is None else f" ({weight:g}x)"
        yield f"- **{name}**{told} (`{part['name']}`): {text}"
        if part["source"] is not None:
            yield f"  {_WORDS[language]['source']}: {part['source']}"
    yield ""


def _row(row: Mapping[str, Any], words: Mapping[Any, str]) -> str:
    named = {"total": words["total"], "not known": words["unknown"]}
    group = named.get(row["group"], row["group"])
    counts = (row[name] for name in ("people", "placed", "unplaced"))
    cells = ("-" if count is None else str(count) for count in counts)
    return f"| {group} | {' | '.join(cells)} |"
