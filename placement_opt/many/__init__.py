"""Solves side by side: many regions on any executor, and one solve in an asyncio app.

`solve_many` gives each region to an executor, takes results as they come, and puts them together.
What a worker does is in `task`; it knows nothing of executors. What goes back and forth meanwhile,
progress and the wish to stop, goes by files (`wire`), so that threads, processes and workers of a
cluster are treated alike. May import all rooms but the command line.
"""

from placement_opt.many.in_asyncio import solve_async as solve_async
from placement_opt.many.nation import NationResult as NationResult
from placement_opt.many.nation import RegionFailure as RegionFailure
from placement_opt.many.side_by_side import solve_many as solve_many
