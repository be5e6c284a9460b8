"""Problems made from a problem: parts, components, lumped holders, single rows.

Imports `search` and `engines`.
"""
