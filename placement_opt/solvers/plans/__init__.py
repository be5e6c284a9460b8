"""Plans: from prices, from a start, by neighbourhoods, by repair, and what could be added to one.

Imports `relaxation` and what lies below it.
"""
