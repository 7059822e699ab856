"""Front matter: ``key: value`` lines between two ``---`` lines (or ``key = value``, ``+++``) at the start of a text.

Not a YAML or TOML parser: title, date and address are single values on a line; the rest of a block is passed over.
"""

import re

MAX_CHARACTERS = 20_000
"""How far into a text a block is looked for; real ones end within some hundred."""
KNOWN_KEYS = frozenset({
    "title", "date", "published", "updated", "url", "link", "source", "canonical", "permalink", "author", "authors",
    "tags", "category", "categories", "keywords", "description", "summary", "slug", "layout", "draft", "lang",
    "language", "id", "image",
})  # fmt: skip
"""A block without any of these is an article that begins with a rule; it must not be lost."""
_OPENING = re.compile(r"(---|\+\+\+)[ \t]*\r?$", re.MULTILINE)
_CLOSING = re.compile(r"^" + _OPENING.pattern, re.MULTILINE)
_KEY = re.compile(r"[\"']?([A-Za-z_][\w.-]*+)[\"']?[ \t]*+([:=])")
_SEPARATORS = {"---": ":", "+++": "="}
_CONTINUATIONS = tuple(" \t-#]}[")


def front_matter_end(text: str) -> int:
    """Return the offset behind the front matter's closing line, 0 where a text has none.

    >>> front_matter_end("---\\ntitle: A\\n---\\nText")
    17
    """
    block = _block(text)
    return block[1] if block else 0


def read_front_matter(text: str) -> dict[str, str]:
    """Return the block's simple values by lower-case key, quotation marks around them taken off."""
    block = _block(text)
    return {key: value for key, value in block[0].items() if value} if block else {}


def _block(text: str) -> tuple[dict[str, str], int] | None:
    """Return the values of a text's front matter and the offset behind it."""
    start = 1 if text.startswith("\ufeff") else 0
    opening = _OPENING.match(text, start)
    if opening is None:
        return None
    closing = _CLOSING.search(text, opening.end() + 1, start + MAX_CHARACTERS)
    if closing is None or closing[1] != opening[1]:
        return None
    values = _read_lines(text[opening.end() : closing.start()].splitlines(), _SEPARATORS[opening[1]])
    if values is None or KNOWN_KEYS.isdisjoint(values):
        return None
    end = closing.end()
    return values, end + 1 if text.startswith("\n", end) else end


def _read_lines(lines: list[str], separator: str) -> dict[str, str] | None:
    """Return the values of the lines, None where one of them is prose."""
    values: dict[str, str] = {}
    for line in lines:
        key = _KEY.match(line)
        if key and key[2] == separator:
            values.setdefault(key[1].lower(), _unquoted(line[key.end() :].strip()))
        elif line.strip() and not line.startswith(_CONTINUATIONS):
            return None
    return values


def _unquoted(value: str) -> str:
    if value in (">", "|", ">-", "|-"):  # The value is a block on the next lines; no title or date is.
        return ""
    return value[1:-1] if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'" else value
