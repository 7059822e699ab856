"""What is shown in a chat: messages of HTML, with a keyboard under the last."""

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
    """Return a short key for a text, to find it again when a button is pressed: a button holds 64 bytes."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


Keyboard = tuple[tuple[Button, ...], ...]


@dataclass(frozen=True, slots=True)
class View:
    """One message or more, with the keyboard under the last."""

    pages: tuple[str, ...]
    keyboard: Keyboard = ()
