"""Profiles in the exchange standard: what is taken, and that all else is told."""

import json
from pathlib import Path
from typing import Any

import pytest

from placement_opt.basics.errors import InvalidInputError
from placement_opt.records import Candidate, Employer, Opening, Region

SEEKER: dict[str, Any] = {
    "idWerkzoekende": "W-1",
    "persoonlijkePresentatie": "...",
    "sector": [{"codeSbi": 4932}],
    "eisAanWerk": {"indicatieBegeleiding": 1},
    "mobiliteit": {"bemiddelingspostcode": "6511AB", "maximaleReistijd": 45},
    "flexibiliteit": {"datumAanvangBeschikbaarVoorWerk": "2026-03-01", "codeRegiostraal": ""},
    "werktijden": {
        "aantalWerkurenPerWeekMinimaal": 16,
        "aantalWerkurenPerWeekMaximaal": 24,
    },
    "vervoermiddel": [{"codeVervoermiddel": "3"}, {"codeVervoermiddel": "5"}],
    "arbeidsmarktkwalificatie": {
        "vakvaardigheid": [{"omschrijving": "lassen"}, {"omschrijving": ""}],
        "competentiebeheersing": [{"codeCompetentie": "https://linkeddata.competentnl.nl/1"}],
        "rijbewijs": [{"codeSoortRijbewijs": "B"}],
    },
}
VACANCY: dict[str, Any] = {
    "idVacature": 17,
    "nummerVacature": "nr",
    "werkgever": {"handelsnaamOrganisatie": "Bakker", "adresHouding": [{"postcode": "6512 CD"}]},
    "werktijden": {"aantalWerkurenPerWeekMaximaal": "32"},
    "vakvaardigheid": [{"omschrijving": "lassen"}],
    "rijbewijs": [{"codeSoortRijbewijs": "C1"}],
    "sector": [{"codeSbi": 4932}],
    "arbeidsVoorwaarden": {"datumAanvangWerkzaamheden": "2026-04-01"},
}


def read(candidates: Any = None, openings: Any = None, **more: Any) -> Region:
    return Region.from_profiles(
        candidates=[SEEKER] if candidates is None else candidates,
        openings=[VACANCY] if openings is None else openings,
        **more,
    )


def test_profiles_become_records() -> None:
    region = read(postcodes=[("6511", 51.84, 5.86)], date="2026-02-01")
    assert region.candidates == (
        Candidate(
            id="W-1",
            postcode="6511AB",
            location=(51.84, 5.86),
            transport="public_transport",
            max_travel_minutes=45,
            available_from="2026-03-01",
            hours_per_week=(16, 24),
            skills={"lassen": 1, "https://linkeddata.competentnl.nl/1": 1},
            wishes=["4932"],
            licences={"B"},
        ),
    )
    assert region.openings == (
        Opening(
            id="17",
            employer="Bakker",
            postcode="6512 CD",
            hours_per_week=(0, 32),
            required_skills={"lassen": 1},
            starts_on="2026-04-01",
            sector_of_work="4932",
            licences={"C1"},
        ),
    )
    assert region.employers == (Employer(id="Bakker"),)


def test_whatever_has_no_field_is_told_and_empty_values_are_absent() -> None:
    lines = {(line.table, line.column): line.count for line in read().reading}
    assert lines["candidates", "persoonlijkePresentatie"] == 1
    assert lines["candidates", "eisAanWerk.indicatieBegeleiding"] == 1
    assert ("candidates", "arbeidsmarktkwalificatie.rijbewijs.codeSoortRijbewijs") not in lines
    assert lines["openings", "nummerVacature"] == 1
    assert ("candidates", "flexibiliteit.codeRegiostraal") not in lines
    assert any("no number of places" in line.text for line in read().reading)


def test_answers_of_the_exchange_and_files(tmp_path: Path) -> None:
    file = tmp_path / "vacatures.json"
    file.write_text(json.dumps({"vacatures": [VACANCY], "aantal": 1}))
    region = read({"matches": [SEEKER]}, file)
    assert [len(region.candidates), len(region.openings)] == [1, 1]
    assert region.reading.lines[-2].table in {"vacatures.json", "candidates"}


def test_capitals_of_names_do_not_count() -> None:
    assert read([{"IdWerkzoekende": "W-1"}]).candidates == (Candidate(id="W-1"),)


@pytest.mark.parametrize("given", ["[1, 2]", 5, [1]])
def test_what_is_no_list_of_profiles_is_refused(given: Any, tmp_path: Path) -> None:
    if isinstance(given, str):
        (tmp_path / "p.json").write_text(given)
        given = tmp_path / "p.json"
    with pytest.raises(InvalidInputError, match="must be a list of profiles"):
        read(given)


def test_problems_name_the_profile() -> None:
    with pytest.raises(InvalidInputError) as caught:
        read([SEEKER, {"idWerkzoekende": "W-2", "mobiliteit": {"maximaleReistijd": -5}}])
    (problem,) = caught.value.problems
    assert (problem.file, problem.row, problem.field) == ("candidates", "1", "max_travel_minutes")
