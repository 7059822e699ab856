"""Plain text and Markdown: the text is the file, unchanged; title, date and address come from its head."""

import re

from embeddings.documents.files.dates import read_date
from embeddings.documents.files.decode import bad_bytes, decode
from embeddings.documents.loaded import Loaded
from embeddings.documents.loaders.frontmatter import read_front_matter
from embeddings.documents.loaders.outline import find_outline, without_fences
from embeddings.documents.structure import Structure

HEAD_CHARACTERS = 3000
"""How far into an article its heading may be."""
MAX_LINES_BEFORE_HEADING = 5
MAX_TITLE_LINE = 150
"""Characters. A longer first line is a paragraph, and no title."""
BEGINNING = 80
"""Characters of a paragraph that stand for a title which is missing."""
MAX_TITLE_WORDS = 12
"""Words up to which a first line that ends in a full stop may still be a title."""
_HEADING = re.compile(r"^ {0,3}#[ \t]+(\S[^\n]*)", re.MULTILINE)
_MARKUP = re.compile(r"!\[[^\]\n]*+\]\([^)\n]*+\)|</?[A-Za-z][^<>\n]*+>|<!--.*?-->")
_LINK = re.compile(r"\[([^\]\n]*+)\]\([^)\n]*+\)")
_AROUND = "\ufeff \t\r#*_=`"


def load_plain(data: bytes) -> Loaded:
    """Load plain text or Markdown.

    Raises:
        LoadError: not text, or not in an encoding that can be detected.
    """
    text = decode(data)
    stated, body = read_front_matter(text)
    headings, tables = find_outline(text, body)
    title = stated.get("title") or title_of(without_fences(text[body : body + HEAD_CHARACTERS]))
    return Loaded(
        text,
        title,
        read_date(stated.get("date") or stated.get("published")),
        next((stated[key] for key in ("url", "link", "canonical", "source") if _is_address(stated.get(key))), None),
        Structure(author=stated.get("author") or stated.get("authors"), headings=headings, tables=tables),
        f"{bad} byte(s) that are not UTF-8 read as \ufffd" if (bad := bad_bytes(text, data)) else None,
    )


def title_of(head: str) -> str | None:
    """Return the heading of a text's head, else its first line with a letter or digit in it; None without either.

    A heading is a Markdown one after at most a few lines. Of a first line that is no title but a paragraph, or a whole
    sentence, the beginning is given as such: it names what the text is about, as a file's name may not.
    """
    heading = _HEADING.search(head)
    if heading and head[: heading.start()].count("\n") <= MAX_LINES_BEFORE_HEADING and (title := _bare(heading[1])):
        return title
    first = next((title for line in re.split(r"[\n\r]", head) if (title := _bare(line))), None)
    return _beginning(first) if first and _is_sentence(first) else first


def _is_sentence(line: str) -> bool:
    """Tell whether a line is a sentence or more, not a title.

    >>> _is_sentence("Fire at the station."), _is_sentence("The barn of " + "a man " * 9 + "burned down.")
    (False, True)
    """
    return len(line) > MAX_TITLE_LINE or (line.endswith((".", "…")) and len(line.split()) > MAX_TITLE_WORDS)


def _beginning(line: str) -> str:
    """Return a sentence's first words.

    >>> _beginning("A man of 44 was arrested on Thursday for stealing eleven owls from the aviary at Castle Rheged.")
    'A man of 44 was arrested on Thursday for stealing eleven owls from the aviary…'
    """
    return f"{line[:BEGINNING].rpartition(' ')[0] or line[:BEGINNING]}…"


def _bare(line: str) -> str | None:
    """Return a line without its Markdown, None where no word remains."""
    bare = _LINK.sub(r"\1", _MARKUP.sub("", line)).strip(_AROUND)
    return bare if any(character.isalnum() for character in bare) else None


def _is_address(value: str | None) -> bool:
    return bool(value) and value.startswith(("http://", "https://"))
