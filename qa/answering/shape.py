"""The shape of an answer: a span as the reader points at it becomes what a person would call the answer.

A yes-or-no question gets the statement from which the reader sees which; a reason, a way and a definition the clause
that says it; a list its other items; a number its hedge, a person the whole name. What only repeats the question, or
refers to something said before ("This"), is no answer. Every answer stays a stretch of one sentence, or of one list.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from embeddings.text.sentences import split_sentences
from embeddings.text.words import STOP_WORDS, tokenize
from qa.answer import Span
from qa.answering.candidates import Candidate, span_text
from qa.answering.lines import fit_amount, fit_lines
from qa.answering.quote import widen
from qa.answering.table_column import fit_column
from qa.question.answer_type import AnswerType, answer_type_of
from qa.question.names_and_dates import DATE
from qa.reading.spans import trim

ECHOES_ALLOWED = (AnswerType.YES_OR_NO, AnswerType.CHOICE, AnswerType.DEFINITION)
"""Kinds whose answer may repeat words of the question: it is widened to a clause, or was one of two choices."""
STATEMENT_WORDS = 4
"""Fewer words state nothing from which a yes or no could be seen."""
SAID_BY_A_CLAUSE = {AnswerType.REASON: 4, AnswerType.WAY: 8, AnswerType.DEFINITION: 1}
"""Kinds that a clause answers, and how many words the reader must point at to be taken at its word."""
SHORT_STATEMENT = 160
"""Characters up to which a yes-or-no question gets the whole clause: a word at its edge ("again", "not") may decide."""
LONGEST_CLAUSE = 300
"""Characters. A sentence longer than this is no clause: the span is left unchanged."""
LONGEST_ITEM_WORDS = 5
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|been|has|have|had|do|does|did|can|could|may|might|must|will|would|should|never|not|no|\w+ed)\b"
    r"|n['’]t\b|^\W*[A-Z]\w+ \w+s\b",
    re.IGNORECASE,
)
_REPORTED = re.compile(
    r"\b(?:said|says|stated|states|noted|notes|emphasi[sz]e[sd]|added|adds|stressed|announced|confirmed|reported|claimed"
    r"|claims|believes|believed|explained|declared|denied|recalled|told [\w ]{1,30}?)\s+that\s+",
    re.IGNORECASE,
)
_REPORTED_BEHIND = re.compile(
    r",\s+(?:(?:this|that|which) was (?:said|stated|noted|announced|reported|declared) by|according to"
    r"|(?:[\w.’'-]+ ){1,6}?(?:said|says|stated|noted|added|announced|reported|declared|claimed|told)\b)",
    re.IGNORECASE,
)
"""Who said it, behind what was said."""
_DAYS = {"date", "day", "month"}
_WHOLE_DATE = re.compile(rf"(?:(?:the )?(?:early|mid|late)[ -])?{DATE}", re.IGNORECASE)
_NUMBER = re.compile(
    r"[$€£₼]?\s?\d|(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|sixty"
    r"|hundreds?|thousands?|millions?|dozens?|half|a (?:hundred|thousand|million|dozen|third|quarter))\b",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:(?:an )?estimated|about|around|approximately|roughly|nearly|almost|some|circa|c\.|over|under|below|above"
    r"|(?:just|well|slightly|a little) (?:over|under|above|below)|(?:more|less|fewer|greater|higher|lower) than"
    r"|at (?:least|most)|up to|as (?:many|much|few|little) as|close to|between)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_RANGE_END = re.compile(
    r"^\s*(?:and|to|[-–—])\s*[$€£]?\d[\d,.]*\d?(?:\s*(?:%|percent|per cent|million|billion|thousand))?"
)
_RANGE_BEFORE = re.compile(r"\bbetween\s+[$€£]?\d[\d,.]*(?:\s*(?:%|[a-z]+))?\s+and\s+$", re.IGNORECASE)
_NAME_BEFORE = re.compile(r"(?:\b(?:[A-Z][\w’'-]+|[A-Z]\.|[A-Z][a-z]{1,4}\.)\s+){1,3}$")
_NAME_BEHIND = re.compile(r"^(?:\s+(?:[A-Z][\w’'-]*\w|[A-Z]\.|I{2,3}|IV|VI{0,3}))+")
_SENTENCE_FIRST = re.compile(r"(?:^|[.!?:;“\"(\n]\s*)$")
_REFERS_BACK = re.compile(
    r"(?:this|that|these|those|it|they)\s+(?:\w+,?\s+){0,2}?(?:(?:is|are|was|were)\s+)?(?:\w+ly\s+)?"
    r"(?:called|known|referred|termed|named|dubbed|described)\b",
    re.IGNORECASE,
)
_EMPTY = STOP_WORDS | {"one", "ones", "same", "former", "latter"}
"""Words that refer to others; an answer of nothing else says nothing."""
_ITEM_BREAK = re.compile(r"\s*[,;]\s*(?:and\s+|or\s+|as well as\s+)?|\s+(?:and|or|as well as|&)\s+")
_INTRODUCED = re.compile(
    r"\s*(?:e\.?g|i\.?e|for (?:example|instance)|such as|including|namely)\b[\s.,:]*", re.IGNORECASE
)
"""What stands before the first item and belongs to none."""
_LAST_ITEM = re.compile(r"(?:\b(?:and|or|as well as)|&)\s")
_ITEM_END = re.compile(
    r"[,;.:()]|\s(?:and|or|as well as|&|which|who|that|but|while|where|when|is|are|was|were|has|have|had|in|on|at|to"
    r"|from|for|with|by|as|during|after|before|since|despite|except|including)\s"
)


def shape(question: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Give each candidate the form that the question asks for; two that become the same span are merged."""
    kind = answer_type_of(question)
    asked = set(tokenize(question))
    shaped: dict[tuple[str, int, int], Candidate] = {}
    for one in candidates:
        if kind not in ECHOES_ALLOWED and _says_nothing(span_text(one.span), asked):
            continue
        span = _moved(one.span, *fit_column(one.span, question))
        text, start, end = _edges(span)
        if "\n" in text:
            span = _moved(span, *fit_amount(question, text, start, end))
        span = _shaped(kind, span, asked)
        text, start, end = _edges(span)
        if "\n" in text:
            span = _moved(span, *fit_lines(question, kind, text, start, end))
        shaped.setdefault((span.passage.chunk.document, span.start, span.end), replace(one, span=span))
    return list(shaped.values())


