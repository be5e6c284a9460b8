"""Dutch words for tables, columns and values, as exports of Dutch organisations use them.

Only whole words count, whatever their capitals and signs; the reading note tells each that was
translated. `columns=` goes before them.
"""

import re
import unicodedata
from collections.abc import Mapping

FLAGS: Mapping[str, bool] = dict.fromkeys(
    ("ja", "j", "yes", "y", "true", "waar", "1"), True
) | dict.fromkeys(("nee", "n", "no", "false", "onwaar", "0"), False)

WORDS: Mapping[str, str] = {
    "lopend": "walk",
    "tevoet": "walk",
    "fiets": "bike",
    "auto": "car",
    "ov": "public_transport",
    "openbaarvervoer": "public_transport",
    "geen": "none",
    "vacature": "opening",
    "zeerlicht": "very_light",
    "licht": "light",
    "midden": "middle",
    "gemiddeld": "middle",
    "intensief": "intensive",
    "markt": "market",
    "overheid": "government",
    "extern": "external",
    "werkgever": "employer",
    "vsopro": "vso_pro",
    "gelijkgesteld": "equated",
}
"""By `word_key` of the Dutch word."""

TABLES: Mapping[str, str] = {
    "candidates": "candidates",
    "kandidaten": "candidates",
    "werkzoekenden": "candidates",
    "openings": "openings",
    "vacancies": "openings",
    "vacatures": "openings",
    "employers": "employers",
    "werkgevers": "employers",
    "coaches": "coaches",
    "jobcoaches": "coaches",
    "municipalities": "municipalities",
    "gemeenten": "municipalities",
    "together": "together",
    "samen": "together",
    "periods": "periods",
    "perioden": "periods",
    "excluded_pairs": "excluded_pairs",
    "fixed_placements": "fixed_placements",
    "pins": "pins",
    "travel_minutes": "travel_minutes",
    "reistijden": "travel_minutes",
    "postcodes": "postcodes",
    "pc4": "postcodes",
    "pc6": "postcodes",
}
"""Name of a file, without its ending, and the table it holds."""

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "candidates": {
        "klantnr": "id",
        "klantnummer": "id",
        "kandidaat": "id",
        "kandidaatnr": "id",
        "kandidaatnummer": "id",
        "gemeente": "municipality",
        "wijk": "groups.neighbourhood",
        "buurt": "groups.neighbourhood",
        "vervoer": "transport",
        "vervoermiddel": "transport",
        "max_reistijd": "max_travel_minutes",
        "maximale_reistijd": "max_travel_minutes",
        "grond": "ground",
        "registratie_vanaf": "ground_from",
        "registratie_tot": "ground_until",
        "registratie_tot_en_met": "ground_until",
        "beschut": "sheltered",
        "regulier_mag": "may_work_regular",
        "uren_min": "hours_per_week_min",
        "uren_max": "hours_per_week_max",
        "uren_p_w": "hours_per_week",
        "vaardigheden": "skills",
        "wensen": "wishes",
        "behoeften": "needs",
        "regime": "coaching_regime",
        "jaar": "coaching_year",
        "begeleidingsjaar": "coaching_year",
        "begeleidingsuren": "coaching_hours_per_week",
        "begeleidingsopties": "coaching_options",
        "vaste_coach": "coach",
        "loonwaarde": "wage_value",
        "geboortedatum": "birth_date",
        "prioriteit": "priority",
        "beschikbaar": "available_from",
        "beschikbaar_vanaf": "available_from",
        "werkt_nu_bij": "current_opening",
    },
    "openings": {
        "vacaturenr": "id",
        "vacaturenummer": "id",
        "vacature": "id",
        "werkgever": "employer",
        "gemeente": "municipality",
        "plekken": "positions",
        "ploeg_minimaal": "crew_minimum",
        "deel_begeleiding": "guidance_share",
        "gedeelde_begeleiding_uren": "shared_guidance_hours_per_week",
        "soort": "kind",
        "leert": "grants",
        "kosten": "cost_eur",
        "aantal_plekken": "positions",
        "uren_min": "hours_per_week_min",
        "uren_max": "hours_per_week_max",
        "uren_p_w": "hours_per_week",
        "vaardigheden": "required_skills",
        "must_have": "essential_skills",
        "biedt": "provides",
        "uurloon": "wage_eur_per_hour",
        "beschut": "sheltered",
        "thuiswerk": "remote",
        "startdatum": "starts_on",
        "contract_mnd": "contract_months",
        "contract_maanden": "contract_months",
        "proef_mnd": "trial_months",
        "proef_maanden": "trial_months",
        "sector": "sector_of_work",
        "voorkeuren": "preferences",
    },
    "employers": {
        "loonheffingennr": "id",
        "loonheffingennummer": "id",
        "werkgever": "id",
        "gemeente": "municipality",
        "verloonde_uren": "paid_hours_per_year",
        "verloonde_uren_vorig_jaar": "paid_hours_previous_year",
        "uren_doelgroep": "target_group_hours_per_year",
        "toezegging_banen": "jobs_pledged",
        "begeleidingsplekken": "supervision_places",
    },
    "coaches": {
        "coach": "id",
        "jobcoach": "id",
        "soort": "kind",
        "werkgever": "employer",
        "uren_vrij": "hours_per_week",
        "max_caseload": "max_caseload",
        "gemeenten": "municipalities",
        "behoeften": "needs",
    },
    "municipalities": {
        "gemeente": "id",
        "inwoners": "population",
        "lks_budget": "wage_subsidy_budget_eur_per_year",
        "re_integratiebudget": "reintegration_budget_eur_per_year",
        "beschut_min": "sheltered_places_minimum",
        "beschut_max": "sheltered_places_maximum",
    },
    "together": {"leden": "members", "kandidaten": "members", "waar": "where"},
    "periods": {
        "periode": "id",
        "van": "starts_on",
        "begindatum": "starts_on",
        "tot_en_met": "ends_on",
        "einddatum": "ends_on",
    },
    "excluded_pairs": {"kandidaat": "candidate_id", "vacature": "opening_id"},
    "fixed_placements": {
        "kandidaat": "candidate_id",
        "vacature": "opening_id",
        "jobcoach": "coach_id",
    },
    "pins": {
        "kandidaat": "candidate_id",
        "vacature": "opening_id",
        "door": "author",
        "datum": "date",
        "reden": "reason",
    },
    "travel_minutes": {"van": "origin", "naar": "destination", "minuten": "minutes"},
    "postcodes": {
        "pc4": "postcode",
        "pc6": "postcode",
        "latitude": "lat",
        "breedtegraad": "lat",
        "longitude": "lon",
        "lng": "lon",
        "lengtegraad": "lon",
    },
}
"""By table and `column_key` of the Dutch name: the field that is meant."""

_IN_LAW = re.compile(r"\b(?:lid|art|artikel|sub|onder)\b")
_NO_WORD = re.compile(r"[^a-z0-9]+")


def column_key(name: str) -> str:
    """Return the name of a column without capitals, accents and signs: 'Uren p/w' is uren_p_w."""
    return _NO_WORD.sub("_", _plain(name)).strip("_")


def word_key(word: str) -> str:
    """Return a word without capitals and signs: '38b lid 1 c' is 38b1c, as is '38b.1.c'."""
    return _NO_WORD.sub("", _IN_LAW.sub("", _plain(word)))


def _plain(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text.replace("\ufeff", "").casefold())
    return "".join(char for char in apart if not unicodedata.combining(char))
