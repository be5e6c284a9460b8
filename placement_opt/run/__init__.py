"""One solve around the solver: from rules to a compiled model, and from an answer to a judged plan.

Imports `solvers` and what lies below them.
"""
