"""Chooses the divisor and the complemented variables that make a rounding cut deepest."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from placement_opt.basics.arrays import Bools, Floats, Ints

MOST_DIVISORS = 8
"""At most so many coefficients are tried as divisors, with their halves and thirds."""

MOST_TURNS = 15
"""At most so many variables are complemented one by one, the most fractional first."""

PROMISING = -0.2
"""Below this depth, to complement single variables leads to no violated cut."""


@dataclass(frozen=True, eq=False)
class Deepest:
    """The deepest cut of several sums.

    Parameters
    ----------
    depth
        Distance from the point to the cut; negative when the point keeps it.
    number
        The sum that it rounds.
    delta
        Its divisor.
    complemented
        Which variables are counted from their upper bound, shape (n,).
    """

    depth: float
    number: int
    delta: int
    complemented: Bools


@dataclass(frozen=True, eq=False)
class _Sums:
    """Sums ``coefficient @ x >= limit`` at a point, ``0 <= x <= width``; see `deepest`."""

    coefficient: Floats
    limit: Floats
    above: Floats
    width: Floats
    is_integer: Bools

    def complemented(self, down: Bools) -> "_Sums":
        """Count some variables from their upper bound."""
        return replace(
            self,
            coefficient=np.where(down, -self.coefficient, self.coefficient),
            limit=self.limit - self.coefficient[:, down] @ self.width[down],
            above=np.where(down, self.width - self.above, self.above),
        )

    def only(self, number: int) -> "_Sums":
        """Keep one sum."""
        return replace(
            self,
            coefficient=self.coefficient[number : number + 1],
            limit=self.limit[number : number + 1],
        )

    def depths(self, delta: Floats) -> Floats:
        """Return the depth for each sum and each of its divisors; both have shape (V, D)."""
        quotient = np.floor(self.limit[:, None] / delta)
        remainder = self.limit[:, None] - quotient * delta
        kept = _rounded(self.coefficient, remainder, delta)
        if not self.is_integer.all():
            kept[:, :, ~self.is_integer] = np.maximum(self.coefficient[:, ~self.is_integer], 0)[
                :, None, :
            ]
        missing = (quotient + 1) * remainder - kept @ self.above
        length = np.sqrt(np.einsum("vdn,vdn->vd", kept, kept)) + 1e-12
        return np.where(remainder > 0, missing / length, -np.inf)


def _rounded(coefficient: Floats, remainder: Floats, delta: Floats) -> Floats:
    """Return F of `formulation.mixed_integer_rounding`: (V, n) coefficients to (V, D, n).

    Floating point is exact below 2^50, and many times as quick as integer division.
    """
    quotient: Floats = np.floor(coefficient[:, None, :] / delta[:, :, None])
    rest: Floats = coefficient[:, None, :] - quotient * delta[:, :, None]
    np.minimum(rest, remainder[:, :, None], out=rest)
    quotient *= remainder[:, :, None]
    quotient += rest
    return quotient


def deepest(
    coefficient: Ints, limit: Ints, above: Floats, width: Ints, is_integer: Bools
) -> Deepest | None:
    """Round sums in several ways; return the cut that a point violates most.

    Parameters
    ----------
    coefficient, limit
        Sums ``coefficient @ x >= limit``, shapes (V, n) and (V,), int64.
    above, width
        The point, and the variables' ranges: 0 <= above <= width, shape (n,).
    is_integer
        Which variables must be integers, shape (n,).

    Returns
    -------
    Deepest or None
        None where no coefficient is larger than one.
    """
    sums = _Sums(
        coefficient.astype(np.float64),
        limit.astype(np.float64),
        above,
        width.astype(np.float64),
        is_integer,
    )
    delta = _divisors(sums)
    if delta is None:
        return None
    best = None
    for down in _complements(sums):
        turned = sums.complemented(down)
        depth = turned.depths(delta)
        number, at = np.unravel_index(int(np.argmax(depth)), depth.shape)
        found = Deepest(float(depth[number, at]), int(number), int(delta[number, at]), down)
        found = _divided(turned, found)
        if best is None or found.depth > best.depth:
            best = found
    return None if best is None else _refined(sums, best)


def _complements(sums: _Sums) -> Iterator[Bools]:
    """Yield what to complement: nothing, variables nearer to their upper bound, those at it."""
    nearer = sums.is_integer & (2 * sums.above > sums.width)
    at_upper = sums.is_integer & (sums.above >= sums.width)
    yield np.zeros(sums.is_integer.size, dtype=np.bool_)
    if nearer.any():
        yield nearer
    if at_upper.any() and not np.array_equal(at_upper, nearer):
        yield at_upper


def _divisors(sums: _Sums) -> Floats | None:
    """Return divisors for each sum, shape (V, D), padded with ones, which round nothing."""
    integer = np.flatnonzero(sums.is_integer)
    if integer.size == 0:
        return None
    size = np.abs(sums.coefficient[:, integer])
    middle = np.minimum(sums.above, sums.width - sums.above)[integer] + 1e-3 * sums.above[integer]
    lists = []
    for row in size:
        values, code = np.unique(row, return_inverse=True)
        weight = np.bincount(code, weights=middle)
        order = np.argsort(-weight, kind="stable")
        taken = values[order[values[order] > 1][:MOST_DIVISORS]]
        lists.append({1.0, *taken, *(taken // 2), *(taken // 3), values[-1] + 1})
    longest = max(len(part) for part in lists)
    result = np.ones((len(lists), longest))
    for at, part in enumerate(lists):
        result[at, : len(part)] = np.maximum(sorted(part), 1)
    return result if result.max() > 1 else None


def _divided(turned: _Sums, found: Deepest) -> Deepest:
    """Try a half, a quarter and an eighth of the divisor; return the deepest."""
    smaller = [found.delta // part for part in (2, 4, 8) if found.delta // part > 1]
    if not smaller or not np.isfinite(found.depth):
        return found
    delta = np.array([smaller], dtype=np.float64)
    depth = turned.only(found.number).depths(delta)[0]
    at = int(np.argmax(depth))
    if depth[at] <= found.depth:
        return found
    return replace(found, depth=float(depth[at]), delta=smaller[at])


def _refined(sums: _Sums, found: Deepest) -> Deepest:
    """Complement single fractional variables wherever that makes the cut deeper."""
    if found.depth < PROMISING:
        return found
    one = sums.only(found.number)
    delta = np.array([[found.delta]], dtype=np.float64)
    between = np.flatnonzero(sums.is_integer & (sums.above < sums.width))
    from_middle = np.abs(2 * sums.above[between] - sums.width[between])
    for member in between[np.argsort(from_middle, kind="stable")][:MOST_TURNS].tolist():
        down = found.complemented.copy()
        down[member] = ~down[member]
        depth = float(one.complemented(down).depths(delta)[0, 0])
        if depth > found.depth + 1e-9:
            found = replace(found, depth=depth, complemented=down)
    return found
