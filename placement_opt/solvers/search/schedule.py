"""The time plan of all solvers: every share, number of seconds and patience, with its reason.

Used as ``schedule.POLL_S``, so that each has one place. Names end in ``_S`` (seconds), ``_SHARE``
(a share of time), ``_TIMES`` (a multiple of time), ``_PER_S`` (work that stands for a second) or
``_PATIENCE`` (steps without success).
"""

# Looking and stopping.

POLL_S = 0.01
"""A running solver is looked at this often: a stop is heeded at once, for hardly any work."""

PRICING_POLL_S = 0.1
"""A run of the first-order method is looked at this often: it takes seconds, in its own process."""

MEMORY_CHECK_S = 0.2
"""Memory is looked at this often: it grows slowly, and the system has to be asked."""

CP_SAT_STOP_S = 0.6
"""CP-SAT, told to stop, is waited for this long before it is left behind: mostly it heeds it."""

PART_STOP_S = 1.0
"""An independent part is: less than the whole, which has to add up what the parts found."""

SOLVER_STOP_S = 2.0
"""A whole solve is, before the plan is returned without it: scipy's programs heed no stop."""

HELPER_STOP_S = 2.0
"""A second thread of a search is: it may have a process to end."""

THREAD_STOP_S = 4.0
"""Work in a thread is, where a process would be killed: it may heed only its own time limit."""

KILL_S = 5.0
"""A process that was killed is waited for this long to be gone: the system has to clean up."""

EXIT_S = 2.0
"""The end of the program waits this long for native calls that were told to stop.

HiGHS looks for a stop now and then, not while it solves a smaller problem on the way, and the
simplex method of scipy never does.
"""

SAME_WISH_S = 1.0
"""Ctrl-C again within this time is the same wish once more: a double press, a key held."""

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
"""A limit that never comes, for solvers and waits that do not take infinity for one."""

# Before the search and where it leads nowhere.

KEEPING_S = 5.0
"""Each small problem over a given plan has this, whatever the limits: people have that plan."""

COMPLETION_S = 10.0
"""One block's own variables have this, given the pairs: mostly it takes a moment."""

PROOF_AT_ONCE_S, PROOF_AT_ONCE_SHARE = 3.0, 0.05
"""A proof before any search that there is no plan has the lesser: mostly there is a plan."""

QUICK_FLOW_S = 0.5
"""After a flow that took longer, the next ones have a process of their own, which can be killed."""

RAY_SHARE = 0.7
"""A proof that there is no plan has this share of what is left, where no plan was found; where
complete solvers can go on, half of it."""

RAY_SIMPLEX_S = 6.0
"""Once the simplex method takes longer on such a proof, as it does where few columns cost anything,
the first-order method goes on; its prices are near enough to prove what is not a close call."""

RAY_FIRST_ORDER_S = 10.0
"""One run of that method has this; the next goes on from where it ended, with more columns."""

# Prices first.

TINY_CP_SAT_S = 8.0
"""CP-SAT has a tiny problem this long before prices are tried: it is often the first to prove."""

RELAXATION_SHARE = 0.4
"""The whole linear relaxation has this share of what is left: all else follows from its prices."""

SHORT_RELAXATION_S, SHORT_RELAXATION_SHARE = 5.0, 0.8
"""In a short solve it may take up to so many seconds, or that larger share: without prices there is
no good plan of a middling problem."""

ROUGH_S = 1.0
"""A rough plan is improved first, for so long and as long as the prices took: every step helps."""

IDLE_SHARE, IDLE_S = 0.5, 4.0
"""HiGHS on the core or on the whole is given up once it has brought nothing for that share of the
time so far, and for so many seconds: its processor is put to better use."""

CORE_SHARE = 0.4
"""The first core has this share of what is left: branching comes after it."""

CORE_PACK_S = 2.0
"""The core's last proposal has this to be packed, before it counts as bringing no plan."""

REPAIR_SHARE = 0.35
"""After this share of what is left a problem without a plan goes to complete solvers."""

CUTS_S, CUTS_SHARE = 1.0, 0.25
"""Rounding cuts have at least so many seconds, and at most that share of what is left."""

BOUND_TIMES = 2
"""The bound gets this many times the seconds that plans get beside it: more of the gap is its."""

TREE_SHARE = 0.5
"""The next tree is planned to take this share of what is left: it may take longer than planned."""

# Rounds of cuts.

FIRST_LP_TIMES = 2
"""The first linear program may take this many times the limit: nothing goes on without it."""

LONG_LP_S = 15.0
"""Where it takes longer, plans are looked for around it before missing pairs are priced out."""

LAST_PRICING_SHARE = 0.5
"""The last pricings may take this share of the limit beyond it: cuts are worth nothing before."""

LEAST_CUT_LP_S = 1.0
"""A linear program with cuts has at least this, however late: what came before is lost else."""

CUTS_PATIENCE = 2
"""Rounds of cuts in a row with little progress before they end: the next may bring more."""

LEAST_LP_S = 0.1
"""What is left is at least this much for one more linear program or part: less solves nothing."""

LEAST_SIMPLEX_S = 0.01
"""The same for scipy, which is given small programs too."""

# Large problems.

PRICING_SHARE = 0.6
"""Column generation has this share of what is left: cuts and plans need the rest."""

FIRST_ORDER_RUN_S = (5.0, 5.0, 5.0, 8.0)
"""Runs of the first-order method have this: more where the columns hardly change any more."""

FIRST_ORDER_LEAST_S = 0.2
"""No run begins with less than this left: it has a process to start."""

LARGE_CUTS_SHARE = 0.45
"""After this share of what is left no other round of cuts begins: plans need the rest."""

NEAR_LP_S = 30.0
"""One linear program over the pairs near a gain has this: a few seconds, but for large regions."""

NEAR_DECIDED_S = 5.0
"""What a dive leaves open has this to be decided: without it there is no first plan."""

EXCHANGE_LP_S = 10.0
"""One relaxation without the wide rows has this: dozens of them make one step."""

EXCHANGE_DRAWS_S = 4.0
"""All of one step's have this, but for a few: choosing among exchanges is what brings plans."""

TABU_PATIENCE, TABU_KICK_PATIENCE = 700, 200
"""Steps without success after which a choice of exchanges ends, and after which it goes back to the
best and changes some at random."""

HAND_OUT_S, HAND_OUT_TIMES = 4.0, 3
"""From one handing out to single holders to the next pass so many seconds at least, and times what
it took: most of the time is for better plans."""

LAST_HAND_OUT_TIMES = 2.5
"""The last one begins when this many times the seconds of the one before are left."""

IDLE_PARTS_TIMES = 4
"""Seconds of parts count this many times while they bring nothing, so that exchanges get more."""

# Parts of a plan decided again.

PART_S = 2.0
"""A part on the exact rows has this: one that takes longer is drawn smaller next time."""

NEAR_PART_S = 1.5
"""A part near a gain has this; it need not be exact."""

NEAR_MERGE_S = 1.0
"""Sharing out again what two searchers have changed has this: it is less than a part."""

QUICK_PART_SHARE = 0.3
"""A part that is solved within this share of its time may be larger next time."""

PARTS_PATIENCE = 12
"""Parts without success before another plan, or another way to better ones, has its turn."""
