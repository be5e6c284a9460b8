"""The time plan of all solvers: every share, number of seconds and patience, with its reason.

Modules read it as ``schedule.POLL_S``. Names end in ``_S`` (seconds), ``_SHARE`` (a share of time),
``_TIMES`` (a multiple of time), ``_PER_S`` (work that stands for a second) or ``_PATIENCE`` (steps
without success). "What is left" is the time left of the search.
"""

# Looking and stopping.

POLL_S = 0.01
"""How often a running solver is looked at: that costs hardly anything, and a stop works at once."""

PRICING_POLL_S = 0.1
"""How often a run of the first-order method is looked at: it takes seconds, in its own process."""

MEMORY_CHECK_S = 0.2
"""How often memory is looked at: it grows slowly, and asking the system takes time."""

CP_SAT_STOP_S = 0.6
"""How long CP-SAT may take to stop before it is left behind: mostly it heeds a stop at once."""

COMPONENT_STOP_S = 1.0
"""How long a component may take to stop: afterwards the results of all have to be added up."""

SOLVER_STOP_S = 2.0
"""How long a solve may take to stop before the plan is returned: scipy heeds no stop."""

HELPER_STOP_S = 2.0
"""How long a search waits for its second thread, which may have a process to end."""

THREAD_STOP_S = 4.0
"""How long to wait for work in a thread, which may end by its own time limit only."""

KILL_S = 5.0
"""How long to wait for a killed process, since the system has to clean up after it."""

EXIT_S = 2.0
"""How long the end of the program waits for native calls that were told to stop.

HiGHS checks for a stop now and then, but not while it solves a subproblem. The simplex method of
scipy never does.
"""

SAME_WISH_S = 1.0
"""Ctrl-C again within this time counts as the same press: a double press, or a key held down."""

# Work that stands for a second in a reproducible solve.

NEIGHBOURHOODS_PER_S = 1.0
"""Neighbourhoods of CP-SAT: one mostly takes a second or less."""

CP_SAT_WORK_PER_S = 0.5
"""Units of CP-SAT's deterministic time."""

HIGHS_NODES_PER_S = 5
"""Nodes of HiGHS' tree."""

FIRST_ORDER_ITERATIONS_PER_S = 300
"""Iterations of the first-order method."""

ENDLESS_S = 1e6
"""A limit that is never reached, for solvers and waits that do not take infinity."""

# Before the search, and where there may be no plan.

KEEPING_S = 5.0
"""Limit of each small problem over a given plan, whatever is left: people count on that plan."""

COMPLETION_S = 10.0
"""Limit of finding one block's own variables, given the pairs: mostly that takes a moment."""

PROOF_AT_ONCE_S, PROOF_AT_ONCE_SHARE = 3.0, 0.05
"""Limits of the first try, before any search, to prove that there is no plan: mostly there is one.
"""

QUICK_FLOW_S = 0.5
"""After a flow that took longer, the next ones run in a process, which can be killed."""

RAY_SHARE = 0.7
"""Share of what is left for the proof that there is no plan, where none was found. Half of it where
complete solvers can continue afterwards."""

RAY_SIMPLEX_S = 6.0
"""The simplex method gets so long for that proof; it is slow where few columns cost anything. Then
the first-order method takes over, whose prices prove all but close calls."""

RAY_FIRST_ORDER_S = 10.0
"""Limit of one such run: the next one starts from where it ended, with more columns."""

# Prices first.

TINY_CP_SAT_S = 8.0
"""How long CP-SAT works on a tiny problem before prices are tried: it often proves first."""

RELAXATION_SHARE = 0.4
"""Share of what is left for the linear relaxation of the whole: everything else needs its prices.
"""

SHORT_RELAXATION_S, SHORT_RELAXATION_SHARE = 5.0, 0.8
"""In a short solve the relaxation may take up to so many seconds, or this larger share: a problem
of medium size has no good plan without prices."""

ROUGH_S = 1.0
"""A rough plan is improved first, for as long as the prices took and so many seconds more: every
step helps."""

