"""Text written piece by piece, which remembers where each value is in it."""

import re
from collections.abc import Callable, Iterator

from qa.train.data.records import Record

_SLOT = re.compile(r"\{(\w+)\}")


class Draft:
    """A passage in the making.

    >>> draft = Draft()
    >>> draft.write("{name} was born in {town}.", {"name": "Anna", "town": "Oslo"}, key=1)
    >>> draft.text, draft.spans[1, "town"]
    ('Anna was born in Oslo.', (17, 21))
    """

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._length = 0
        self.spans: dict[tuple[object, str], tuple[int, int]] = {}

    @property
    def text(self) -> str:
        """What has been written so far."""
        return "".join(self._pieces)

    def add(self, piece: str) -> None:
        """Write a piece as it is."""
        self._pieces.append(piece)
        self._length += len(piece)

    def mark(self, piece: str, key: object, slot: str) -> None:
        """Write a piece and remember where it is."""
        self.spans[key, slot] = (self._length, self._length + len(piece))
        self.add(piece)

    def write(self, template: str, values: dict[str, str], key: object = None, capital: bool = True) -> None:
        """Write a template with its slots filled; the first letter is made a capital where ``capital`` is set."""
        begin, first = 0, capital
        for match in _SLOT.finditer(template):
            before = template[begin : match.start()]
            if before:
                self.add(upper_first(before) if first else before)
                first = False
            value = values[match.group(1)]
            self.mark(upper_first(value) if first else value, key, match.group(1))
            first, begin = False, match.end()
        rest = template[begin:]
        self.add(upper_first(rest) if first else rest)

    def record(self, question: str, span: tuple[int, int] | None, kind: str, line: str = "") -> Record:
        """Return the passage with a question; ``span`` answers it, or None does."""
        text, (start, end) = self.text.rstrip(), span or (None, None)
        return Record(question, text, start, end, kind, (text[start:end],) if span else (), line=line)


def upper_first(text: str) -> str:
    """Make the first letter a capital."""
    return text[:1].upper() + text[1:]


def lower_first(text: str) -> str:
    """Make the first letter small, unless the first word is written in capitals or like a name."""
    head = text.split(" ", 1)[0]
    return text if len(head) > 1 and head.isupper() else text[:1].lower() + text[1:]


def draw(sample: Callable[[], Record | None], count: int) -> Iterator[Record]:
    """Yield ``count`` records; ``sample`` is called again where it found no fitting values."""
    while count:
        record = sample()
        if record:
            count -= 1
            yield record
