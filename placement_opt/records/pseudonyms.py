"""Pseudonyms for people whose number could be a citizen service number (BSN).

A number of nine digits can be tried out, so that a plain hash of it hides nothing: the pseudonym
depends on a key that only its owner has. The same number and key give the same pseudonym, so that
last week's plan still fits this week's people.
"""

import hashlib
import hmac

from placement_opt.basics.bsn import looks_like_bsn

_DIGITS = 12


def pseudonym(id_: str, key: str) -> str:
    """Return the pseudonym of an id that could be a BSN; any other id stays as it is.

    Parameters
    ----------
    id_
        The id.
    key
        A secret text, the same every time.

    Examples
    --------
    >>> from placement_opt.records.pseudonyms import pseudonym
    >>> pseudonym("C-1", "a secret")
    'C-1'
    >>> pseudonym("123456782", "a secret")
    'P-f47cf3ef717b'
    """
    if not looks_like_bsn(id_):
        return id_
    digits = "".join(filter(str.isdigit, id_))
    seal = hmac.new(key.encode(), digits.encode(), hashlib.sha256).hexdigest()
    return f"P-{seal[:_DIGITS]}"
