"""Makes text of articles safe to show: it must not control the terminal or change the text direction."""

import re

_LINE_BREAK = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_CONTROL = re.compile("[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, bidirectional controls, and lone surrogates."""
_BREAK_OR_TAB = re.compile(r"[\n\t]")
CONTROL_PICTURES = 0x2400
"""Unicode's pictures of the control characters U+0000 to U+001F begin here."""


def harmless(text: str) -> str:
    """Return text with visible symbols for characters that could do harm; line breaks are line feeds, tabs stay.

    >>> harmless("red: \\x1b[31m")
    'red: ␛[31m'
    """
    return _CONTROL.sub(_symbol, _LINE_BREAK.sub("\n", text))


def on_one_line(text: str) -> str:
    """Return harmless text with a space for each line break and tab.

    >>> on_one_line("a title\\n")
    'a title '
    """
    return _BREAK_OR_TAB.sub(" ", harmless(text))


def _symbol(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(CONTROL_PICTURES + code)
    return "␡" if code == 0x7F else "\ufffd"
