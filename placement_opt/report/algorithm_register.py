"""An entry for the Dutch algorithm register, as far as a plan tells what belongs in it.

The fields are those of the publication standard (Algoritmeregister publicatiestandaard) 1.0, with
its longest texts. What only the organisation can know is empty, and `to_fill_in` names it.
Source: MinBZK, Algoritmeregister, schema of version 1.0.
"""

from collections.abc import Mapping, Sequence
from typing import Any

VERSION = "1.0"
REQUIRED = (
    "name",
    "description_short",
    "organization",
    "status",
    "contact_email",
    "publication_category",
    "lang",
)
"""Fields that every entry has to fill."""

LONGEST = {
    "name": 100,
    "description_short": 350,
    "organization": 100,
    "begin_date": 7,
    "end_date": 7,
    "contact_email": 500,
    "website": 500,
    "url": 500,
    "goal": 2500,
    "proportionality": 2500,
    "human_intervention": 2500,
    "risks": 2500,
    "lawful_basis": 2500,
    "process_index_url": 500,
    "impacttoetsen": 2500,
    "source_data": 2500,
    "methods_and_models": 5000,
    "provider": 200,
    "publiccode": 500,
    "source_id": 100,
    "tags": 2500,
}
"""The longest text of each field."""

_EMPTY: Mapping[str, Any] = {
    "organization": "",
    "status": "",
    "begin_date": "",
    "end_date": "",
    "contact_email": "",
    "website": "",
    "url": "",
    "process_index_url": "",
    "impacttoetsen_grouping": [],
    "impacttoetsen": "",
    "source_data_grouping": [],
    "provider": "",
    "publiccode": "",
}


def register_entry(
    rules: Sequence[str], terms: Sequence[str], laws: Sequence[str], source_id: str
) -> dict[str, Any]:
    """Return the entry, in Dutch.

    Parameters
    ----------
    rules, terms
        What plans keep and what they are valued by, a sentence each.
    laws
        Titles of the law that was used.
    source_id
        What identifies the run in the organisation's own files.
    """
    entry = {
        "name": "Voorstellen voor plaatsing van kandidaten op vacatures",
        "description_short": "Dit algoritme stelt voor welke werkzoekende op welke vacature past,"
        " met welke jobcoach, binnen budgetten en afspraken. Een medewerker bevestigt elke"
        " plaatsing.",
        "category": ["Werk", "Sociale zekerheid"],
        "publication_category": "Hoog-risico AI-systeem",
        "goal": "Het doel is dat zo veel mogelijk mensen werk vinden dat bij hen past, met eerlijke"
        " verdeling van begeleiding en geld. Mensen krijgen een voorstel; werkgevers krijgen"
        " kandidaten voorgesteld.",
        "proportionality": "Duizenden mogelijke plaatsingen hangen samen door begeleiding,"
        " budgetten en afspraken. Met de hand is niet te zien welk geheel het beste is. Het"
        " algoritme zegt hoe ver zijn plan hoogstens van het beste af ligt, en waarom iemand wel of"
        " niet is voorgesteld.",
        "human_intervention": "Elk plan is een voorstel. Een medewerker bevestigt of verwerpt elke"
        " plaatsing, kan plaatsingen vastleggen en laat daarna opnieuw rekenen. Er volgt geen"
        " besluit zonder een mens.",
        "risks": "Gegevens kunnen verouderd of onvolledig zijn: wat is aangenomen, staat in het"
        " dossier. Groepen kunnen achterblijven: het dossier telt plaatsingen per groep. Kleine"
        " aantallen worden niet getoond. Elk plan wordt door aparte code nagerekend.",
        "lawful_basis": ("Gebruikte regelgeving: " + "; ".join(laws) + ".") if laws else "",
        "lawful_basis_grouping": [],
        "source_data": "Van kandidaten: woonplaats of locatie, uren, vaardigheden, behoefte aan"
        " begeleiding, doelgroep, loonwaarde waar die is gemeten. Van vacatures: uren, eisen,"
        " plekken. Van gemeenten en werkgevers: budgetten, afspraken, jobcoaches. Namen en"
        " burgerservicenummers worden niet gebruikt.",
        "methods_and_models": "Wiskundige optimalisatie met gehele getallen (niet zelflerend)."
        " Regels: " + " ".join(rules) + " Waardering: " + " ".join(terms) + " De bovengrens op de"
        " waarde van elk plan wordt met exacte getallen nagerekend.",
        "lang": "nld",
        "standard_version": VERSION,
        "source_id": source_id,
        "tags": "arbeidsmarktregio, plaatsing, matching, jobcoach, banenafspraak, optimalisatie",
        **_EMPTY,
    }
    return {name: _fitting(name, value) for name, value in entry.items()}


def to_fill_in(entry: Mapping[str, Any]) -> list[str]:
    """Return the fields that are empty: those that every entry needs first."""
    empty = [name for name, value in entry.items() if value in ("", [])]
    return sorted(empty, key=lambda name: (name not in REQUIRED, name))


def _fitting(name: str, value: Any) -> Any:
    """Cut a text that is longer than its field at the end of a sentence."""
    most = LONGEST.get(name)
    if most is None or not isinstance(value, str) or len(value) <= most:
        return value
    return value[: value.rfind(". ", 0, most) + 1] or value[:most]
