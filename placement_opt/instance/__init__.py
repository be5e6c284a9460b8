"""A region as aligned columns of integers, the journeys in it, and a plan as people read it.

Imports `basics`, `rulebook` and `records`.
"""
