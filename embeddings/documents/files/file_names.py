"""Names of files: which do not count, and which cannot be shown or written down as they are."""

import re
from collections.abc import Iterable

_LEFT_OUT_STARTS = (".", "~$")
_LEFT_OUT_ENDINGS = ("~", ".swp", ".swo", ".tmp", ".temp", ".part", ".crdownload")
_LEFT_OUT_NAMES = frozenset({"thumbs.db", "desktop.ini", "__macosx"})
INDEX_MARK = "catalogue.sqlite"
"""The file that makes a folder an index."""
_INDEX_FILE = re.compile(
    r"catalogue\.sqlite(?:-\w+)?|build\.lock|bot\.sqlite(?:-\w+)?|dense-\d+\.faiss|words-\d+\.safetensors"
)
_SAVED_FOLDERS = frozenset(("files", "dateien", "fichiers", "archivos", "file", "bestanden"))
"""How browsers end the name of the folder that they save with a page."""
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
"""Characters that break lines, move a terminal's cursor or turn the direction of what follows."""
_MARKS = (
    *(f"/{start}" for start in (*_LEFT_OUT_STARTS, "#")),
    *(f"{ending}/" for ending in _LEFT_OUT_ENDINGS),
    *(f"/{name}/" for name in (*_LEFT_OUT_NAMES, INDEX_MARK)),
    *(f"{name}/" for name in _SAVED_FOLDERS),
)
"""What is in names, in small letters between slashes, of which one means something."""


def are_ordinary(names: Iterable[str]) -> bool:
    """Tell of names of files, all at once, that the functions below find nothing about any of them.

    >>> are_ordinary(["Bridge.html", "flood.txt"]), are_ordinary(["Bridge.html", "Bridge_files"])
    (True, False)
    """
    joined = f"/{'/'.join(names)}/".lower()
    return joined.isascii() and joined.isprintable() and not any(mark in joined for mark in _MARKS)


def is_left_out(name: str) -> bool:
    """Tell whether a name is hidden, or what editors, downloads and file managers leave lying about."""
    lower = name.lower()
    emacs = len(name) > 1 and name[0] == name[-1] == "#"
    return emacs or name.startswith(_LEFT_OUT_STARTS) or lower.endswith(_LEFT_OUT_ENDINGS) or lower in _LEFT_OUT_NAMES


def is_of_index(name: str) -> bool:
    """Tell whether a name is that of a file of an index.

    >>> is_of_index("words-000012.safetensors"), is_of_index("words.txt")
    (True, False)
    """
    return bool(_INDEX_FILE.fullmatch(name))


def is_saved_with_page(name: str, names: set[str]) -> bool:
    """Tell whether a folder holds what a browser saved with a page: "Bridge_files" beside "Bridge.html".

    >>> is_saved_with_page("Bridge_files", {"Bridge.html", "Bridge_files"})
    True
    """
    stem, _, last = name.rpartition("_") if "_" in name else name.rpartition(".")
    if not stem or last.casefold() not in _SAVED_FOLDERS:
        return False
    return any(stem + ending in names for ending in (".html", ".htm", ".xhtml"))


def fault_of(name: str) -> str | None:
    """Return what keeps a name from being a document's id, with the remedy; None for nearly every name."""
    if name.isascii() and name.isprintable():
        return None
    try:
        name.encode("utf-8")
    except UnicodeEncodeError:
        return "name that is not UTF-8: rename it"
    return "name with control characters: rename it" if _CONTROL.search(name) else None


def printable(name: str) -> str:
    """Return a name fit to be shown on one line, without terminal control characters.

    >>> printable("a" + chr(27) + "[2J.txt")
    'a\\\\x1b[2J.txt'
    """
    legible = name.encode("utf-8", "backslashreplace").decode("utf-8")
    return _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), legible)


def without_control_characters(text: str) -> str:
    """Return a text with a space for each terminal control character."""
    return _CONTROL.sub(" ", text)