def _says_nothing(answer: str, asked: set[str]) -> bool:
    terms = set(tokenize(answer))
    if not terms:
        words = answer.casefold().split()
        return not any(c.isdigit() for c in answer) and all(word.strip(".,'’\"") in _EMPTY for word in words)
    return terms <= asked


def _shaped(kind: AnswerType, span: Span, asked: set[str]) -> Span:
    words = span_text(span)
    count = len(words.split())
    if kind is AnswerType.YES_OR_NO:
        clause = _clause(span)
        states = count >= STATEMENT_WORDS and _VERB.search(words)
        return span if states and len(span_text(clause)) > SHORT_STATEMENT else clause
    if kind in SAID_BY_A_CLAUSE:
        a_piece = count < SAID_BY_A_CLAUSE[kind] or _says_nothing(words, asked) or _REFERS_BACK.match(words)
        return _defined(_clause(span)) if a_piece else span
    if kind is AnswerType.LIST:
        return _hedged(_whole_list(span))  # "What sales does it expect?" asks for a figure
    if kind is AnswerType.PERSON:
        return _whole_name(span)
    if kind in (AnswerType.NUMBER, AnswerType.DATE):
        return _whole_amount(span, date=kind is AnswerType.DATE and (asked & _DAYS or "year" not in asked))
    return _hedged(span)


def _moved(span: Span, start: int, end: int) -> Span:
    """The span with other edges, given in the passage's own text, if they leave anything."""
    start, end = trim(span.passage.text, start, end)
    offset = span.passage.chunk.start
    return replace(span, start=offset + start, end=offset + end) if start < end else span


def _edges(span: Span) -> tuple[str, int, int]:
    offset = span.passage.chunk.start
    return span.passage.text, span.start - offset, span.end - offset


