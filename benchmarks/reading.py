"""How long a region takes to be read from files and frames, and to be written."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import placement_opt as po


def reading_table(candidates: int, seed: int) -> str:
    """Return a Markdown table of seconds for each way in and out; each way in gives the region.

    Parameters
    ----------
    candidates
        People in the made-up region that is written and read.
    seed
        Its seed.
    """
    region = po.synthetic_region(candidates=candidates, seed=seed)
    with tempfile.TemporaryDirectory() as place:
        folder, file = Path(place) / "own", Path(place) / "region.json"
        exported = Path(place) / "exported"
        frames = region.to_frames()
        lines = [
            _line("to_folder", lambda: region.to_folder(folder)),
            _line("from_folder", lambda: _same(region, po.Region.from_folder(folder))),
        ]
        _as_dutch_export(folder, exported)
        own = {"name": region.name, "date": region.date}
        # Of few people all dates may be among the first twelve days of a month.
        how = {"dialect": {"dates": "day first"}, "sectors_of_work": region.sectors_of_work}
        read = own | how
        lines += [
            _line("from_folder, Dutch export", lambda: _same_size(region, exported, **read)),
            _line("from_frames", lambda: _same(region, po.Region.from_frames(**frames))),
            _line("to_json", lambda: region.to_json(file)),
            _line("from_json", lambda: _same(region, po.Region.from_json(file))),
        ]
    sizes = f"{len(region.candidates):,} candidates, {len(region.openings):,} openings"
    return "\n".join([f"{sizes}.", "", "| way | s | s of processor |", "|---|---|---|", *lines])


def _line(way: str, work: Callable[[], object]) -> str:
    wall, processor = time.perf_counter(), time.process_time()
    work()
    seconds = time.perf_counter() - wall
    return f"| {way} | {seconds:.2f} | {time.process_time() - processor:.2f} |"


def _same(region: po.Region, read: po.Region) -> None:
    if read != region:
        raise AssertionError("what was read is another region")


def _same_size(region: po.Region, folder: Path, **own: object) -> None:
    read = po.Region.from_folder(folder, **own)  # type: ignore[arg-type]
    if len(read.candidates) != len(region.candidates):
        raise AssertionError("people are missing")


def _as_dutch_export(folder: Path, exported: Path) -> None:
    """Copy a folder as a Dutch organisation exports it: semicolons, decimal commas, ja and nee."""
    import pandas as pd

    exported.mkdir()
    for file in folder.glob("*.csv"):
        table = pd.read_csv(file, dtype=str, keep_default_na=False)
        for column in table.columns:
            if "id" not in column:
                plain = table[column].str.replace(r"^(-?\d+)\.(\d+)$", r"\1,\2", regex=True)
                words = plain.replace({"true": "ja", "false": "nee"})
                day = r"^(\d{4})-(\d\d)-(\d\d)$"
                table[column] = words.str.replace(day, r"\3-\2-\1", regex=True)
        table.to_csv(exported / file.name, sep=";", index=False, encoding="utf-8-sig")
