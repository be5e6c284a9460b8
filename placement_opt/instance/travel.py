"""Travel time between people and openings: the region's own table, else a straight line.

The straight line is great-circle distance times a detour factor over the speed of the person's
way of travelling, rounded up to whole minutes. Both numbers are assumptions of this library.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from placement_opt.basics.arrays import Bools, Floats, Indices, Ints
from placement_opt.basics.quantities import scaled_int
from placement_opt.instance.columns import NOT_GIVEN, TRANSPORT_MODES, UNIT
from placement_opt.instance.instance import Instance

SPEED_KM_PER_H: Mapping[str, float] = {
    "walk": 5.0,
    "bike": 15.0,
    "car": 40.0,
    "public_transport": 20.0,
}
"""Average door-to-door speed by way of travelling; an assumption, not a fact of law."""

DETOUR = 1.3
"""Length of the road over length of the straight line; an assumption."""

_DIAMETER_KM = 2 * 6371.0
_ROUND_UP_TOLERANCE = 1e-6
_COSINE_MARGIN = 1e-12


class TravelTable:
    """Travel minutes of one region, by arithmetic on whole blocks of pairs.

    Rows of the region's own table win over straight lines: first those between a candidate and an
    opening, then those between two municipalities.
    """

    def __init__(self, instance: Instance) -> None:
        candidates, openings = instance.candidates, instance.openings
        self._from = _on_sphere(candidates.latitude, candidates.longitude)
        self._to = _on_sphere(openings.latitude, openings.longitude)
        speed = np.array([SPEED_KM_PER_H[mode] for mode in TRANSPORT_MODES] + [np.nan])
        self._minutes_per_km = 60 * DETOUR / speed[candidates.transport]
        self._remote = openings.remote
        self._from_place = candidates.municipality
        self._to_place = openings.municipality
        self._n_openings = instance.n_openings
        self._between_places = self._read_places(instance)
        self._exact_key, self._exact_minutes = self._read_exact(instance)

    def minutes(self, candidate: Indices, opening: Indices) -> Ints:
        """Return minutes in millionths, broadcasting both index arrays; NOT_GIVEN where unknown."""
        gap = [self._from[axis][candidate] - self._to[axis][opening] for axis in range(3)]
        half_chord = np.sqrt(gap[0] ** 2 + gap[1] ** 2 + gap[2] ** 2) / 2
        kilometres = _DIAMETER_KM * np.arcsin(np.minimum(half_chord, 1.0))
        whole = np.ceil(kilometres * self._minutes_per_km[candidate] - _ROUND_UP_TOLERANCE)
        minutes = np.where(np.isnan(whole), NOT_GIVEN, np.maximum(whole, 0) * UNIT).astype(np.int64)
        told = self._told(candidate, opening)
        if told is not None:
            minutes = np.where(told == NOT_GIVEN, minutes, told)
        return np.where(self._remote[opening], 0, minutes)

    def within(self, candidate: Indices, opening: Indices, most: Ints) -> Bools:
        """Tell where ``minutes(candidate, opening) <= most``, or `most` is NOT_GIVEN.

        The angle between both places tells near from far without a journey for each; only pairs
        at the limit itself are looked at closely. Unknown minutes lie within every limit.

        Parameters
        ----------
        candidate, opening
            Index arrays that broadcast.
        most
            Limits in millionths of a minute, of the shape of `candidate`.
        """
        kilometres = (most // UNIT + _ROUND_UP_TOLERANCE) / self._minutes_per_km[candidate]
        limit = np.cos(np.minimum(2 * kilometres / _DIAMETER_KM, np.pi))
        limit[most == NOT_GIVEN] = -np.inf
        nearness = self._from[0][candidate] * self._to[0][opening]
        for axis in (1, 2):
            nearness += self._from[axis][candidate] * self._to[axis][opening]
        nearness -= limit
        # A place that is not known compares with nothing: the pair stays.
        near: Bools = ~(nearness < -_COSINE_MARGIN)
        flat = np.flatnonzero(near & (nearness < _COSINE_MARGIN))
        at_limit = np.unravel_index(flat, near.shape)
        told = self._told(candidate, opening)
        if told is not None:
            near = np.where(told == NOT_GIVEN, near, (told <= most) | (most == NOT_GIVEN))
        near |= self._remote[opening]
        here = np.broadcast_to(candidate, near.shape)[at_limit]
        there = np.broadcast_to(opening, near.shape)[at_limit]
        near[at_limit] = self.minutes(here, there) <= np.broadcast_to(most, near.shape)[at_limit]
        return near

    def _told(self, candidate: Indices, opening: Indices) -> Ints | None:
        """Return the minutes of the region's own table, NOT_GIVEN elsewhere; None without one."""
        told = None
        if self._between_places is not None:
            told = self._between_places[self._from_place[candidate], self._to_place[opening]]
        if self._exact_key.size:
            key = candidate.astype(np.int64) * self._n_openings + opening
            at = np.minimum(np.searchsorted(self._exact_key, key), self._exact_key.size - 1)
            between = np.int64(NOT_GIVEN) if told is None else told
            told = np.where(self._exact_key[at] == key, self._exact_minutes[at], between)
        return told

    @staticmethod
    def _read_places(instance: Instance) -> Ints | None:
        """Minutes between municipalities; row and column -1 stand for "no municipality"."""
        rows = {id_: row for row, id_ in enumerate(instance.municipality_ids)}
        table = np.full((len(rows) + 1, len(rows) + 1), NOT_GIVEN, dtype=np.int64)
        found = False
        for origin, to, minutes in instance.region.travel_minutes:
            if origin in rows and to in rows:
                table[rows[origin], rows[to]] = scaled_int(minutes, 6)
                found = True
        return table if found else None

    @staticmethod
    def _read_exact(instance: Instance) -> tuple[Ints, Ints]:
        entries = sorted(
            (
                instance.candidate_idx(origin) * instance.n_openings + instance.opening_idx(to),
                scaled_int(minutes, 6),
            )
            for origin, to, minutes in instance.region.travel_minutes
            if origin in instance.candidate_of and to in instance.opening_of
        )
        keys = np.array([key for key, _ in entries], dtype=np.int64)
        return keys, np.array([minutes for _, minutes in entries], dtype=np.int64)


def _on_sphere(latitude: Floats, longitude: Floats) -> npt.NDArray[np.float64]:
    """Return unit vectors, shape (3, n); differences of equal places are exactly zero."""
    lat, lon = np.radians(latitude), np.radians(longitude)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])
