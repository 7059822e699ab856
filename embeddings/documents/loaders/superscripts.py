"""Raised and lowered figures as signs of their own, so that 10⁵ is not read as 105, nor a mark of a note as a digit."""

RAISED = str.maketrans("0123456789+-−–n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁻ⁿ")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


def raise_figures(text: str) -> str:
    """Return what is set raised: figures alone as signs of their own, other text as it is.

    >>> raise_figures("12"), raise_figures("th")
    ('¹²', 'th')
    """
    return text.translate(RAISED) if all(ord(sign) in RAISED for sign in text) else text
