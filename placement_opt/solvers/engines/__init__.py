"""Other people's solvers, each behind one door: CP-SAT, HiGHS, GLOP, PDLP, and jobs in processes.

Imports `search`.
"""
