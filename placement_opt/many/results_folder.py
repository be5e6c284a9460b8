"""A folder of results, one file a region: written as they come, read again by the next run."""

import hashlib
import logging
import re
from dataclasses import dataclass
from pathlib import Path

from placement_opt.basics.errors import InvalidInputError
from placement_opt.result import Result

_LOG = logging.getLogger("placement_opt")

_MOST_OF_A_NAME = 60
"""Characters of a region's name in the name of its file."""


@dataclass(frozen=True, slots=True)
class ResultsFolder:
    """The folder; None keeps results in memory only."""

    path: Path | None

    def made(self) -> "ResultsFolder":
        """Make the folder if it is not there.

        Raises
        ------
        OSError
            When it cannot be made.
        """
        if self.path is not None:
            self.path.mkdir(parents=True, exist_ok=True)
        return self

    def file_of(self, region: str) -> Path | None:
        """Return the file of a region's result.

        Its name begins like the region's and ends in a part that no other region has.
        """
        if self.path is None:
            return None
        plain = re.sub(r"[^\w-]+", "_", region)[:_MOST_OF_A_NAME]
        unique = hashlib.sha256(region.encode()).hexdigest()[:8]
        return self.path / f"{plain}-{unique}.json"

    def known(self, region: str) -> Result | None:
        """Return the result of an earlier run, if there is one that can be read."""
        file = self.file_of(region)
        if file is None or not file.exists():
            return None
        try:
            return Result.from_json(file)
        except (InvalidInputError, OSError) as error:
            _LOG.warning("%s is no result, and %r is solved again: %s", file, region, error)
            return None

    def keep(self, region: str, result: Result) -> str:
        """Write a result; return what went wrong, since a full disk may not lose the result."""
        file = self.file_of(region)
        if file is None:
            return ""
        try:
            result.to_json(file, overwrite=True)
        except OSError as error:
            _LOG.exception("the result of %r could not be written; it is kept in memory", region)
            return f"the result could not be written: {error}"
        return ""
