"""Front matter: a block of ``key: value`` lines between two ``---`` lines at the very start of a text.

Not a YAML parser: title, date and address are single values on a line; anything else in the block is passed over.
"""

import re

MAX_CHARACTERS = 20_000
_LINE = re.compile(r"^([A-Za-z_-]+)[ \t]*:[ \t]*(.*?)[ \t\r]*$")
_FENCE = re.compile(r"^(?:---|\+\+\+)[ \t]*\r?$", re.MULTILINE)


def front_matter_end(text: str) -> int:
    """Return the offset behind the front matter's closing line, 0 where a text has none.

    >>> front_matter_end("---\\ntitle: A\\n---\\nText")
    17
    """
    start = len(text) - len(text.lstrip("\ufeff"))
    first = _FENCE.match(text, start)
    if first is None:
        return 0
    closing = _FENCE.search(text, first.end() + 1, start + MAX_CHARACTERS)
    if closing is None or closing.group(0).strip() != first.group(0).strip():
        return 0
    lines = text[first.end() : closing.start()].splitlines()
    # A horizontal rule opens some articles: it is front matter only where a key stands in it and no prose does.
    keyed = [line for line in lines if _LINE.match(line)]
    prose = [line for line in lines if line.strip() and not _LINE.match(line) and line[0] not in " \t-#]}"]
    if not keyed or prose:
        return 0
    end = closing.end()
    return end + 1 if text[end : end + 1] == "\n" else end


def read_front_matter(text: str) -> dict[str, str]:
    """Return the block's simple values by lower-case key, quotation marks around them taken off."""
    found = {}
    for line in text[: front_matter_end(text)].splitlines():
        match = _LINE.match(line)
        if match and match.group(2):
            value = match.group(2)
            if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
                value = value[1:-1]
            found.setdefault(match.group(1).lower(), value)
    return found
