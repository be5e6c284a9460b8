"""The ways of a region in and out: JSON, frames of pandas and polars, folders, profiles."""

import datetime as dt
import os
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic_core import PydanticCustomError

from placement_opt.basics.json_files import parse_json, read_text, write_atomically
from placement_opt.records.base import Record
from placement_opt.records.defaults import Defaults, fill_in
from placement_opt.records.dialect import Dialect, as_dialect
from placement_opt.records.file_format import up_to_date, with_assumed_apart
from placement_opt.records.folder import read_folder
from placement_opt.records.folder_writing import write_folder
from placement_opt.records.frames import read_frames
from placement_opt.records.gone import References
from placement_opt.records.json_text import region_text
from placement_opt.records.profiles import read_profiles
from placement_opt.records.readers import Day
from placement_opt.records.reading import Reading
from placement_opt.records.region_frames import own_fields_of, region_frames
from placement_opt.records.region_of_tables import region_of_tables

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, str | Mapping[str, str | None] | None]


class RegionFiles(Record):
    """A region as files and frames hold it; what it is, `Region` says."""

    @property
    def reading(self) -> Reading:
        """What was read otherwise than it was written, left out, or not found; a line for each."""
        reading: Reading = self.__dict__.get("_reading", Reading())
        return reading

    @classmethod
    def from_json(cls, path: str | os.PathLike[str], references: References = "told") -> Self:
        """Read a region from a JSON file in UTF-8.

        Parameters
        ----------
        path
            The file; its fields are those of the records (see `json_schema`).
        references
            As in the constructor.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        InvalidInputError
            With all problems of the text, the region and its records.
        """
        return cls.from_json_text(read_text(path), references)

    @classmethod
    def from_json_text(cls, text: str, references: References = "told") -> Self:
        """Read a region from JSON text; `references` as in the constructor.

        Raises
        ------
        InvalidInputError
            With all problems of the text, the region and its records.
        """
        fields, assumed = with_assumed_apart(up_to_date(parse_json(text)))
        if isinstance(fields, dict):
            fields = {**fields, "references": references}
        region = cls.model_validate(fields)
        region.__dict__["_reading"] = region.reading.after(assumed)
        return region

    def to_json_text(self) -> str:
        """Write the region as JSON text: one line a record, fields at their default left out.

        Of `reading` it holds what plans then take for granted (`Result.assumptions`), such as
        defaults, and references that were left out.
        """
        return region_text(self, self.reading.lines)

    def to_json(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the region to a JSON file, wholly or not at all.

        Parameters
        ----------
        path
            The file.
        overwrite
            Replace a file that exists.

        Raises
        ------
        FileExistsError
            If the file exists and `overwrite` is False.
        OSError
            If it cannot be written there: no such folder, a folder of that name, no permission.
        """
        write_atomically(path, self.to_json_text(), overwrite=overwrite)

    @classmethod
    def from_frames(
        cls,
        *,
        candidates: Any,
        openings: Any,
        employers: Any = None,
        coaches: Any = None,
        municipalities: Any = None,
        together: Any = None,
        periods: Any = None,
        name: str | None = None,
        date: "dt.date | str | None" = None,
        excluded_pairs: Any = None,
        fixed_placements: Any = None,
        pins: Any = None,
        travel_minutes: Any = None,
        postcodes: Any = None,
        sectors_of_work: Collection[str] | None = None,
        columns: Columns | None = None,
        dialect: Dialect | Mapping[str, Any] | Literal["auto", "dutch"] = "auto",
        pseudonym_key: str | None = None,
        defaults: Defaults | None = None,
        references: References = "told",
    ) -> Self:
        """Read a region from frames of pandas or polars, one row a record.

        Parameters
        ----------
        candidates, openings, employers, coaches, municipalities, together, periods
            Frames with columns named like the fields of the record. An empty cell (None, NaN, NaT,
            NA) means not given. A range of hours is one column or `hours_per_week_min` and
            `hours_per_week_max`, a location one column or `lat` and `lon`. Cells of sets and levels
            are lists, sets and mappings, or texts: ``a; b`` and ``a:0.8; b``. Columns
            ``groups.<name>`` give labels of your own. A column that nothing reads is told in
            `reading`.
        name, date, sectors_of_work
            As in the constructor; without a name it is "region".
        excluded_pairs, fixed_placements
            Frames with the columns `candidate_id` and `opening_id`, or rows.
        pins
            A frame with the columns `candidate_id`, `opening_id`, `author`, `date` and `reason`, or
            rows of `Pin`.
        travel_minutes
            A frame with the columns `origin`, `destination` and `minutes`, or rows.
        postcodes
            A frame with the columns `postcode`, `lat` and `lon`, or rows.
        columns
            Your names of columns and the fields they stand for, for all tables or for each:
            ``{"Klantnr": "id"}``, ``{"candidates": {"Gemeente": "municipality"}}``. None for a
            column that nothing shall read.
        dialect
            How texts are written: ``"auto"``, ``"dutch"`` (decimal comma, day first), or what is
            known of `decimal`, `dates`, `lists` and `missing`; see `from_folder`.
        pseudonym_key
            A secret text: with it, an id of a person that could be a citizen service number (BSN)
            is replaced by a pseudonym, the same each time; without it such an id is refused.
        defaults
            What holds where a record gives nothing, by table and field:
            ``{"candidates": {"transport": "bike", "coaching_regime": "none"}}``. `reading` and
            `Result.assumptions` tell for how many.
        references
            As in the constructor.

        Raises
        ------
        InvalidInputError
            With all problems, each with its row (the label of the index) and column; records
            without a readable id are named by their row, from 0.
        """
        own: dict[str, Any] = own_fields_of(candidates)
        given = {
            "name": name,
            "date": date,
            "sectors_of_work": sectors_of_work,
            "references": references,
        }
        own |= {key: value for key, value in given.items() if value is not None}
        frames = {
            "candidates": candidates,
            "openings": openings,
            "employers": employers,
            "coaches": coaches,
            "municipalities": municipalities,
            "together": together,
            "periods": periods,
            "excluded_pairs": excluded_pairs,
            "fixed_placements": fixed_placements,
            "pins": pins,
            "travel_minutes": travel_minutes,
            "postcodes": postcodes,
        }
        read = read_frames(
            frames, columns, as_dialect(dialect, pseudonym_key), _day(own.get("date"))
        )
        read.fields.update({"name": "region"} | own)
        fill_in(read, defaults)
        return region_of_tables(cls, read)

    def to_frames(self) -> "dict[str, pd.DataFrame]":
        """Return a frame for each kind of record and each table that the region has.

        ``Region.from_frames(**region.to_frames())`` is the same region: its name, its date and its
        sectors of work ride along in ``DataFrame.attrs`` of the frame of candidates.
        """
        return region_frames(self)

    @classmethod
    def from_folder(
        cls,
        path: str | os.PathLike[str],
        columns: Columns | None = None,
        dialect: Dialect | Mapping[str, Any] | Literal["auto", "dutch"] = "auto",
        *,
        name: str | None = None,
        date: "dt.date | str | None" = None,
        sectors_of_work: Collection[str] | None = None,
        pseudonym_key: str | None = None,
        defaults: Defaults | None = None,
        references: References | None = None,
    ) -> Self:
        """Read a region from a folder of CSV or Parquet files, one for each kind of record.

        Parameters
        ----------
        path
            The folder: candidates.csv and openings.csv, and where there are any employers,
            coaches, municipalities, together, periods, excluded_pairs, fixed_placements,
            pins, travel_minutes and postcodes; or the Dutch names kandidaten, vacatures,
            werkgevers, jobcoaches, gemeenten, samen, perioden, reistijden.
        columns
            As in `from_frames`. Dutch names of columns that are usual are known.
        dialect
            ``"auto"`` recognises how files are written, and `reading` tells it. What is known can
            be said: `separator`, `encoding`, `decimal` ("," or "."), `dates` ("day first" or
            "month first"), `lists` (between the entries of a cell) and `missing` (texts that mean
            not given). ``"dutch"`` is a decimal comma and the day first.
        name, date, sectors_of_work
            As in the constructor; without a name it is that of the folder.
        pseudonym_key, defaults, references
            As in `from_frames`. `about.json` in the folder can hold the last two, too.

        Raises
        ------
        FileNotFoundError
            If there is no such folder.
        InvalidInputError
            With all problems, each with its file, line and column. Where numbers or dates have two
            readings and nothing in the files decides, one problem asks.

        Examples
        --------
        >>> import placement_opt as po
        >>> region = po.Region.from_folder("export/", {"Klantnr": "id"})  # doctest: +SKIP
        >>> print(region.reading)  # doctest: +SKIP
        """
        given = {
            "name": name,
            "date": date,
            "sectors_of_work": sectors_of_work,
            "references": references,
            "defaults": defaults,
        }
        own = {key: value for key, value in given.items() if value is not None}
        how = as_dialect(dialect, pseudonym_key)
        return region_of_tables(cls, read_folder(path, columns, how, own, _day))

    def to_folder(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> None:
        """Write the region to a folder of CSV files, wholly or not at all.

        Parameters
        ----------
        path
            The folder; `from_folder` reads the same region from it.
        overwrite
            Replace a folder that this method wrote before; one with other files in it is refused.

        Raises
        ------
        FileExistsError
            If the folder exists and `overwrite` is False, or if it holds other files.
        OSError
            If it cannot be written there.
        """
        write_folder(self, path, overwrite=overwrite)

    @classmethod
    def from_profiles(
        cls,
        *,
        candidates: Any,
        openings: Any,
        name: str = "region",
        date: "dt.date | str | None" = None,
        **fields: Any,
    ) -> Self:
        """Read a region from profiles in the Dutch exchange standard (VUM), in JSON.

        Parameters
        ----------
        candidates, openings
            Profiles of job seekers (WerkzoekendeProfiel) and vacancies (Vacature): a path to a JSON
            file, or the parsed list. Whatever the standard says and no field takes is told in
            `reading`, and so is what it does not say.
        name, date, **fields
            As in the constructor: employers, coaches, postcodes and whatever else profiles lack.

        Raises
        ------
        InvalidInputError
            With all problems of the text, the region and its records.
        """
        given = {"name": name, **fields} | ({} if date is None else {"date": date})
        return region_of_tables(cls, read_profiles(candidates, openings, given))


def _day(value: object) -> dt.date | None:
    """Return a date as the region will read it; None where it will refuse it."""
    try:
        return None if value is None else Day().read(value)
    except PydanticCustomError:
        return None
