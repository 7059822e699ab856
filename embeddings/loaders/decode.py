"""Bytes to text: UTF-8 first, then what a byte order mark says, then what detection is sure of; never a guess."""

import codecs

from embeddings.loaders.loaded import LoadError

BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
"""Longest first: the UTF-32 mark begins with the UTF-16 one. A UTF-8 mark is part of the text: offsets count it."""
MAX_CONTROL_SHARE = 0.01
"""Text has hardly any control characters beside line breaks and tabs; binary data has many."""
DETECTION_BYTES = 100_000
"""Bytes that detection looks at: plenty for statistics, little time."""
MAX_CHAOS = 0.15
"""The detector's own measure of nonsense (0 to 1) above which its best guess is not believed."""
_ALLOWED_CONTROLS = frozenset("\t\n\r\f\v\x1b\x85")


def decode(data: bytes) -> str:
    """Decode a text file; UTF-8 comes back unchanged, character for character.

    Raises:
        LoadError: binary data, or an encoding that cannot be told.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _checked(_decode_as(data, encoding))
    try:
        return _checked(data.decode("utf-8"))
    except UnicodeDecodeError:
        return _checked(_decode_as(data, _detect(data)))


def _decode_as(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except (UnicodeDecodeError, LookupError):
        raise LoadError(f"text that is not the {encoding} it looks like: save it as UTF-8") from None


def _detect(data: bytes) -> str:
    if b"\0" in data:
        raise LoadError("binary file")
    from charset_normalizer import from_bytes

    sample = data[:DETECTION_BYTES]
    best = from_bytes(sample, enable_fallback=False).best()
    if best is None or best.chaos > MAX_CHAOS:
        looks_binary = sum(byte < 32 and byte not in b"\t\n\r\f\v\x1b" for byte in sample) > MAX_CONTROL_SHARE * len(
            sample
        )
        raise LoadError("binary file" if looks_binary else "text in an unknown encoding: save it as UTF-8")
    return best.encoding


def _checked(text: str) -> str:
    controls = sum(1 for c in text if (c < " " or "\x7f" <= c < "\xa0") and c not in _ALLOWED_CONTROLS)
    if controls > MAX_CONTROL_SHARE * len(text):
        raise LoadError("binary file")
    return text