IDLE_SHARE, IDLE_S = 0.5, 4.0
"""HiGHS on the core or on the whole is given up once it has found nothing for this share of the
time so far, and for so many seconds: others make better use of its processor."""

CORE_SHARE = 0.4
"""Share of what is left for the first core: branching comes after it."""

CORE_PACK_S = 2.0
"""How long packing the core's last proposal may take: branching needs a plan."""

REPAIR_SHARE = 0.35
"""Share of what is left after which a problem without a plan goes to complete solvers."""

CUTS_S, CUTS_SHARE = 1.0, 0.25
"""Rounding cuts have at least so many seconds, and at most this share of what is left: plans are
not improved meanwhile."""

BOUND_TIMES = 2
"""The bound gets so many times the seconds of the plans: most of the gap is due to the bound."""

TREE_SHARE = 0.5
"""Share of what is left that the next tree is planned to take: it may take longer than planned."""

# Rounds of cuts.

FIRST_LP_TIMES = 2
"""The first linear program may take so many times the limit: nothing works without it."""

LONG_LP_S = 15.0
"""If the first linear program took longer, plans are sought around its optimum before missing pairs
are priced out."""

LAST_PRICING_SHARE = 0.5
"""Share of the limit that the last pricings may take on top: without them cuts prove nothing."""

LEAST_CUT_LP_S = 1.0
"""Least time of a linear program with cuts, however late it is: without it the round is lost."""

CUTS_PATIENCE = 2
"""Rounds of cuts in a row with little progress before they end: the next may bring more."""

LEAST_LP_S = 0.1
"""Least time of a linear program or a part: nothing is solved in less."""

LEAST_SIMPLEX_S = 0.01
"""The same for scipy, which also solves small programs."""

# Large problems.

PRICING_SHARE = 0.6
"""Share of what is left for column generation: cuts and plans need the rest."""

SAMPLES_SHARE = 0.5
"""Share of that for samples: rough prices do for the first-order method to start from."""

FIRST_ORDER_RUN_S = (5.0, 5.0, 5.0, 8.0)
"""Limits of the runs of the first-order method: the first ones still lack columns."""

FIRST_ORDER_LEAST_S = 0.2
"""No run begins with less time than this: it has to start a process."""

LARGE_CUTS_SHARE = 0.45
"""Share of what is left after which no other round of cuts begins: plans need the rest."""

NEAR_LP_S = 30.0
"""Limit of one linear program over the pairs near a gain: nothing works without it."""

NEAR_DECIDED_S = 5.0
"""Limit of deciding what a dive leaves open: without that there is no first plan."""

EXCHANGE_LP_S = 10.0
"""Limit of one relaxation without the wide rows: a step of exchanges needs several."""

EXCHANGE_DRAWS_S = 4.0
"""After so many seconds a step draws only as many exchanges as it needs: picking them makes plans.
"""

TABU_PATIENCE, TABU_KICK_PATIENCE = 700, 200
"""Picking exchanges ends after the first number of steps without success. After the second it goes
back to the best choice and changes some exchanges at random, to escape."""

HAND_OUT_S, HAND_OUT_TIMES = 4.0, 3
"""Plans are handed out to single holders again after so many seconds, and after so many times what
the last handing out took: most of the time is for better plans."""

LAST_HAND_OUT_TIMES = 2.5
"""The last handing out begins when so many times the seconds of the one before are left."""

IDLE_PARTS_TIMES = 4
"""Seconds of parts count so many times while parts find nothing, so that exchanges get more."""

# Parts of a plan decided again.

PART_S = 2.0
"""Limit of a part on the exact rows: one that takes longer is drawn smaller next time."""

NEAR_PART_S = 1.5
"""Limit of a part near a gain, which need not be solved to the end."""

NEAR_MERGE_S = 1.0
"""Limit of joining the changes of two searchers: that is less work than a part."""

QUICK_PART_SHARE = 0.3
"""A part that is solved within this share of its limit may be larger next time."""

PARTS_PATIENCE = 12
"""Parts in a row without success before another plan, or another way to better ones, is tried."""
