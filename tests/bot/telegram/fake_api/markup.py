"""Telegram's HTML as the Bot API parses it: which markup is refused, and what text and entities remain.

Written after the observable behaviour of the Bot API server (its error texts, its four named entities, its end tags),
made stricter in two places where Telegram silently drops things: a nested blockquote and a link that leads nowhere are
refused here, since a bot that sends them has a defect.
"""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

TAGS = {
    "b": "bold", "strong": "bold", "i": "italic", "em": "italic", "u": "underline", "ins": "underline",
    "s": "strikethrough", "strike": "strikethrough", "del": "strikethrough", "tg-spoiler": "spoiler",
    "a": "text_link", "code": "code", "pre": "pre", "blockquote": "blockquote", "span": "spoiler",
    "tg-emoji": "custom_emoji",
}  # fmt: skip
NAMED = {"lt": "<", "gt": ">", "amp": "&", "quot": '"'}
_ENTITY = re.compile(r"&(?:#x([0-9a-fA-F]+)|#([0-9]+)|([a-zA-Z]+));")
_PLAIN = re.compile(r"[^<&\"']+")
_SPACE = " \t\r\n"


class MarkupError(Exception):
    """What the Bot API would answer after ``Bad Request: can't parse entities:``."""


@dataclass(frozen=True)
class Entity:
    """``offset`` and ``length`` count UTF-16 code units of the text."""

    type: str
    offset: int
    length: int
    url: str | None = None


def utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(raw: str) -> tuple[str, list[Entity]]:
    """Return (text, entities); raises MarkupError with the server's own wording."""
    text: list[str] = []
    units = 0
    entities: list[Entity] = []
    stack: list[tuple[str, int, dict[str, str]]] = []
    at = 0
    while at < len(raw):
        char = raw[at]
        if char == "<" and raw.startswith("</", at):
            at = _end_tag(raw, at, stack, entities, units, "".join(text))
        elif char == "<":
            at = _start_tag(raw, at, stack, units)
        else:
            piece, at = _character(raw, at)
            text.append(piece)
            units += utf16_length(piece)
    if stack:
        raise MarkupError(f'Can\'t find end tag corresponding to start tag "{stack[-1][0]}"')
    return "".join(text), sorted(entities, key=lambda e: (e.offset, -e.length))


def _character(raw: str, at: int) -> tuple[str, int]:
    """A stretch without special characters, or one entity; an ``&`` that starts no known entity stays as it is."""
    if plain := _PLAIN.match(raw, at):
        return plain.group(), plain.end()
    if raw[at] == "&" and (found := _ENTITY.match(raw, at)):
        hexadecimal, decimal, name = found.groups()
        if name in NAMED:
            return NAMED[name], found.end()
        code = int(hexadecimal, 16) if hexadecimal else int(decimal) if decimal else 0
        if 0 < code < 0x10FFFF and not 0xD800 <= code < 0xE000:
            return chr(code), found.end()
    return raw[at], at + 1


def _bytes_before(raw: str, at: int) -> int:
    return len(raw[:at].encode("utf-8", "surrogatepass"))


def _start_tag(raw: str, begin: int, stack: list, units: int) -> int:
    at = begin + 1
    while at < len(raw) and raw[at] not in _SPACE and raw[at] != ">":
        at += 1
    if at >= len(raw):
        raise MarkupError(f"Unclosed start tag at byte offset {_bytes_before(raw, begin)}")
    name = raw[begin + 1 : at].lower()
    if name not in TAGS:
        raise MarkupError(f'Unsupported start tag "{name}" at byte offset {_bytes_before(raw, begin)}')
    attributes, at = _attributes(raw, at, begin, name)
    if name == "span" and attributes.get("class") != "tg-spoiler":
        raise MarkupError(f'Tag "span" must have class "tg-spoiler" at byte offset {_bytes_before(raw, begin)}')
    if name == "blockquote" and any(tag == "blockquote" for tag, _, _ in stack):
        raise MarkupError(f"Blockquote entities can't be nested, at byte offset {_bytes_before(raw, begin)}")
    if any(tag in ("code", "pre") for tag, _, _ in stack) and name != "code":
        raise MarkupError(f'Tag "{name}" inside code at byte offset {_bytes_before(raw, begin)}')
    stack.append((name, units, attributes))
    return at


