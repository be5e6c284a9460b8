"""Problems made from a problem: parts, components, coaches lumped together, single rows.

Imports `search` and `engines`.
"""
