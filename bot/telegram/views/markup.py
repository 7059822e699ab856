"""HTML that Telegram accepts: blocks of styled runs, packed into messages.

Text is split before it is marked up, so tags are always balanced. Lengths are in UTF-16 units, which is safe under
either reading of Telegram's limit of 4096 characters. Nothing here depends on answers or chats.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

MESSAGE_UNITS = 4000
"""UTF-16 units in one message: Telegram takes 4096 after entity parsing; some are left for what clients add."""

_NOT_TEXT = re.compile(r"[\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_BIDI_OVERRIDE = re.compile(r"[\u202a-\u202e]")
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Co", "Cs", "Mn", "Me", "Zs", "Zl", "Zp"})
"""Not "Cn": clients may show characters newer than Python's Unicode, except those reserved to be ignored."""
_IGNORED = re.compile(r"[\u2065\ufff0-\ufff8\U000e0000-\U000e0fff]")
_JOINERS = frozenset("\u200d\ufe0e\ufe0f\u20e3")


@dataclass(frozen=True, slots=True)
class Run:
    """Text in one style."""

    text: str
    bold: bool = False
    italic: bool = False
    link: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """A line of text, or a block quotation (``folded`` shows its first lines only)."""

    runs: tuple[Run, ...]
    quote: bool = False
    folded: bool = False


def line(*runs: Run | str) -> Block:
    """Make a plain block; strings become unstyled runs.

    >>> line("a ", Run("b", bold=True)).runs
    (Run(text='a ', bold=False, italic=False, link=None), Run(text='b', bold=True, italic=False, link=None))
    """
    return Block(tuple(Run(run) if isinstance(run, str) else run for run in runs))


def units(text: str) -> int:
    """Length in UTF-16 code units.

    >>> units("a😀")
    3
    """
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Return text that Telegram shows unchanged: without lone surrogates, control characters and bidi overrides."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _NOT_TEXT.sub("\ufffd", text)
    return _BIDI_OVERRIDE.sub("", _CONTROL.sub(" ", text))


def visible(text: str) -> bool:
    """Tell whether anything of the text is visible: Telegram refuses messages without visible text."""
    text = _IGNORED.sub("", text)
    return any(unicodedata.category(c) not in _INVISIBLE_CATEGORIES and c not in _BLANK for c in text)


def escape(text: str) -> str:
    """Escape the four characters that Telegram's HTML has entities for.

    >>> escape('<b> & "x"')
    '&lt;b&gt; &amp; &quot;x&quot;'
    """
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def fitting(text: str, limit: int) -> int:
    """Return how many characters of ``text`` fit into ``limit`` UTF-16 units, ending at white space if any is near.

    A composed emoji or accented letter is not split unless it alone exceeds the limit.
    """
    end = min(len(text), limit)
    while (over := units(text[:end]) - limit) > 0:
        end -= max(1, over // 2)
    if end == len(text):
        return end
    near = max(text.rfind(" ", 0, end), text.rfind("\n", 0, end))
    if near > end * 3 // 4:
        return near + 1
    whole = end
    while whole > 0 and _continues(text, whole):
        whole -= 1
    return whole or max(end, 1)


def _continues(text: str, at: int) -> bool:
    """Tell whether the character at ``at`` belongs to the one before it."""
    char, before = text[at], text[at - 1]
    if char in _JOINERS or before == "\u200d" or unicodedata.combining(char):
        return True
    if 0x1F3FB <= ord(char) <= 0x1F3FF:
        return True
    return _regional(char) and _regional(before)


def _regional(char: str) -> bool:
    return 0x1F1E6 <= ord(char) <= 0x1F1FF


def head(text: str, limit: int) -> str:
    """Return the beginning of a text, with an ellipsis if something was cut."""
    return text if units(text) <= limit else text[: fitting(text, limit - 1)].rstrip() + "…"


def tail(text: str, limit: int) -> str:
    """Return the end of a text, with an ellipsis if something was cut."""
    if units(text) <= limit:
        return text
    start = len(text) - min(len(text), limit - 1)
    while (over := units(text[start:]) - limit + 1) > 0:
        start += max(1, over // 2)
    while start < len(text) and _continues(text, start):
        start += 1
    return "…" + text[start:]


def render(blocks: Iterable[Block], limit: int = MESSAGE_UNITS) -> list[str]:
    """Pack blocks into as few messages as fit, each within ``limit`` UTF-16 units; returns their HTML.

    A block that does not fit continues in the next message in the same style. Messages without visible text are left
    out; if none is left, one message with an ellipsis is returned.
    """
    messages: list[str] = []
    parts: list[str] = []
    used, seen = 0, False
    for block in _pieces(blocks, limit):
        size = sum(units(run.text) for run in block.runs) + 1
        if parts and used + size > limit:
            messages += ["\n".join(parts)] if seen else []
            parts, used, seen = [], 0, False
        parts.append(_html(block))
        used += size
        seen = seen or any(visible(run.text) for run in block.runs)
    messages += ["\n".join(parts)] if seen else []
    return messages or ["…"]


def _pieces(blocks: Iterable[Block], limit: int) -> Iterator[Block]:
    """Yield cleaned blocks, none longer than a message."""
    for block in blocks:
        runs: list[Run] = []
        room = limit - 1
        for run in block.runs:
            rest = clean(run.text)
            while rest:
                end = fitting(rest, room) if room >= 2 else 0
                if end and units(rest[:end]) <= room:
                    runs.append(replace(run, text=rest[:end]))
                    room -= units(rest[:end])
                    rest = rest[end:]
                if rest:
                    yield replace(block, runs=tuple(runs))
                    runs, room = [], limit - 1
        if runs:
            yield replace(block, runs=tuple(runs))


def _html(block: Block) -> str:
    inside = "".join(_run_html(run) for run in block.runs)
    if not block.quote:
        return inside
    return f"<blockquote expandable>{inside}</blockquote>" if block.folded else f"<blockquote>{inside}</blockquote>"


def _run_html(run: Run) -> str:
    text = escape(run.text)
    if run.italic:
        text = f"<i>{text}</i>"
    if run.bold:
        text = f"<b>{text}</b>"
    return f'<a href="{escape(run.link)}">{text}</a>' if run.link else text
