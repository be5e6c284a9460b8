"""The words of the pictures, in English and Dutch; those of the page are used, too."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlotWords:
    """Titles, units and what is said where there is nothing to draw."""

    gap_title: str
    gap: str
    proven_best: str
    no_course: str
    seconds: str
    points: str
    used: str
    filled: str
    towns_title: str
    of_placements: str
    of_people: str
    per_cent: str
    scarce_title: str
    points_per_unit: str
    scores_title: str
    placements: str
    median: str
    changes_title: str
    changes: str
    gain: str
    proven: str
    not_proven: str
    no_coaches: str
    no_quota: str
    no_towns: str
    nothing_scarce: str
    nobody_placed: str
    no_curve: str


PLOT_WORDS: Mapping[str, PlotWords] = {
    "en": PlotWords(
        gap_title="How far the plan may be from the best",
        gap="gap (per cent)",
        proven_best="proven the best",
        no_course="the search told no plan and bound together: there is nothing to draw",
        seconds="seconds",
        points="points",
        used="used",
        filled="filled",
        towns_title="Placements by municipality, beside its share of the people",
        of_placements="of the placements",
        of_people="of the people",
        per_cent="per cent",
        scarce_title="What one unit more is worth, by the solver's prices",
        points_per_unit="points per unit",
        scores_title="Points of the placements",
        placements="placements",
        median="median",
        changes_title="What changes are worth",
        changes="changes allowed",
        gain="points gained",
        proven="proven",
        not_proven="a plan, not proven the best",
        no_coaches="the plan has no coaches: there is nothing to draw",
        no_quota="the model has no quota: there is nothing to draw",
        no_towns="no municipality is known: read the result with its model",
        nothing_scarce="nothing is scarce: no limit has a price",
        nobody_placed="nobody is placed: there is nothing to draw",
        no_curve="no number of changes has a plan: there is nothing to draw",
    ),
    "nl": PlotWords(
        gap_title="Hoe ver het plan van het beste kan liggen",
        gap="marge (procent)",
        proven_best="bewezen het beste",
        no_course="het zoeken gaf geen plan en grens samen: er valt niets te tekenen",
        seconds="seconden",
        points="punten",
        used="gebruikt",
        filled="vervuld",
        towns_title="Plaatsingen per gemeente, naast haar aandeel in de mensen",
        of_placements="van de plaatsingen",
        of_people="van de mensen",
        per_cent="procent",
        scarce_title="Wat een eenheid meer waard is, volgens de prijzen van de oplosser",
        points_per_unit="punten per eenheid",
        scores_title="Punten van de plaatsingen",
        placements="plaatsingen",
        median="mediaan",
        changes_title="Wat wijzigingen opleveren",
        changes="toegestane wijzigingen",
        gain="gewonnen punten",
        proven="bewezen",
        not_proven="een plan, niet bewezen het beste",
        no_coaches="het plan heeft geen coaches: er valt niets te tekenen",
        no_quota="het model heeft geen quotum: er valt niets te tekenen",
        no_towns="er is geen gemeente bekend: lees het resultaat met zijn model",
        nothing_scarce="er is niets schaars: geen grens heeft een prijs",
        nobody_placed="er is niemand geplaatst: er valt niets te tekenen",
        no_curve="geen aantal wijzigingen heeft een plan: er valt niets te tekenen",
    ),
}
