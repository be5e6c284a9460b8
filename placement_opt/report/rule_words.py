"""Rules and terms in a sentence, English and Dutch, with their source."""

import inspect
import re
from typing import Any, NamedTuple

from placement_opt.constraints.base import Rule
from placement_opt.objectives.base import Term

DUTCH = {
    "EssentialSkills": "Een kandidaat heeft elke onmisbare vaardigheid op het gevraagde niveau.",
    "TravelTime": "Een enkele reis duurt hoogstens zo lang als de kandidaat wil.",
    "HoursOverlap": "De uren per week zijn minstens wat beide kanten nodig hebben.",
    "WorkplaceNeeds": "De vacature biedt alles wat de kandidaat op de werkplek nodig heeft.",
    "StartDates": "De kandidaat is beschikbaar op de eerste werkdag.",
    "WorkingDays": "De kandidaat is beschikbaar op zo veel dagen of dagdelen als nodig is.",
    "Licences": "De kandidaat heeft elk rijbewijs en certificaat dat de vacature vraagt.",
    "ShelteredWork": "Beschut werk gaat naar mensen met een positief advies daarvoor.",
    "CoachedContract": "Werk met een jobcoach heeft een contract dat lang genoeg is.",
    "ExcludedPairs": "Uitgesloten koppelingen komen niet voor; blijven waar men werkt telt niet.",
    "DroppedOut": "Wie uitvalt wordt nergens geplaatst, en volgt geen stap vóór een baan.",
    "OnePlacement": "Niemand wordt vaker geplaatst dan mag, of voor meer uren dan hij kan.",
    "Steps": "Wie eerst iets moet leren, volgt die stap, binnen plekken en budget ervan.",
    "PlacedTogether": "Wie bij elkaar hoort, komt samen op één plek, of geen van allen.",
    "Crews": "Een vacature met een ploeg heeft niemand, of ten minste zo veel mensen.",
    "Stability": "Weinig koppels van een persoon en een vacature hadden liever elkaar.",
    "OneVariant": "Van de manieren om een koppel te plaatsen wordt er hoogstens één genomen.",
    "OpeningCapacity": "Een vacature neemt hoogstens zo veel mensen als er vrije plekken zijn.",
    "OpeningHours": "Alle plaatsingen van een vacature samen werken hoogstens zo veel uren.",
    "SupervisionPlaces": "Een werkgever neemt hoogstens zo veel mensen als hij kan begeleiden.",
    "Coaching": "Wie begeleiding nodig heeft, heeft één jobcoach met genoeg uren en plek.",
    "FewCoaches": "Bij een werkgever, of een andere groep, komen weinig verschillende jobcoaches.",
    "WageSubsidyBudget": "De loonkostensubsidie voor mensen van een gemeente past in haar budget.",
    "JobsQuota": "Werkgevers bieden de banen die zij beloofden of moeten bieden.",
    "ShelteredPlaces": "Een gemeente vult beschutte werkplekken tussen minimum en maximum.",
    "MunicipalityBalance": "Mensen van elke gemeente krijgen een eerlijk deel van de plaatsingen.",
    "FixedPlacements": "Elke vastgelegde plaatsing staat in het plan.",
    "SmoothIntake": "In opeenvolgende perioden beginnen ongeveer evenveel mensen.",
    "FewChanges": "Weinig mensen krijgen iets anders dan eerst, of elke wijziging kost punten.",
    "EveryCandidatePlaced": "Iedere kandidaat heeft minstens één plaatsing.",
    "ResourceLimit": "De plaatsingen van een groep gebruiken hoogstens, of minstens, zo veel.",
    "MatchScore": "Een plaatsing geeft tot 1.000 punten voor hoe goed beide kanten passen.",
    "Priority": "Een plaatsing geeft punten naar de voorrang van de kandidaat.",
    "PlacedJobs": "Een plaatsing geeft punten naar haar uren, geteld in banen van 25,5 uur.",
    "StepValue": "Een stap op weg naar een baan geeft zo veel punten.",
    "WageAboveMinimum": "Een plaatsing telt de euro's per jaar boven het minimumloon.",
    "ExpectedPlacements": "Een plaatsing geeft punten naar de kans dat zij standhoudt.",
    "PairScore": "Een plaatsing geeft het getal uit een eigen kolom, in de eenheid daarvan.",
}


class Said(NamedTuple):
    """A rule or term in words."""

    name: str
    title: str
    title_nl: str
    text: str
    text_nl: str
    source: str | None


def said(part: Rule | Term) -> Said:
    """Return what a rule or term asks, from its own first line, and its source.

    One without a Dutch sentence, such as one of the user's own, is told by its Dutch title.
    """
    name, title_nl = type(part).__name__, part.title_nl or part.title
    text = inspect.getdoc(type(part)) or part.title
    found = re.search(r"Source: (.+?)(?:\n\n|\Z)", text, re.DOTALL)
    source = None if found is None else " ".join(found.group(1).split())
    dutch = DUTCH.get(name, title_nl[:1].upper() + title_nl[1:] + ".")
    return Said(name, part.title, title_nl, text.split("\n", 1)[0], dutch, source)


def without_people(value: Any, people: frozenset[str]) -> Any:
    """Return fields of a record with a count in place of each list that names people."""
    if isinstance(value, dict):
        return {name: without_people(entry, people) for name, entry in value.items()}
    if not isinstance(value, list):
        return value
    if any(_names(entry, people) for entry in value):
        return {"entries_left_out": len(value), "why": "they name people"}
    return [without_people(entry, people) for entry in value]


def _names(value: Any, people: frozenset[str]) -> bool:
    if isinstance(value, list):
        return any(_names(entry, people) for entry in value)
    return isinstance(value, str) and value in people
