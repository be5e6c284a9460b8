"""Made-up problems of realistic shape: whole regions, and problems with a known optimum.

No other room imports it; it may import what `model` may.
"""

from placement_opt.synthetic.figures import RegionFigures, describe
from placement_opt.synthetic.planted import PlantedRegion, planted_region
from placement_opt.synthetic.region import synthetic_region

__all__ = ["PlantedRegion", "RegionFigures", "describe", "planted_region", "synthetic_region"]
