"""Web addresses: the one that opens an article at its quote, and the one that opens the bot with a question."""

import base64
import binascii
import re
from urllib.parse import quote as percent
from urllib.parse import urlsplit

FRAGMENT_WORDS = 5
"""Words at each end of a quote in a text fragment: enough to be unique, few enough for an address."""

MAX_URL = 1500
"""Characters of an address: browsers and Telegram take about 2,000."""

PAYLOAD_CHARACTERS = 64
"""Length of a deep link's payload (Bot API: start parameter)."""

PAYLOAD_MARK = "Q0"
"""Prefix of a payload that is a question in base64url; others are words joined by ``_`` or ``-``."""


def web_address(url: str | None) -> str | None:
    """Return the address if it can be opened (http or https, with a host), else None."""
    if not url or len(url) > MAX_URL or not re.fullmatch(r"[!-~]+", url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", host):
        return None
    return url


def at_quote(url: str | None, text: str) -> str | None:
    """Return the address that opens the page at the quote, by a text fragment (WICG scroll-to-text-fragment).

    >>> at_quote("https://a.example/x", "One two three.")
    'https://a.example/x#:~:text=One%20two%20three.'
    """
    address = web_address(url)
    if address is None:
        return None
    words = [word for word in text.encode("utf-8", "ignore").decode().split() if word]
    if not words:
        return address
    if len(words) <= 2 * FRAGMENT_WORDS:
        fragment = _encoded(words)
    else:
        fragment = f"{_encoded(words[:FRAGMENT_WORDS])},{_encoded(words[-FRAGMENT_WORDS:])}"
    joined = f"{address}:~:text={fragment}" if "#" in address else f"{address}#:~:text={fragment}"
    return joined if len(joined) <= MAX_URL else address


def _encoded(words: list[str]) -> str:
    """Percent-encode, including dash and comma, which are syntax in a text fragment."""
    return percent(" ".join(words), safe="").replace("-", "%2D")


def payload_of(question: str) -> str | None:
    """Pack a question into a deep link's payload, or None where it is too long for one."""
    packed = base64.urlsafe_b64encode(question.encode("utf-8", "ignore")).decode().rstrip("=")
    return PAYLOAD_MARK + packed if packed and len(PAYLOAD_MARK + packed) <= PAYLOAD_CHARACTERS else None


def question_of(payload: str) -> str | None:
    """Unpack the question of a deep link, or None where it holds none.

    >>> question_of("who_put_out_the_fire")
    'who put out the fire'
    """
    if not payload.startswith(PAYLOAD_MARK):
        words = re.sub(r"[_-]+", " ", payload).strip()
        return words if " " in words else None
    packed = payload.removeprefix(PAYLOAD_MARK)
    try:
        return base64.b64decode(packed + "=" * (-len(packed) % 4), altchars=b"-_", validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return None
