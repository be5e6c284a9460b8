"""Citizen service numbers: what could be one is refused as an id and masked in every text."""

_BSN_LENGTH = 9


def looks_like_bsn(text: str) -> bool:
    """Tell whether a text could be a citizen service number (burgerservicenummer, BSN).

    That is: nine digits, apart from blanks, dots and dashes, not all zero, that pass the 11-test
    ``9*d1 + 8*d2 + ... + 2*d8 - 1*d9 = 0 (mod 11)``. About one in eleven other nine-digit numbers
    passes it too. Such a number is never needed to plan and is refused as an id (Wabb, art. 10:
    use is reserved to public bodies; GDPR, art. 5(1)(c)).
    """
    if len(text) < _BSN_LENGTH:
        return False
    seen = text if text.isprintable() else "".join(filter(str.isprintable, text))
    digits = seen.replace(" ", "").replace(".", "").replace("-", "")
    if len(digits) != _BSN_LENGTH or not digits.isdecimal() or int(digits) == 0:
        return False
    weights = (9, 8, 7, 6, 5, 4, 3, 2, -1)
    return sum(w * int(d) for w, d in zip(weights, digits, strict=True)) % 11 == 0


def masked(value: object) -> object:
    """Return `value` as it may be shown in an error text: a BSN-like number keeps three digits."""
    if type(value) is list or type(value) is tuple:
        return type(value)(map(masked, value))
    if isinstance(value, dict):
        return {key: masked(entry) for key, entry in value.items()}
    text = str(value) if isinstance(value, (str, int)) else ""
    if not looks_like_bsn(text):
        return value
    return "******" + "".join(filter(str.isdigit, text))[-3:]
