"""What a check of a result tells: a finding per subject, and what rests on somebody's word."""

from collections.abc import Sequence
from dataclasses import dataclass

from typing_extensions import override

from placement_opt.basics.html import html_table
from placement_opt.basics.short_text import ShortRepr

_SAID = {True: "sound", False: "DIFFERS"}
_SHOWN_DIFFERENCES = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was checked.

    Parameters
    ----------
    subject
        What was checked, in a word or two: ``"input"``, ``"rules"``, ``"certified bound"``.
    is_sound
        False when the result says something else than the check finds.
    text
        What was found.
    """

    subject: str
    is_sound: bool
    text: str

    @override
    def __str__(self) -> str:
        return f"{_SAID[self.is_sound]:<8} {self.subject}: {self.text}"


@dataclass(frozen=True, slots=True, repr=False)
class CheckReport(ShortRepr):
    """What a check found, and which claims rest on a solver's or the user's word."""

    findings: tuple[Finding, ...]
    on_trust: tuple[str, ...]

    @property
    def is_sound(self) -> bool:
        """True when nothing differs."""
        return all(finding.is_sound for finding in self.findings)

    @property
    def differences(self) -> tuple[Finding, ...]:
        """The findings that differ."""
        return tuple(finding for finding in self.findings if not finding.is_sound)

    def _repr_html_(self) -> str:
        """Return what a notebook shows: the findings, those that differ first."""
        found = sorted(self.findings, key=lambda finding: finding.is_sound)
        rows = [(_SAID[one.is_sound], one.subject, one.text) for one in found]
        title = "The result is sound" if self.is_sound else "The result differs"
        return html_table(title, [*rows, *(("on trust", claim) for claim in self.on_trust)])

    @override
    def __str__(self) -> str:
        lines = [str(finding) for finding in self.findings]
        return "\n".join([*lines, *(f"on trust {claim}" for claim in self.on_trust)])


def finding_of(subject: str, wrong: Sequence[str], right: str) -> Finding:
    """Return a finding that is sound where nothing is wrong."""
    if not wrong:
        return Finding(subject, is_sound=True, text=right)
    more = len(wrong) - _SHOWN_DIFFERENCES
    shown = "; ".join(wrong[:_SHOWN_DIFFERENCES]) + (f"; and {more} more" if more > 0 else "")
    return Finding(subject, is_sound=False, text=shown)
