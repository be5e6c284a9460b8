"""The words of the page, in English and Dutch."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PageWords:
    """Headings and sentences of one language; braces are filled in by the template."""

    title: str
    proposal: str
    made: str
    contents: str
    skip: str
    headline: str
    headline_none: str
    proven_best: str
    proven_gap: str
    proven_word: str
    proven_nothing: str
    contradicted: str
    stopped: str
    rechecked: str
    figures: str
    people_placed: str
    of_people: str
    jobs: str
    jobs_note: str
    agreement: str
    agreement_note: str
    coach_hours: str
    coach_note: str
    subsidy: str
    subsidy_note: str
    openings_filled: str
    openings_note: str
    blocking: str
    blocking_note: str
    flows: str
    flows_lead: str
    flows_within: str
    flows_between: str
    flows_outside: str
    flows_table: str
    flows_from: str
    flows_to: str
    flows_missing: str
    towns: str
    towns_lead: str
    town: str
    placed: str
    share: str
    quotas: str
    quotas_lead: str
    quotas_none: str
    group: str
    target: str
    in_service: str
    newly_placed: str
    short: str
    attainable: str
    coaches: str
    coaches_lead: str
    coach: str
    own_coach: str
    people: str
    hours: str
    free: str
    budgets: str
    budgets_lead: str
    spent: str
    budget: str
    bottlenecks: str
    bottlenecks_lead: str
    rule: str
    used: str
    limit: str
    price: str
    unplaced: str
    unplaced_lead: str
    unplaced_none: str
    full_limits: str
    full_limits_lead: str
    times: str
    openings: str
    openings_lead: str
    opening_reasons: Mapping[str, str]
    positions: str
    number_of_openings: str
    assumptions: str
    assumptions_lead: str
    assumptions_none: str
    remarks: str
    records: str
    table: str
    table_lead: str
    search: str
    search_hint: str
    show: str
    all_people: str
    only_placed: str
    only_unplaced: str
    person: str
    home: str
    opening: str
    employer: str
    work_town: str
    points: str
    coaching: str
    eur: str
    status: str
    not_placed: str
    found: str
    previous: str
    following: str
    page_of: str
    sort_by: str
    open_card: str
    close: str
    card_why: str
    card_terms: str
    card_costs: str
    card_next: str
    card_next_lead: str
    card_none: str
    is_full: str
    places_free: str
    print_note: str
    no_script: str
    how_made: str
    objective: str
    bound: str
    certified: str
    version: str
    seed: str
    fingerprint: str
    seconds: str
    term: str
    weight: str
    more_rows: str
    everything: str
    conflict: str
    conflict_lead: str


ENGLISH = PageWords(
    title="Placement plan",
    proposal="A proposal. People decide about each placement.",
    made="Plan for {date}",
    contents="On this page",
    skip="Skip to the plan",
    headline="{placed} of {people} people get a place",
    headline_none="There is no plan",
    proven_best="It is proven that no better plan exists.",
    proven_gap="It is proven that no plan is more than {gap} better, counted in points.",
    proven_word="No plan is more than {gap} better, on the word of the solver.",
    proven_nothing="How far the best plan lies above this one is not known.",
    contradicted="A rule of your own contradicts itself on this plan, so that nothing is proven of "
    "it; see the remarks.",
    stopped="The search ended because {reason}.",
    rechecked="The bound was checked again in exact whole numbers.",
    figures="In figures",
    people_placed="people placed",
    of_people="of {people} ({share} %)",
    jobs="jobs of 25.5 hours",
    jobs_note="{hours} hours a week",
    agreement="jobs of the agreement",
    agreement_note="of {target} promised; {short} short",
    coach_hours="coach hours used",
    coach_note="{used} of {free} a week",
    subsidy="wage-subsidy budget used",
    subsidy_note="EUR {spent} of EUR {budget} a year",
    openings_filled="positions filled",
    openings_note="{filled} of {places}",
    blocking="pairs that would rather have each other",
    blocking_note="a person and an opening",
    flows="Where people go to work",
    flows_lead="A circle is a municipality, as large as its number of people placed; its number is "
    "who works in the own municipality. A line leads from home to work, wider for more people.",
    flows_within="{n} work in their own municipality",
    flows_between="{n} travel to another municipality",
    flows_outside="{n} without a municipality on one of both sides",
    flows_table="The same as a table",
    flows_from="from (home)",
    flows_to="to (work)",
    flows_missing="Nobody's municipality is known, so that there is no map.",
    towns="Municipalities",
    towns_lead="How many of the people of each municipality are placed.",
    town="municipality",
    placed="placed",
    share="share",
    quotas="The jobs agreement (banenafspraak)",
    quotas_lead="Jobs of 25.5 hours a week. The dark part of a bar is filled, people in service "
    "included; the line is the target.",
    quotas_none="The model has no quota.",
    group="group",
    target="target",
    in_service="in service",
    newly_placed="placed",
    short="short",
    attainable="within reach",
    coaches="Job coaches",
    coaches_lead="Hours a week that the plan asks of each coach, of the hours that are free.",
    coach="coach",
    own_coach="of employer {employer}",
    people="people",
    hours="hours a week",
    free="free",
    budgets="Wage-subsidy budgets",
    budgets_lead="Euros a year, by municipality.",
    spent="spent",
    budget="budget",
    bottlenecks="What is scarce",
    bottlenecks_lead="Limits that are full, by what one unit more is worth in points at the prices "
    "of the solver. A price is an estimate: ask for a proof with result.bottlenecks(prove=10).",
    rule="limit",
    used="used",
    limit="most",
    price="points per unit",
    unplaced="Who is left, and why",
    unplaced_lead="{n} people have no placement in this plan.",
    unplaced_none="Everybody is placed.",
    full_limits="What stands in the way",
    full_limits_lead="The rule or limit that is named for each person who is left.",
    times="people",
    openings="Openings",
    openings_lead="{filled} of {places} positions are filled.",
    opening_reasons={
        "full": "full",
        "closed": "closed: no positions",
        "no_eligible_candidate": "nobody is eligible",
        "nobody_left": "everybody eligible is placed",
        "held_back": "a limit has no room",
        "not_worthwhile": "no placement would raise the total",
        "room_left": "room left: a better plan is open",
    },
    positions="free positions",
    number_of_openings="openings",
    assumptions="What the plan takes for granted",
    assumptions_lead="Nobody gave these values; the law or practice answers them.",
    assumptions_none="Nothing: every value that a rule needs was given.",
    remarks="Remarks",
    records="records",
    table="People",
    table_lead="Search and sort. Ids are pseudonyms.",
    search="Search",
    search_hint="person, opening, employer, coach or municipality",
    show="Show",
    all_people="everybody",
    only_placed="who is placed",
    only_unplaced="who is left",
    person="person",
    home="home",
    opening="opening",
    employer="employer",
    work_town="work",
    points="points",
    coaching="coaching hours",
    eur="subsidy (EUR a year)",
    status="why",
    not_placed="not placed",
    found="{n} found",
    previous="Previous",
    following="Next",
    page_of="{page} of {pages}",
    sort_by="Sort by {column}",
    open_card="Card of {person}",
    close="Close",
    card_why="Why",
    card_terms="Points by term",
    card_costs="Costs",
    card_next="Other openings",
    card_next_lead="The openings with the most points among the others that are eligible; points "
    "of the pair alone.",
    card_none="no other eligible opening",
    is_full="full",
    places_free="{n} free",
    print_note="On paper the table ends after {n} rows; all rows are in the page itself.",
    no_script="Search, sorting and cards need JavaScript; everything above works without.",
    how_made="How the plan was made",
    objective="points of the plan",
    bound="no plan has more than",
    certified="checked in exact whole numbers",
    version="versions",
    seed="seed",
    fingerprint="fingerprint of the input",
    seconds="seconds",
    term="part of the objective",
    weight="weight",
    more_rows="{n} more",
    everything="All of them as a table",
    conflict="What contradicts each other",
    conflict_lead="No plan keeps these together.",
)

DUTCH = PageWords(
    title="Plaatsingsplan",
    proposal="Een voorstel. Over elke plaatsing beslissen mensen.",
    made="Plan voor {date}",
    contents="Op deze pagina",
    skip="Naar het plan",
    headline="{placed} van de {people} mensen krijgen een plek",
    headline_none="Er is geen plan",
    proven_best="Bewezen is dat er geen beter plan bestaat.",
    proven_gap="Bewezen is dat geen plan meer dan {gap} beter is, gerekend in punten.",
    proven_word="Geen plan is meer dan {gap} beter, op het woord van de oplosser.",
    proven_nothing="Hoe ver het beste plan boven dit plan ligt, is niet bekend.",
    contradicted="Een eigen regel spreekt zichzelf tegen in dit plan; daarom is er niets over "
    "bewezen, zie de opmerkingen.",
    stopped="Het zoeken stopte: {reason}.",
    rechecked="De grens is nagerekend in exacte gehele getallen.",
    figures="In cijfers",
    people_placed="mensen geplaatst",
    of_people="van {people} ({share} %)",
    jobs="banen van 25,5 uur",
    jobs_note="{hours} uur per week",
    agreement="banen van de afspraak",
    agreement_note="van {target} toegezegd; {short} tekort",
    coach_hours="coachuren gebruikt",
    coach_note="{used} van {free} per week",
    subsidy="subsidiebudget gebruikt",
    subsidy_note="EUR {spent} van EUR {budget} per jaar",
    openings_filled="plekken bezet",
    openings_note="{filled} van {places}",
    blocking="koppels die liever elkaar hadden",
    blocking_note="een persoon en een vacature",
    flows="Waar mensen gaan werken",
    flows_lead="Een cirkel is een gemeente, zo groot als haar aantal geplaatste mensen; het getal "
    "is wie in de eigen gemeente werkt. Een lijn loopt van huis naar werk, breder voor meer "
    "mensen.",
    flows_within="{n} werken in de eigen gemeente",
    flows_between="{n} reizen naar een andere gemeente",
    flows_outside="{n} zonder gemeente aan een van beide kanten",
    flows_table="Hetzelfde als tabel",
    flows_from="van (woonplaats)",
    flows_to="naar (werk)",
    flows_missing="Van niemand is de gemeente bekend; daarom is er geen kaart.",
    towns="Gemeenten",
    towns_lead="Hoeveel van de mensen van elke gemeente geplaatst zijn.",
    town="gemeente",
    placed="geplaatst",
    share="aandeel",
    quotas="De banenafspraak",
    quotas_lead="Banen van 25,5 uur per week. Het donkere deel van een balk is vervuld, met wie al "
    "in dienst is; de streep is het doel.",
    quotas_none="Het model heeft geen quotum.",
    group="groep",
    target="doel",
    in_service="in dienst",
    newly_placed="geplaatst",
    short="tekort",
    attainable="haalbaar",
    coaches="Jobcoaches",
    coaches_lead="Uren per week die het plan van elke coach vraagt, van de vrije uren.",
    coach="coach",
    own_coach="van werkgever {employer}",
    people="mensen",
    hours="uren per week",
    free="vrij",
    budgets="Budgetten loonkostensubsidie",
    budgets_lead="Euro's per jaar, per gemeente.",
    spent="besteed",
    budget="budget",
    bottlenecks="Wat schaars is",
    bottlenecks_lead="Grenzen die vol zijn, naar wat een eenheid meer waard is in punten volgens "
    "de prijzen van de oplosser. Een prijs is een schatting: result.bottlenecks(prove=10) bewijst.",
    rule="grens",
    used="gebruikt",
    limit="hoogstens",
    price="punten per eenheid",
    unplaced="Wie overblijft, en waarom",
    unplaced_lead="{n} mensen hebben geen plaatsing in dit plan.",
    unplaced_none="Iedereen is geplaatst.",
    full_limits="Wat in de weg staat",
    full_limits_lead="De regel of grens die bij elke overgebleven persoon is genoemd.",
    times="mensen",
    openings="Vacatures",
    openings_lead="{filled} van {places} plekken zijn bezet.",
    opening_reasons={
        "full": "vol",
        "closed": "gesloten: geen plekken",
        "no_eligible_candidate": "niemand past",
        "nobody_left": "wie past, is geplaatst",
        "held_back": "een grens heeft geen ruimte",
        "not_worthwhile": "geen plaatsing verhoogt het totaal",
        "room_left": "nog ruimte: een beter plan is mogelijk",
    },
    positions="vrije plekken",
    number_of_openings="vacatures",
    assumptions="Wat het plan aanneemt",
    assumptions_lead="Niemand gaf deze waarden; de wet of de praktijk geeft ze.",
    assumptions_none="Niets: elke waarde die een regel nodig heeft, is gegeven.",
    remarks="Opmerkingen",
    records="aantal",
    table="Mensen",
    table_lead="Zoeken en sorteren kan. Nummers zijn pseudoniemen.",
    search="Zoek",
    search_hint="persoon, vacature, werkgever, coach of gemeente",
    show="Toon",
    all_people="iedereen",
    only_placed="wie geplaatst is",
    only_unplaced="wie overblijft",
    person="persoon",
    home="woonplaats",
    opening="vacature",
    employer="werkgever",
    work_town="werk",
    points="punten",
    coaching="coachuren",
    eur="subsidie (EUR per jaar)",
    status="waarom",
    not_placed="niet geplaatst",
    found="{n} gevonden",
    previous="Vorige",
    following="Volgende",
    page_of="{page} van {pages}",
    sort_by="Sorteer op {column}",
    open_card="Kaart van {person}",
    close="Sluit",
    card_why="Waarom",
    card_terms="Punten per onderdeel",
    card_costs="Kosten",
    card_next="Andere vacatures",
    card_next_lead="De vacatures met de meeste punten onder de andere die passen; punten van het "
    "koppel alleen.",
    card_none="geen andere passende vacature",
    is_full="vol",
    places_free="{n} vrij",
    print_note="Op papier eindigt de tabel na {n} rijen; alle rijen staan in de pagina zelf.",
    no_script="Zoeken, sorteren en kaarten vragen JavaScript; al het andere werkt zonder.",
    how_made="Hoe het plan gemaakt is",
    objective="punten van het plan",
    bound="geen plan heeft meer dan",
    certified="nagerekend in exacte gehele getallen",
    version="versies",
    seed="beginwaarde van het toeval",
    fingerprint="vingerafdruk van de invoer",
    seconds="seconden",
    term="onderdeel van het doel",
    weight="gewicht",
    more_rows="nog {n}",
    everything="Allemaal als tabel",
    conflict="Wat elkaar tegenspreekt",
    conflict_lead="Geen plan voldoet aan al deze samen.",
)

PAGE_WORDS: Mapping[str, PageWords] = {"en": ENGLISH, "nl": DUTCH}
