"""Rankings of a market with two sides, read by hand."""


def rank(ranking, name):
    """Return the place of a name, from 0, which those of a tie share; None for no place."""
    for place, entry in enumerate(ranking):
        if name == entry or (isinstance(entry, tuple) and name in entry):
            return place
    return None
