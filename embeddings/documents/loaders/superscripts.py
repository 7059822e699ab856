"""Raised and lowered figures as signs of their own, so that 10⁵ is not read as 105, nor a mark of a note as a digit."""

RAISED = str.maketrans("0123456789+-−n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿ")
LOWERED = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
