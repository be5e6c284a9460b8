"""What was asked of a rulebook: the parameters and grounds that an answer rests on."""

import datetime as dt
from dataclasses import dataclass, field

from placement_opt.basics.short_text import ShortRepr
from placement_opt.rulebook.parameter import Parameter


@dataclass(slots=True, repr=False)
class Notes(ShortRepr):
    """The parameters and the grounds that were asked for; shared by all readings of a rulebook.

    Attributes
    ----------
    parameters
        Each parameter once, by name, municipality and first day.
    grounds
        Codes of grounds.
    assumed
        Those of the parameters whose dates had passed: last known values.
    """

    parameters: dict[tuple[str, str, str], Parameter] = field(default_factory=dict)
    grounds: set[str] = field(default_factory=set)
    assumed: set[tuple[str, str, str]] = field(default_factory=set)

    def add(self, parameter: Parameter, *, on: dt.date) -> None:
        """Note a parameter that was asked for on a day and had a value."""
        first_day = "" if parameter.valid_from is None else parameter.valid_from.isoformat()
        key = (parameter.name, parameter.municipality or "", first_day)
        self.parameters[key] = parameter
        if not parameter.holds_on(on):
            self.assumed.add(key)

    def clear(self) -> None:
        """Forget everything, for a new answer."""
        self.parameters.clear()
        self.grounds.clear()
        self.assumed.clear()

    def sorted_parameters(self) -> tuple[Parameter, ...]:
        """Return what was asked for, by name, municipality and first day."""
        return tuple(self.parameters[key] for key in sorted(self.parameters))

    def assumed_parameters(self) -> tuple[Parameter, ...]:
        """Return those whose last known value stood in, in the same order."""
        return tuple(self.parameters[key] for key in sorted(self.assumed))
