"""Text that UTF-8 can express, which is all that tokenizers take."""


def encodable(text: str) -> str:
    """Return the text with lone surrogates, which UTF-8 cannot express, replaced one for one: offsets stay.

    >>> encodable("a" + chr(0xD800) + "b")
    'a?b'
    """
    return text.encode("utf-8", "replace").decode("utf-8")
