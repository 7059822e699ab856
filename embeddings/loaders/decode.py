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
MAX_CHAOS = 0.2
"""The detector's own measure of nonsense (0 to 1) above which a guess is not believed."""
CODE_PAGES = (
    "cp1251", "koi8_r", "cp866", "cp1254", "cp1252", "cp1250", "cp1253", "cp1255", "cp1256",
    "gb18030", "big5", "shift_jis", "euc_jp", "euc_kr",
)  # fmt: skip
"""What articles are found in; without this list rare code pages win on short texts."""
PREFERRED = ("cp1251", "cp1254", "cp1252")
"""Taken where the detector hardly tells guesses apart. The Turkish page differs from the western one in six letters."""
NEAR = 0.05
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
    matches = from_bytes(sample, cp_isolation=list(CODE_PAGES), enable_fallback=False)
    worth = {match.encoding: match.coherence - match.chaos for match in matches if match.chaos <= MAX_CHAOS}
    if not worth:
        controls = sum(byte < 32 and byte not in b"\t\n\r\f\v\x1b" for byte in sample)
        binary = controls > MAX_CONTROL_SHARE * len(sample)
        raise LoadError("binary file" if binary else "text in an unknown encoding: save it as UTF-8")
    best = max(worth, key=worth.get)
    near = {encoding for encoding, value in worth.items() if value >= worth[best] - NEAR}
    return next((encoding for encoding in PREFERRED if encoding in near), best)


def _checked(text: str) -> str:
    controls = sum(1 for c in text if (c < " " or "\x7f" <= c < "\xa0") and c not in _ALLOWED_CONTROLS)
    if controls > MAX_CONTROL_SHARE * len(text):
        raise LoadError("binary file")
    return text
