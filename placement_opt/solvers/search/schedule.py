"""The time plan of the search: its shares and seconds, each with its reason."""

STOP_SECONDS = 2.0
"""How long to wait after a stop for the process of a helper to end."""

ROUNDS_PER_SECOND = 1.0
"""Neighbourhoods that stand for one second in a reproducible solve."""
