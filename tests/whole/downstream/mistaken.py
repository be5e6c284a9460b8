"""Mistakes that a type checker has to find: each line that is marked, and no other."""

import placement_opt as po


def mistakes(region: po.Region) -> None:
    """Make them."""
    po.solve(region, time_limit="ten")  # mistake
    po.solve(region, 10, gap="small")  # mistake
    po.solve_many(7)  # mistake
    po.solve_many({"A": region}, "threads")  # mistake
    po.solve_async(region, spd=1)  # mistake
    result = po.solve(region)
    result.objective + 1  # mistake
    print(result.no_such_table)  # mistake
    result.status = "OPTIMAL"  # mistake
    print(po.no_such_name)  # mistake
    po.Model(region).add("a rule")  # mistake
