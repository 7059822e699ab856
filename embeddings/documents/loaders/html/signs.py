"""Signs that stand for line breaks and numbers of items while an extractor has the text: it would drop these."""

LINE_BREAK = "⁋"
"""Stands for a ``br`` until the text is out, where else every line would be a paragraph. A sign that no page has; of
those made for this, trafilatura takes some out."""
NUMBERED = "⁌"
"""Stands before the number of an item until the text is out, which gives each item a dash."""


def with_breaks(text: str) -> str:
    """Write the signs of single line breaks as such, as a space in a row of a table.

    >>> with_breaks(f"Mill Lane 4{LINE_BREAK}Rovik")
    'Mill Lane 4\\nRovik'
    """
    if NUMBERED in text:
        text = text.replace(f"- {NUMBERED}", "").replace(NUMBERED, "")
    if LINE_BREAK not in text:
        return text
    blocks = []
    for block in text.split("\n\n"):
        to = " " if block.startswith("|") else "\n"
        lines = (line.strip() for line in block.replace(LINE_BREAK, to).split("\n"))
        blocks.append("\n".join(filter(None, lines)))
    return "\n\n".join(filter(None, blocks))
