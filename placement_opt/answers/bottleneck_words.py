"""Tells what is scarce, in English and Dutch."""

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from placement_opt.answers.diagnosis_words import amount_in_words, unit_in_words

Language = Literal["en", "nl"]


class _Words(NamedTuple):
    use: str
    minimum: str
    price: str
    between: str
    more: str
    less: str
    within: str
    placements: tuple[str, str]
    against: tuple[str, str]
    fewer: str
    extra: str


_ENGLISH = _Words(
    use="{used} of {limit} {unit} used",
    minimum="{used} {unit}, at least {limit} asked",
    price="at the margin {price} points a unit",
    between=" (any price from {low} to {high} proves the same)",
    more="{step} more: {points} points{placements}{proof}",
    less="{step} less: {points} points{placements}{proof}",
    within=" (the best between {low} and {high})",
    placements=(" and {n:+d} placement", " and {n:+d} placements"),
    against=(", with {n} placement {way}", ", with {n} placements {way}"),
    fewer="fewer",
    extra="more",
)
_DUTCH = _Words(
    use="{used} van {limit} {unit} gebruikt",
    minimum="{used} {unit}, ten minste {limit} gevraagd",
    price="aan de marge {price} punten per eenheid",
    between=" (elke prijs van {low} tot {high} bewijst hetzelfde)",
    more="{step} meer: {points} punten{placements}{proof}",
    less="{step} minder: {points} punten{placements}{proof}",
    within=" (het beste tussen {low} en {high})",
    placements=(" en {n:+d} plaatsing", " en {n:+d} plaatsingen"),
    against=(", met {n} plaatsing {way}", ", met {n} plaatsingen {way}"),
    fewer="minder",
    extra="meer",
)


def told(row: Mapping[str, Any], title: str, language: Language) -> str:
    """Return a row of bottlenecks in words."""
    words = _DUTCH if language == "nl" else _ENGLISH

    def number(amount: float | None) -> str:
        return "?" if amount is None else amount_in_words(amount, language)

    def exact(price: float) -> str:
        return amount_in_words(price, language, 2 if abs(price) >= 1 else 6)

    pattern = words.use if row["side"] == "at most" else words.minimum
    unit = unit_in_words(row["unit"], language, row["limit"])
    use = pattern.format(used=number(row["used"]), limit=number(row["limit"]), unit=unit)
    parts = [f"{title} ({row['group']}): {use}"]
    if row["price_points_per_unit"] is not None:
        price = words.price.format(price=exact(row["price_points_per_unit"]))
        low, high = row["price_low"], row["price_high"]
        if low is not None and high > low:
            price += words.between.format(low=exact(low), high=exact(high))
        parts.append(price)
    for pattern, name in ((words.more, "one_more"), (words.less, "one_less")):
        points, placements = row[f"gain_points_of_{name}"], row[f"placements_of_{name}"]
        if points is None:
            continue
        low, high = row[f"gain_low_of_{name}"], row[f"gain_high_of_{name}"]
        proof = "" if row["is_proven"] else words.within.format(low=number(low), high=number(high))
        told_n = _placements(words, points, placements)
        parts.append(
            pattern.format(
                step=number(row["step"]), points=number(points), placements=told_n, proof=proof
            )
        )
    return "; ".join(parts)


def _placements(words: _Words, points: float, placements: int | None) -> str:
    """Tell how many more are placed, in other words where points go up and placements down."""
    if not placements:
        return ""
    if points * placements >= 0:
        return words.placements[abs(placements) != 1].format(n=placements)
    way = words.extra if placements > 0 else words.fewer
    return words.against[abs(placements) != 1].format(n=abs(placements), way=way)
