"""A result file judged again, without any solver: plan, objective, tables and bounds.

Imports everything but `cli`: the model is made again from what the result tells of it.
"""

from placement_opt.checking.check import check_result
from placement_opt.checking.check_report import CheckReport

__all__ = ["CheckReport", "check_result"]
