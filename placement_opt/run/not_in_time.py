"""What a model of a region with periods cannot have yet: it is refused by its name."""

from collections.abc import Iterator, Sequence

from placement_opt.basics.errors import Problem
from placement_opt.constraints.base import Rule
from placement_opt.constraints.few_coaches import FewCoaches

_HINTS: dict[type[Rule], str] = {
    FewCoaches: "leave the rule out, or plan without periods",
}


def not_in_time(rules: Sequence[Rule]) -> Iterator[Problem]:
    """Yield a problem for each rule that does not know periods."""
    for rule in rules:
        for kind, hint in _HINTS.items():
            if isinstance(rule, kind):
                expected = f"must be left out beside {rule.rule}, which does not know periods yet"
                yield Problem("region", None, "periods", None, expected, hint)
