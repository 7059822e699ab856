"""Plain text and Markdown: the text is the file, unchanged; title, date and address come from its head."""

import re

from embeddings.loaders.dates import read_date
from embeddings.loaders.decode import decode
from embeddings.loaders.frontmatter import front_matter_end, read_front_matter
from embeddings.loaders.loaded import Loaded

_HEADING = re.compile(r"^[ ]{0,3}#[ \t]+(.+?)[ \t]*#*[ \t\r]*$", re.MULTILINE)
_HEAD_CHARACTERS = 3000
"""How far into an article its heading may stand."""


def load_plain(data: bytes) -> Loaded:
    """Load plain text or Markdown.

    Raises:
        LoadError: not text, or not in an encoding that can be told.
    """
    text = decode(data)
    stated = read_front_matter(text)
    body = front_matter_end(text)
    return Loaded(
        text,
        stated.get("title") or title_of(text[body : body + _HEAD_CHARACTERS]),
        read_date(stated.get("date") or stated.get("published")),
        next((stated[key] for key in ("url", "link", "source", "canonical") if _is_address(stated.get(key))), None),
    )


def title_of(text: str) -> str | None:
    """Return a text's heading, else its first line with a letter or digit in it.

    A heading is a Markdown one before which nothing but a few short lines stand.
    """
    lines = [line.strip("\ufeff \t\r#*_=") for line in text.split("\n")]
    first = next((line for line in lines if any(c.isalnum() for c in line)), None)
    heading = _HEADING.search(text)
    if heading and text[: heading.start()].count("\n") <= 5:
        return heading.group(1).strip("*_ ")
    return first


def _is_address(value: str | None) -> bool:
    return bool(value) and value.startswith(("http://", "https://"))