def _attributes(raw: str, at: int, begin: int, tag: str) -> tuple[dict[str, str], int]:
    attributes: dict[str, str] = {}
    while True:
        while at < len(raw) and raw[at] in _SPACE:
            at += 1
        if at >= len(raw):
            raise MarkupError(f'Unclosed start tag "{tag}" at byte offset {_bytes_before(raw, begin)}')
        if raw[at] == ">":
            return attributes, at + 1
        start = at
        while at < len(raw) and raw[at] not in _SPACE and raw[at] not in "=>":
            at += 1
        name = raw[start:at].lower()
        if not name:
            where = _bytes_before(raw, begin)
            raise MarkupError(f'Empty attribute name in the tag "{tag}" at byte offset {where}')
        while at < len(raw) and raw[at] in _SPACE:
            at += 1
        value = ""
        if at < len(raw) and raw[at] == "=":
            value, at = _value(raw, at + 1, begin)
        attributes[name] = value


def _value(raw: str, at: int, begin: int) -> tuple[str, int]:
    while at < len(raw) and raw[at] in _SPACE:
        at += 1
    if at >= len(raw):
        raise MarkupError(f"Unclosed start tag at byte offset {_bytes_before(raw, begin)}")
    if raw[at] not in "\"'":
        start = at
        while at < len(raw) and ((raw[at].isascii() and raw[at].isalnum()) or raw[at] in ".-"):
            at += 1
        if at >= len(raw) or (raw[at] not in _SPACE and raw[at] != ">"):
            raise MarkupError(f"Unexpected end of name token at byte offset {_bytes_before(raw, start)}")
        return raw[start:at].lower(), at
    closing = raw[at]
    at += 1
    pieces: list[str] = []
    while at < len(raw) and raw[at] != closing:
        piece, at = _character(raw, at)
        pieces.append(piece)
    if at >= len(raw):
        raise MarkupError(f"Unclosed start tag at byte offset {_bytes_before(raw, begin)}")
    return "".join(pieces), at + 1


def _end_tag(raw: str, begin: int, stack: list, entities: list[Entity], units: int, text: str) -> int:
    if not stack:
        raise MarkupError(f"Unexpected end tag at byte offset {_bytes_before(raw, begin)}")
    at = begin + 2
    while at < len(raw) and raw[at] not in _SPACE and raw[at] != ">":
        at += 1
    name = raw[begin + 2 : at].lower()
    while at < len(raw) and raw[at] in _SPACE:
        at += 1
    if at >= len(raw) or raw[at] != ">":
        raise MarkupError(f"Unclosed end tag at byte offset {_bytes_before(raw, begin)}")
    tag, offset, attributes = stack.pop()
    if name and name != tag:
        where = _bytes_before(raw, begin)
        raise MarkupError(f'Unmatched end tag at byte offset {where}, expected "</{tag}>", found "</{name}>"')
    if units > offset:
        entities.append(_entity(tag, offset, units - offset, attributes, text))
    return at + 1


def _entity(tag: str, offset: int, length: int, attributes: dict[str, str], text: str) -> Entity:
    kind = TAGS[tag]
    if kind == "blockquote" and "expandable" in attributes:
        kind = "expandable_blockquote"
    url = None
    if kind == "text_link":
        inside = text.encode("utf-16-le", "surrogatepass")[2 * offset :].decode("utf-16-le", "surrogatepass")
        url = attributes.get("href") or inside
        check_url(url)
    return Entity(kind, offset, length, url)


def check_url(url: str) -> None:
    """Raise MarkupError for an address Telegram would drop the link of."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise MarkupError(f"Wrong link {url[:60]!r}: {error}") from error
    if parts.scheme not in ("http", "https", "tg") or not host or any(c in _SPACE or ord(c) < 33 for c in url):
        raise MarkupError(f"Wrong link {url[:60]!r}: unsupported protocol, empty host or white space")
    if parts.scheme != "tg" and "." not in host and host != "localhost":
        raise MarkupError(f"Wrong link {url[:60]!r}: no such host")
