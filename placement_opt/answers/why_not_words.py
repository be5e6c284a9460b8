"""Tells why a person is not somewhere, in English or Dutch, and no more than a reader may see."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal, NamedTuple

from placement_opt.answers.day_words import from_day

if TYPE_CHECKING:
    from placement_opt.answers.why_not import WhyNot


class _Words(NamedTuple):
    anywhere: str
    placed: str
    starts: str
    out: str
    open: str
    closed: str
    impossible: str
    nothing_lost: str
    exact: str
    between: str
    unknown: str
    loss: str
    better: str
    price: str
    move: str
    none: str
    others: tuple[str, str]
    fits: str
    unfit: str


_ENGLISH = _Words(
    anywhere="any opening",
    placed="{who} is proposed for {where}{day}.",
    starts="In the plan found with it, {who} works there{day}.",
    out="{who} cannot be placed in {where}: {reasons}.",
    open="{who} could be placed in {where}, but is not: {reasons}.",
    closed="{who} could be placed in {where}.",
    impossible="No plan can hold this placement.",
    nothing_lost="Proven: nothing is lost by this placement.",
    exact="Proven: the best plan with this placement has {regret:,.0f} points less.",
    between="Proven: the best plan with it has between {lower:,.0f} and {upper:,.0f} points less.",
    unknown="What the best plan would lose by it is not proven.",
    loss="From this plan, it costs {loss:,.0f} points: {moves}.",
    better="A plan with it was found that is {gain:,.0f} points better: {moves}.",
    price="The prices of what is scarce estimate {price:,.0f} points.",
    move="{who} from {before} to {after}",
    none="no placement",
    others=(
        "For that, 1 other person would get another place or none.",
        "For that, {n} other people would get another place or none.",
    ),
    fits="{who} fits the work, and the plan as a whole proposes something else.",
    unfit="{who} cannot be proposed for {where}.",
)
_DUTCH = _Words(
    anywhere="een vacature",
    placed="{who} is voorgesteld voor {where}{day}.",
    starts="In het gevonden plan ermee werkt {who} daar{day}.",
    out="{who} kan niet in {where} geplaatst worden: {reasons}.",
    open="{who} zou in {where} geplaatst kunnen worden, maar is dat niet: {reasons}.",
    closed="{who} zou in {where} geplaatst kunnen worden.",
    impossible="Geen plan kan deze plaatsing bevatten.",
    nothing_lost="Bewezen: met deze plaatsing gaat niets verloren.",
    exact="Bewezen: het beste plan met deze plaatsing heeft {regret:,.0f} punten minder.",
    between="Bewezen: het beste plan ermee heeft {lower:,.0f} tot {upper:,.0f} punten minder.",
    unknown="Wat het beste plan erdoor zou verliezen, is niet bewezen.",
    loss="Vanuit dit plan kost het {loss:,.0f} punten: {moves}.",
    better="Er is een plan ermee gevonden dat {gain:,.0f} punten beter is: {moves}.",
    price="De prijzen van wat schaars is, schatten {price:,.0f} punten.",
    move="{who} van {before} naar {after}",
    none="geen plaatsing",
    others=(
        "Daarvoor zou 1 ander een andere plaats krijgen of geen.",
        "Daarvoor zouden {n} anderen een andere plaats krijgen of geen.",
    ),
    fits="{who} past bij het werk, en het hele plan stelt iets anders voor.",
    unfit="{who} kan niet worden voorgesteld voor {where}.",
)
SHOWN_MOVES = 12
"""So many moves are told; the others are counted."""


def told(
    answer: "WhyNot",
    language: Literal["en", "nl"],
    to: Literal["person", "consultant", "employer"],
) -> str:
    """Return the answer in words; see `WhyNot.text` for who sees what."""
    words = _DUTCH if language == "nl" else _ENGLISH
    named = {
        "who": answer.candidate_id,
        "where": answer.opening_id or words.anywhere,
        "day": from_day(answer.starts_on, language),
    }
    if answer.is_placed:
        return words.placed.format(**named)
    if to == "employer":
        return (words.fits if answer.is_eligible else words.unfit).format(**named)
    lines = [_in_the_way(answer, words, language, to, named)]
    if answer.is_eligible:
        lines += (
            _for_consultants(answer, words) if to == "consultant" else _for_person(answer, words)
        )
        if answer.starts_on is not None:
            lines.append(words.starts.format(**named))
    return "\n".join(lines)


def _in_the_way(
    answer: "WhyNot", words: _Words, language: str, to: str, named: dict[str, str]
) -> str:
    """Say what stands in the way. Of an eligible pair that names others: not for the person."""
    if answer.is_eligible and (to == "person" or not answer.reasons):
        return words.closed.format(**named)
    texts = []
    for one in answer.reasons:
        title, text = (one.title_nl, one.text_nl) if language == "nl" else (one.title, one.text)
        texts.append(f"{title}: {text}" if title else text)
    pattern = words.open if answer.is_eligible else words.out
    return pattern.format(reasons="; ".join(texts).rstrip("."), **named)


def _for_consultants(answer: "WhyNot", words: _Words) -> Iterator[str]:
    if answer.is_possible is False:
        yield words.impossible
        return
    if answer.regret_points is not None:
        pattern = words.exact if answer.regret_points else words.nothing_lost
        yield pattern.format(regret=answer.regret_points)
    elif answer.regret_bounds is not None:
        yield words.between.format(lower=answer.regret_bounds[0], upper=answer.regret_bounds[1])
    else:
        yield words.unknown
    if answer.loss_points is not None:
        moves = "; ".join(_moves(answer, words)) or words.none
        pattern = words.better if answer.loss_points < 0 else words.loss
        yield pattern.format(loss=answer.loss_points, gain=-answer.loss_points, moves=moves)
    if answer.price_points is not None and answer.regret_points is None:
        yield words.price.format(price=answer.price_points)


def _for_person(answer: "WhyNot", words: _Words) -> Iterator[str]:
    if answer.is_possible is False:
        yield words.impossible
    others = sum(move.candidate_id != answer.candidate_id for move in answer.moves)
    if others:
        yield words.others[others > 1].format(n=others)


def _moves(answer: "WhyNot", words: _Words) -> Iterator[str]:
    for move in answer.moves[:SHOWN_MOVES]:
        before, after = move.before or words.none, move.after or words.none
        yield words.move.format(who=move.candidate_id, before=before, after=after)
    if len(answer.moves) > SHOWN_MOVES:
        yield f"+ {len(answer.moves) - SHOWN_MOVES}"
