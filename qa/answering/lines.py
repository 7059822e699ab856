"""Answers in lists and addresses, whose lines are one after another: whole items, all of a list, all of an address.

The amounts of a list ("22 g salt") are like the figures of a table: the reader may point at that of another item.
"""

import re

from embeddings.text.offsets import Offsets
from embeddings.text.paragraphs import ITEM_SIGNS
from embeddings.text.words import tokenize
from qa.question.answer_type import AnswerType

WHOLE_ITEM = 0.6
"""Share of an item that the reader points at if the item, not a detail in it, is its answer."""
LONGEST_LIST = 600
"""Characters. Of a longer list one item is the answer."""
LONGEST_ADDRESS_LINES, LONGEST_ADDRESS_LINE = 7, 50
SINGLE = (AnswerType.NUMBER, AnswerType.DATE, AnswerType.PLACE)
"""Kinds of which one item holds the answer."""
_BLANK = re.compile(r"\n[ \t]*\n")
_ITEM = re.compile(rf"^[ \t]*(?:(?:[{ITEM_SIGNS}]|(\(?(?:\d{{1,2}}|[a-zA-Z])[.)]))[ \t]+)", re.MULTILINE)
_ASKS_ADDRESS = re.compile(
    r"(?<!email )(?<!e-mail )(?<!web )(?<!ip )\baddress\b(?! (?:the|this|that|these)\b)", re.IGNORECASE
)


_DIGITS = r"[\d½¼¾⅓⅔]"
_AMOUNT = re.compile(
    rf"{_DIGITS}(?:[.,/–-]?{_DIGITS}|\s(?={_DIGITS}))*(?:\s?(?:k?g|mg|[mcd]?l|oz|lbs?|pounds?|grams?|kilos?|lit(?:er|re)s?"
    r"|tsps?|tbsps?|(?:tea|table)spoon(?:ful)?s?|cups?|pints?|pinch(?:es)?|cloves?|slices?|bunch(?:es)?)\b\.?)?",
    re.IGNORECASE,
)


def fit_amount(question: str, text: str, start: int, end: int) -> Offsets:
    """Return the edges of an amount at the head of a list's item: of the item that the question names, if it names one.

    >>> text = "- 22 g salt" + chr(10) + "- 2 tablespoons malt"
    >>> [text[slice(*fit_amount(f"How much {what} is there?", text, 14, 27))] for what in ("salt", "malt")]
    ['22 g', '2 tablespoons']
    """
    items = list(_items(text, *_block(text, start, end)))
    own = next((n for n, (_, begins, ends) in enumerate(items) if begins == start and end <= ends), None)
    if own is None or not _AMOUNT.match(text, start):
        return start, end
    asked = set(tokenize(question))
    told = [set(tokenize(text[begins:ends])) for _, begins, ends in items]
    # "How much salt is in the rye bread?" has words of "22 g salt" and "600 g fine rye flour": the shorter is meant.
    named = [(len(asked & terms), -len(terms)) for terms in told]
    best = max(range(len(items)), key=named.__getitem__)
    amount = _AMOUNT.match(text, items[best][1])
    if named[best][0] and named.count(named[best]) == 1 and amount:
        return amount.span()
    return start, end


def fit_lines(question: str, kind: AnswerType, text: str, start: int, end: int) -> Offsets:
    """Return the edges of an answer ``text[start:end]`` as the lines around it ask for.

    >>> text = "Bring:" + chr(10) + "- boots" + chr(10) + "- gloves"
    >>> fit_lines("What should we bring?", AnswerType.LIST, text, 9, 14) == (9, len(text))
    True
    """
    first, last = _block(text, start, end)
    items = list(_items(text, first, last))
    if not items:
        return (first, last) if _ASKS_ADDRESS.search(question) and _is_address(text[first:last]) else (start, end)
    held = [at for at, (_, begins, ends) in enumerate(items) if begins < end and ends > start]
    if not held:
        return start, end
    one, other = items[held[0]], items[held[-1]]
    if len(held) > 1:
        return (max(start, one[1]), one[2]) if kind in SINGLE else (one[1], other[2])
    start = max(start, one[1])
    points_at_item = end - start >= WHOLE_ITEM * (one[2] - one[1])
    alike = len({number for number, _, _ in items}) == 1
    asks_all = kind is AnswerType.LIST or (kind is AnswerType.WAY and one[0])
    if points_at_item and alike and asks_all and items[-1][2] - items[0][1] <= LONGEST_LIST:
        return items[0][1], items[-1][2]
    return start, end


def _block(text: str, start: int, end: int) -> Offsets:
    """Return the lines without a blank one between them that hold a span."""
    before = [match.end() for match in _BLANK.finditer(text, 0, start)]
    after = _BLANK.search(text, end)
    first = before[-1] if before else 0
    last = after.start() if after else len(text)
    return first + len(text[first:last]) - len(text[first:last].lstrip()), first + len(text[first:last].rstrip())


def _items(text: str, first: int, last: int) -> "list[tuple[bool, int, int]]":
    """Return of each item of a list whether it is numbered, and its start and end, its sign left out."""
    marks = list(_ITEM.finditer(text, first, last))
    ends = [*(mark.start() for mark in marks[1:]), last][: len(marks)]
    found = []
    for mark, end in zip(marks, ends, strict=True):
        item = text[mark.end() : end].rstrip()
        found.append((mark[1] is not None, mark.end(), mark.end() + len(item)))
    return found


def _is_address(block: str) -> bool:
    lines = block.split("\n")
    short = all(len(line) <= LONGEST_ADDRESS_LINE and " | " not in line and not line.endswith(".") for line in lines)
    return 1 < len(lines) <= LONGEST_ADDRESS_LINES and short and any(sign.isdigit() for sign in block)
