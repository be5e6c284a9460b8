"""The plain reading of a journey along a straight line; lowering has its own in `travel`."""

import math
from fractions import Fraction

from placement_opt.instance.travel import DETOUR, SPEED_KM_PER_H

EARTH_RADIUS_KM = 6371.0
MINUTES_TOLERANCE = 1e-6


def straight_line_minutes(
    origin: tuple[float, float], to: tuple[float, float], transport: str
) -> Fraction:
    """Return door-to-door minutes by great circle, detour and mode speed, rounded up.

    The speeds and the detour are assumptions of this library, documented in
    placement_opt.instance.travel; a region that knows better gives its own table.
    """
    lat_1, lon_1, lat_2, lon_2 = (math.radians(x) for x in (*origin, *to))
    half = (
        math.sin((lat_2 - lat_1) / 2) ** 2
        + math.cos(lat_1) * math.cos(lat_2) * math.sin((lon_2 - lon_1) / 2) ** 2
    )
    kilometres = 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(half)))
    minutes = kilometres * DETOUR / SPEED_KM_PER_H[transport] * 60
    return Fraction(max(0, math.ceil(minutes - MINUTES_TOLERANCE)))
