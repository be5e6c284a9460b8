"""Better bounds: cuts, branching, and proofs that there is no plan.

Imports `plans` and what lies below it.
"""
