"""What is shown: messages of HTML, with a keyboard under the last."""

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Button:
    """A button: the data it sends back (64 bytes at most), or the text it copies, or the address it opens."""

    text: str
    data: str = ""
    copies: str | None = None
    url: str | None = None


def button_key(text: str) -> str:
    """Name a text in a button, which holds 64 bytes: the text is found again by its key when the button is pressed."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """What to show: one message or more, the keyboard under the last."""

    pages: tuple[str, ...]
    keyboard: Keyboard = ()
