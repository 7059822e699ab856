"""Labelled questions from a file: SQuAD JSON (v1 and v2) or JSON lines.

Errors give the file, the line (or place in the JSON) and what was expected. Nothing is measured here: that is
``evaluate.py``.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from embeddings.errors import CitebotError
from qa.evaluation.json_records import as_object, lines, member, optional, parse, seen

EXPECTED_FILE = 'SQuAD JSON ({"data": […]}) or one JSON object a line with "question" and "answers"'
EXPECTED_ANSWERS = 'a list of strings or of SQuAD\'s {"text", "answer_start"}; [] where nothing answers the question'


@dataclass(frozen=True, slots=True)
class Question:
    """A labelled question. ``answers`` are the gold texts; none means that the documents do not answer it."""

    id: str
    question: str
    answers: tuple[str, ...]
    context: str | None = None
    """The gold paragraph, where the file gives one."""
    title: str | None = None
    starts: tuple[int | None, ...] = ()
    """Offset of each answer in ``context``: as the file says where that is true, else of its first occurrence, else
    None. Empty without a context."""

    @property
    def answerable(self) -> bool:
        """Whether a gold answer exists."""
        return bool(self.answers)


def read_questions(path: Path) -> list[Question]:
    """Read labelled questions, in the order of the file.

    SQuAD JSON as published (Rajpurkar et al. 2016, 2018), ``is_impossible`` included; or JSON lines with ``question``
    and ``answers`` (strings, or SQuAD's objects), and optionally ``id``, ``context`` and ``title``. A question without
    an ``id`` is named by its place.

    Raises:
        CitebotError: the file cannot be read, is not UTF-8 or not JSON, holds no question, or one that lacks or
            contradicts something, or an id twice; the message says where.
    """
    first_at: dict[str, str] = {}
    questions = []
    for where, question in _labelled(path):
        if question.id in first_at:
            other = first_at[question.id]
            raise CitebotError(f"{where}: the id {seen(question.id)} is already that of {other}: give each its own")
        first_at[question.id] = where
        questions.append(question)
    if not questions:
        raise CitebotError(f"{path} holds no question: expected {EXPECTED_FILE}")
    return questions


def _labelled(path: Path) -> Iterator[tuple[str, Question]]:
    """Yield questions with their places; the first line that is not blank shows which of the two formats it is."""
    rest = lines(path)
    head = []
    for number, line in rest:
        head.append((number, line))
        if line.strip():
            break
    if head and _is_json_line(head[-1][1]):
        return _from_lines(path, chain(head, rest))
    return _from_squad(path, "".join(line for _, line in chain(head, rest)))


def _is_json_line(line: str) -> bool:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        # A damaged line of its own, or the first line of a file with one JSON value on many.
        return '"question"' in line and '"data"' not in line
    return isinstance(value, dict) and "data" not in value


def _from_lines(path: Path, numbered: Iterator[tuple[int, str]]) -> Iterator[tuple[str, Question]]:
    for number, line in numbered:
        if not line.strip():
            continue
        where = f"{path}, line {number}"
        record = as_object(parse(line.rstrip(), where, EXPECTED_FILE), where, EXPECTED_FILE)
        context = optional(record, "context", str, where)
        title = optional(record, "title", str, where)
        yield where, _question(record, where, f"line {number}", context, title)


def _from_squad(path: Path, text: str) -> Iterator[tuple[str, Question]]:
    if not text.strip():
        raise CitebotError(f"{path} is empty: expected {EXPECTED_FILE}")
    data = as_object(parse(text, str(path), EXPECTED_FILE), str(path), EXPECTED_FILE)
    for article, record in _items(data, "data", str(path), f"{path}, "):
        title = optional(record, "title", str, article) if record.get("title") != "" else None
        for paragraph, inner in _items(record, "paragraphs", article, f"{article}."):
            context = member(inner, "context", str, paragraph)
            for where, asked in _items(inner, "qas", paragraph, f"{paragraph}."):
                yield where, _question(asked, where, where.removeprefix(f"{path}, "), context, title)


def _items(record: dict, key: str, where: str, prefix: str) -> Iterator[tuple[str, dict]]:
    for index, item in enumerate(member(record, key, list, where, "a list of objects as in SQuAD JSON")):
        place = f"{prefix}{key}[{index}]"
        yield place, as_object(item, place, "an object")


def _question(record: dict, where: str, unnamed: str, context: str | None, title: str | None) -> Question:
    impossible = optional(record, "is_impossible", bool, where)
    answers = [] if impossible and "answers" not in record else _answers(record, where)
    if impossible and answers:
        said = seen(answers[0][0])
        raise CitebotError(f'{where}: "is_impossible" is true, yet "answers" gives {said}: keep one of the two')
    identifier = _identifier(record, where)
    return Question(
        id=unnamed if identifier is None else str(identifier),
        question=member(record, "question", str, where),
        answers=tuple(text for text, _ in answers),
        context=context,
        title=title,
        starts=() if context is None else tuple(_locate(text, start, context, where) for text, start in answers),
    )


def _identifier(record: dict, where: str) -> str | int | None:
    if isinstance(record.get("id"), str):
        return member(record, "id", str, where)
    return None if record.get("id") is None else member(record, "id", int, where, "a string or a whole number")


def _answers(record: dict, where: str) -> list[tuple[str, int | None]]:
    """Return the gold texts with the offsets given for them, from any of the three shapes that are in use."""
    value = record.get("answers")
    if isinstance(value, dict):
        value = _unzipped(value, f"{where}, answers")
    elif not isinstance(value, list):
        member(record, "answers", list, where, EXPECTED_ANSWERS)
    found = []
    for index, item in enumerate(value):
        place = f"{where}, answers[{index}]"
        answer = as_object({"text": item} if isinstance(item, str) else item, place, EXPECTED_ANSWERS)
        found.append((member(answer, "text", str, place), optional(answer, "answer_start", int, place)))
    return found


def _unzipped(answers: dict, where: str) -> list[dict[str, Any]]:
    """Turn {"text": [a, b], "answer_start": [1, 2]} into one object an answer.

    >>> _unzipped({"text": ["Baku"], "answer_start": [7]}, "")
    [{'text': 'Baku', 'answer_start': 7}]
    """
    texts = member(answers, "text", list, where)
    starts = optional(answers, "answer_start", list, where)
    if starts is None:
        starts = [None] * len(texts)
    if len(starts) != len(texts):
        raise CitebotError(f'{where}: {len(texts)} "text" and {len(starts)} "answer_start": expected as many of each')
    return [{"text": text, "answer_start": start} for text, start in zip(texts, starts, strict=True)]


def _locate(text: str, start: int | None, context: str, where: str) -> int | None:
    if start is not None and not 0 <= start <= len(context):
        raise CitebotError(
            f'{where}: "answer_start" is {seen(start)}: expected 0 to {len(context)}, its context\'s length'
        )
    if start is not None and context.startswith(text, start):
        return start
    found = context.find(text)
    return found if found >= 0 else None