def _clause(span: Span) -> Span:
    """Widen a span to its sentence, or to what is said in it where somebody is reported to have said it."""
    text, first, last = _edges(span)
    start, end = widen(text, first, last)
    for report in _REPORTED.finditer(text, start, first):
        start = report.end()
    if end - start > LONGEST_CLAUSE and (report := _REPORTED_BEHIND.search(text, last, end)):
        end = report.start()
    return _moved(span, start, end) if end - start <= LONGEST_CLAUSE else span


def _defined(span: Span) -> Span:
    """What a sentence such as "This is called a weir" refers to: the sentence before it."""
    text, start, end = _edges(span)
    if not _REFERS_BACK.match(text, start, end):
        return span
    before = [one for one in split_sentences(text) if one[1] <= start]
    return _moved(span, *before[-1]) if before else span


def _hedged(span: Span) -> Span:
    text, start, end = _edges(span)
    if not _NUMBER.match(text, start):
        return span
    sentence, _ = widen(text, start, end)
    before = _HEDGE.search(text[sentence:start]) or _RANGE_BEFORE.search(text[sentence:start])
    if before is None:
        return span
    if before.group().casefold().strip() == "between" and " and " not in text[start:end]:
        behind = _RANGE_END.match(text[end : end + 40])
        return _moved(span, sentence + before.start(), end + behind.end()) if behind else span
    return _moved(span, sentence + before.start(), end)


def _whole_amount(span: Span, *, date: bool) -> Span:
    """A number with its hedge; a date whole, unless the year alone is asked for."""
    if date:
        text, start, end = _edges(span)
        first, last = widen(text, start, end)
        for match in _WHOLE_DATE.finditer(text, first, last):
            if match.start() < start < match.end() or match.start() < end < match.end():
                start, end = min(start, match.start()), max(end, match.end())
        span = _moved(span, start, end)
    return _hedged(span)


def _whole_name(span: Span) -> Span:
    """A person's name with the capitalised words right before and after it: given names, titles, numbers."""
    text, start, end = _edges(span)
    first, last = widen(text, start, end)
    if not text[start].isupper() or not text[end - 1].isalnum():
        return span
    before = _NAME_BEFORE.search(text[first:start])
    if before and not _SENTENCE_FIRST.search(text[first : first + before.start()]):
        start = first + before.start()
    behind = _NAME_BEHIND.match(text[end:last])
    return _moved(span, start, end + behind.end() if behind else end)


def _whole_list(span: Span) -> Span:
    """The other items of an enumeration that the span is a part of, as far as its edges are clear.

    An item ends at a comma or an "and"; the first begins after a colon or a bracket, else with the span.
    """
    text, start, end = _edges(span)
    first, last = widen(text, start, end)
    opening = max(text.rfind(mark, first, start) for mark in (":", "(", "—", "–"))
    if opening >= first:
        introduced = _INTRODUCED.match(text, opening + 1, start)
        opening = introduced.end() if introduced else opening + 1
        start = opening if _all_items(text[opening:start]) else start
    colon = text.find(":", end, last)
    if colon >= 0 and _LAST_ITEM.search(text, colon, last) and not _ITEM_BREAK.search(text, start, end):
        return _moved(span, colon + 1, last)  # what is pointed at leads to the list
    if not _LAST_ITEM.search(text, start, end):
        end = _list_end(text, end, last)
    return _moved(span, start, end)


def _all_items(before: str) -> bool:
    """Whether the text before the span, from an opening mark on, is items alone, the last of them ended."""
    *items, rest = _ITEM_BREAK.split(before)
    return not rest.strip() and all(len(item.split()) <= LONGEST_ITEM_WORDS for item in items)


def _list_end(text: str, end: int, last: int) -> int:
    """Where an enumeration that continues at ``end`` ends: after the item that follows its "and", else at ``end``.

    A comma and an "and" right after the first item begin another clause.
    """
    place = end
    while begin := _ITEM_BREAK.match(text, place, last):
        if place == end and text[place] == "," and _LAST_ITEM.search(text, begin.start(), begin.end()):
            break
        stop = _ITEM_END.search(text, begin.end(), last)
        place = stop.start() if stop else last
        if not 0 < len(text[begin.end() : place].split()) <= LONGEST_ITEM_WORDS:
            break
        if _LAST_ITEM.search(text, begin.start(), begin.end()):
            return place
    return end
