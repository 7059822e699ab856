"""Front matter: YAML between two ``---`` lines, or TOML between two ``+++`` lines, at the start of a text.

PyYAML and ``tomllib`` read it. A block that YAML refuses is read line by line: people write titles with a colon in
them, and the title should survive that.
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
    """Return the offset after the front matter's closing line, 0 where a text has none.

    >>> front_matter_end("---\\ntitle: A\\n---\\nText")
    17
    """
    return read_front_matter(text)[1]


def read_front_matter(text: str) -> tuple[dict[str, str], int]:
    """Return the block's simple values by lower-case key, without quotation marks, and the offset after the block."""
    values, end = _block(text) or ({}, 0)
    return {key: value for key, value in values.items() if value}, end


def _block(text: str) -> tuple[dict[str, str], int] | None:
    """Return the values of a text's front matter and the offset after it."""
    start = 1 if text.startswith("\ufeff") else 0
    opening = _OPENING.match(text, start)
    if opening is None:
        return None
    closing = _CLOSING.search(text, opening.end() + 1, start + MAX_CHARACTERS)
    if closing is None or closing[1] != opening[1]:
        return None
    values = _read_block(text[opening.end() : closing.start()], opening[1])
    if values is None or KNOWN_KEYS.isdisjoint(values):
        return None
    end = closing.end()
    return values, end + 1 if text.startswith("\n", end) else end


def _read_block(block: str, mark: str) -> dict[str, str] | None:
    """Return the block's values, None where it is prose."""
    lines = _read_lines(block.splitlines(), _SEPARATORS[mark])
    if lines is None:
        return None
    try:
        parsed = _parse(block, mark)
    except ValueError:
        return lines
    return {str(key).lower(): _written(value) for key, value in parsed.items()} if isinstance(parsed, dict) else lines


def _parse(block: str, mark: str) -> object:
    """Parse YAML or TOML.

    Raises:
        ValueError: it is none.
    """
    if mark == "+++":
        import tomllib

        return tomllib.loads(block)
    import yaml

    try:
        return yaml.safe_load(block)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError("not YAML") from error


def _written(value: object) -> str:
    """Return a single value, or a list of them, as text; "" for anything nested."""
    if isinstance(value, list):
        return ", ".join(filter(None, (_written(one) for one in value if not isinstance(one, list | dict))))
    if isinstance(value, dict):
        return str(value["name"]) if isinstance(value.get("name"), str) else ""
    return "" if value is None else str(value).strip()


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
