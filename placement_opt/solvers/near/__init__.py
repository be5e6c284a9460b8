"""Plans at scale, found near the relaxation: dives, parts decided again, exchanges.

Imports `bounds` and what lies below it.
"""
