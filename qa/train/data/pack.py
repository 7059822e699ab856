"""Records as token arrays: passages, questions and context lines once, windows as ranges of passages.

Arrays of the file: ``ci, cp`` passage tokens and where each passage begins, ``qi, qp`` questions, ``ti, tp`` context
lines; a record's questions ``vq[vp[n]:vp[n+1]]``, its windows ``var`` (passage, first token, last, first and last token
of the answer or -1, context line or -1), its negatives ``neg`` (passage, first, last, line), ``need`` (1: the line is
always shown), ``src`` and ``names`` (kinds).
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from random import Random

import numpy as np
from tokenizers import Tokenizer

from embeddings.text.sentences import split_sentences
from qa.train.data import patterns
from qa.train.data.disturb import disturb
from qa.train.data.made.titles import context_line
from qa.train.data.records import Record
from qa.train.nearest import nearest_by_words

MOST_PASSAGE, MOST_QUESTION, MOST_LINE = 256, 40, 32
"""Tokens of a passage, a question and a context line."""
LONGEST_ANSWER = 90
KEYWORD_SHARE = 0.5
MADE = frozenset(
    {"title", "table", "period", "premise", "hedge", "compare", "made_list", "pronoun", "parallel", "hidden_title"}
)
"""Kinds whose negatives, if any, come with the record."""
PLAIN_HEADINGS = ("Overview", "Introduction", "Details", "Part 2", "Background", "Section 3", "Summary", "Notes")
NO_TITLES = (
    "notes.txt", "scan_00{n}.pdf", "Untitled", "Home", "Document {n}", "readme", "Page {n}", "export-{n}.csv", "index.html", "Inbox",
    "chapter {n}", "data{n}.txt", "Report", "Article {n}", "News",
)  # fmt: skip
EMPTY_TITLE_SHARE = 0.15
"""How often a passage without a title gets a context line without information."""
FOREIGN_TITLE_SHARE = 0.08
"""How often a passage that names its subjects itself gets the title of something else, which must not matter."""
Unit = tuple[int, int, int]
"""A stretch of a passage: its number, first token and last."""


SENTENCE_WINDOW_CHARACTERS = 420
"""Of a few sentences: a passage is also shown in parts, as short passages are."""


def sentence_windows(
    sentences: Sequence[tuple[int, int]], most: int = SENTENCE_WINDOW_CHARACTERS
) -> list[tuple[int, int]]:
    """Return (start, end) of windows of whole sentences, at most ``most`` characters where more than one; each shares
    a sentence with the one before where that fits.

    >>> sentence_windows([(0, 10), (11, 20), (21, 30)], most=20)
    [(0, 20), (11, 30)]
    """
    windows: list[tuple[int, int]] = []
    begin = 0
    for n, (start, end) in enumerate(sentences):
        if n > begin and end - sentences[begin][0] > most:
            windows.append((sentences[begin][0], sentences[n - 1][1]))
            begin = n - 1 if n - 1 > begin and end - sentences[n - 1][0] <= most else n
        if n + 1 == len(sentences):
            windows.append((sentences[begin][0], max(start, end)))
    return windows


class Texts:
    """Texts numbered in the order they come."""

    def __init__(self) -> None:
        self.all: list[str] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str) -> int:
        """Return the text's number."""
        if text not in self._numbers:
            self._numbers[text] = len(self.all)
            self.all.append(text)
        return self._numbers[text]


class Packer:
    """Turns records into arrays."""

    def __init__(self, records: Sequence[Record], tokenizer: Tokenizer, r: Random) -> None:
        self.records, self.tokenizer, self.r = records, tokenizer, r
        self.passages, self.questions, self.lines = Texts(), Texts(), Texts()
        for record in records:
            self.passages.number(record.passage)
            for other in record.others:
                self.passages.number(other.passage)
        self.ids: list[list[int]] = []
        self.starts: list[list[int]] = []
        self.ends: list[list[int]] = []
        self._encode_passages()
        self._sentences: dict[int, tuple[list[int], list[int]]] = {}
        self._windows: dict[int, list[Unit]] = {}
        self.lost = 0
        self._titles = sorted({record.title for record in records if record.title})

    def _encode_passages(self) -> None:
        for begin in range(0, len(self.passages.all), 4000):
            for one in self.tokenizer.encode_batch(self.passages.all[begin : begin + 4000], add_special_tokens=False):
                self.ids.append(one.ids)
                self.starts.append([start for start, _ in one.offsets])
                self.ends.append([end for _, end in one.offsets])

    # Stretches of passages

    def tokens_of(self, passage: int, start: int, end: int) -> tuple[int, int]:
        """Return the first token and one past the last of a range of characters."""
        return bisect_right(self.ends[passage], start), bisect_left(self.starts[passage], end)

    def sentences(self, passage: int) -> tuple[list[int], list[int]]:
        """Return the tokens at which sentences begin, and those after which they end."""
        if passage not in self._sentences:
            spans = [self.tokens_of(passage, *span) for span in split_sentences(self.passages.all[passage])]
            self._sentences[passage] = [low for low, _ in spans], [high for _, high in spans]
        return self._sentences[passage]

    def sentence_windows(self, passage: int) -> list[Unit]:
        """Return the windows of a few whole sentences."""
        if passage not in self._windows:
            spans = sentence_windows(split_sentences(self.passages.all[passage]))
            ranges = [self.tokens_of(passage, *span) for span in spans]
            self._windows[passage] = [
                (passage, low, min(high, low + MOST_PASSAGE)) for low, high in ranges if high > low
            ]
        return self._windows[passage]

    def widened(self, passage: int, low: int, high: int) -> Unit:
        """Return a window of up to 256 tokens around a stretch that must stay in it, from a sentence's start on."""
        count = len(self.ids[passage])
        if count <= MOST_PASSAGE:
            return passage, 0, count
        begins, ends = self.sentences(passage)
        fitting = [at for at in begins[: bisect_right(begins, low)] if high <= at + MOST_PASSAGE]
        first = self.r.choice(fitting) if fitting else max(0, min(low, count - MOST_PASSAGE))
        if first + MOST_PASSAGE > count and self.r.random() < 0.5:
            first = max(at for at in [0, *fitting] if at + MOST_PASSAGE <= count or at == 0) if fitting else first
        last = min(count, first + MOST_PASSAGE)
        if self.r.random() < 0.7:  # as a product cuts passages: after a whole sentence
            place = bisect_right(ends, last)
            if place and ends[place - 1] >= high:
                last = ends[place - 1]
        return passage, first, max(last, min(high, first + MOST_PASSAGE))

    def text_of(self, unit: Unit) -> str:
        """Return the text of a stretch."""
        passage, low, high = unit
        return self.passages.all[passage][self.starts[passage][low] : self.ends[passage][high - 1]]

    def unit(self, record: Record) -> Unit:
        """Return the stretch that is the record's own paragraph."""
        passage = self.passages.number(record.passage)
        return (passage, *self.tokens_of(passage, *(record.home or (0, len(record.passage)))))

    # Negatives

    def near_units(self) -> list[list[tuple[Unit, str]]]:
        """Return for each record the paragraphs of its set most like its question, without its answers, with titles."""
        near: list[list[tuple[Unit, str]]] = [[] for _ in self.records]
        by_kind: dict[str, list[int]] = defaultdict(list)
        for number, record in enumerate(self.records):
            if record.kind not in MADE and record.start is not None:
                by_kind[record.kind].append(number)
        for kind, rows in sorted(by_kind.items()):
            titles = {self.unit(self.records[n]): self.records[n].title for n in rows}
            units = sorted(titles)
            texts = [self.text_of(unit) for unit in units]
            folded = [text.casefold() for text in texts]
            nearest = nearest_by_words([self.records[n].question for n in rows], texts, 12)
            for n, places in zip(rows, nearest, strict=True):
                answers = [answer.casefold() for answer in self.records[n].answers]
                own = self.unit(self.records[n])
                near[n] = [
                    (units[p], titles[units[p]])
                    for p in places
                    if units[p] != own and not any(a in folded[p] for a in answers)
                ][:6]
            print("near", kind, len(rows), len(units), flush=True)
        return near

    def _lacks(self, unit: Unit, answers: list[str]) -> bool:
        text = self.text_of(unit).casefold()
        return not any(answer in text for answer in answers)

    def negatives(
        self, record: Record, own: Unit, answer: tuple[int, int], near: list[tuple[Unit, str]]
    ) -> list[tuple[int, ...]]:
        """Return windows that do not answer: next to the answer, of near paragraphs, whole, widened and in part."""
        others = [(self.passages.number(other.passage), other.line) for other in record.others]
        found = [(other, 0, min(MOST_PASSAGE, len(self.ids[other])), self.line(line)) for other, line in others]
        if record.kind in MADE:
            return found
        answers = [one.casefold() for one in record.answers]
        beside = [
            w
            for w in self.sentence_windows(own[0])
            if not (w[1] <= answer[1] and answer[0] < w[2]) and self._lacks(w, answers)
        ]
        title_line = self.titled(record.title)
        found += [(*w, title_line) for w in self.r.sample(beside, min(2, len(beside)))]
        for unit, title in near[:5]:
            line = self.titled(title)
            wide = self.widened(unit[0], unit[1], min(unit[2], unit[1] + MOST_PASSAGE))
            if not self._lacks(wide, answers):
                wide = (unit[0], unit[1], min(unit[2], unit[1] + MOST_PASSAGE))
            found.append((*wide, line))
            parts = [w for w in self.sentence_windows(unit[0]) if unit[1] <= w[1] < unit[2] and self._lacks(w, answers)]
            if parts:
                found.append((*self.r.choice(parts), line))
        return found

    # Context lines

    def line(self, text: str) -> int:
        """Return the number of a context line, -1 where there is none."""
        return self.lines.number(text) if text else -1

    def titled(self, title: str) -> int:
        """Return a context line made from a title, at times with a heading without information."""
        if not title:
            return (
                self.line(self.r.choice(NO_TITLES).format(n=self.r.randint(1, 99)))
                if self.r.random() < EMPTY_TITLE_SHARE
                else -1
            )
        return self.line(context_line(title, self.r.choice(PLAIN_HEADINGS) if self.r.random() < 0.1 else "", self.r))

    # Windows

    def windows(self, record: Record, own: Unit, answer: tuple[int, int] | None) -> list[tuple[int, ...]]:
        """Return the windows of a record: widened twice, its own paragraph, a few sentences."""
        passage, low, high = own
        first, last = answer or (low, min(high, low + MOST_PASSAGE) - 1)
        fits = high - low <= MOST_PASSAGE
        kept = (min(low, first), max(high, last + 1)) if fits else (first, last + 1)
        units = [self.widened(passage, *kept)]
        if record.kind in MADE and last < MOST_PASSAGE:
            units = [(passage, 0, min(MOST_PASSAGE, len(self.ids[passage])))]
        elif len(self.ids[passage]) > MOST_PASSAGE:
            units.append(self.widened(passage, *kept))
        if record.home and fits:
            units.append(own)
        if answer and record.kind not in ("title", "hidden_title", "table"):
            units += [w for w in self.sentence_windows(passage) if w[1] <= first and last < w[2]][:2]
        marks, title = answer or (-1, -1), record.title
        if record.kind in ("qamr", "multispan") and self.r.random() < FOREIGN_TITLE_SHARE:
            title = self.r.choice(self._titles)
        return [
            (
                *unit,
                *marks,
                self.line(record.line) if record.line else -1 if record.kind in MADE else self.titled(title),
            )
            for unit in dict.fromkeys(units)
            if answer is None or (unit[1] <= first and last < unit[2])
        ]

    def asked(self, record: Record) -> list[int]:
        """Return the numbers of a record's question as it is, as people type it, and as keywords."""
        forms = [record.question, disturb(record.question, self.r)]
        if (
            record.kind not in ("parallel", "yesno", "compare", "premise", "written")
            and self.r.random() < KEYWORD_SHARE
        ):
            forms.append(patterns.keywords(record.question, self.r))
        return [self.questions.number(one) for one in dict.fromkeys(form for form in forms if form)]

    def pack(self, path: Path) -> list[str]:
        """Write the arrays; return the kind of each record kept."""
        near = self.near_units()
        asked, windows, negatives, need, kinds = [], [], [], [], []
        for number, record in enumerate(self.records):
            own, answer = self.unit(record), None
            if record.start is not None:
                first, behind = self.tokens_of(own[0], record.start, record.end)
                answer = first, behind - 1
                if behind <= first or behind - 1 - first > LONGEST_ANSWER:
                    self.lost += 1
                    continue
            found = self.windows(record, own, answer)
            if not found:
                self.lost += 1
                continue
            asked.append(self.asked(record))
            windows.append(found)
            negatives.append(self.negatives(record, own, answer, near[number]) if answer else [])
            need.append(record.line_needed)
            kinds.append(record.kind)
        self._write(path, asked, windows, negatives, need, kinds)
        return kinds

    def _write(self, path: Path, asked: list, windows: list, negatives: list, need: list, kinds: list[str]) -> None:
        names = sorted(set(kinds))
        encode = lambda texts, most: [
            one.ids[:most] for one in self.tokenizer.encode_batch(texts, add_special_tokens=False)
        ]
        arrays: dict[str, np.ndarray] = {}
        for name, lists in (
            ("c", self.ids),
            ("q", encode(self.questions.all, MOST_QUESTION)),
            ("t", encode(self.lines.all, MOST_LINE)),
        ):
            arrays[name + "i"] = np.concatenate([np.asarray(one, np.uint16) for one in lists])
            arrays[name + "p"] = _bounds(lists)
        arrays |= {"vq": np.concatenate([np.asarray(one, np.int32) for one in asked]), "vp": _bounds(asked)}
        arrays |= {"var": np.array([w for one in windows for w in one], np.int32), "varp": _bounds(windows)}
        arrays |= {
            "neg": np.array([w for one in negatives for w in one], np.int32).reshape(-1, 4),
            "negp": _bounds(negatives),
        }
        arrays |= {
            "need": np.array(need, np.uint8),
            "src": np.array([names.index(kind) for kind in kinds], np.int8),
            "names": np.array(names),
        }
        np.savez_compressed(path, **arrays)
        for name, one in sorted(arrays.items()):
            print(name, one.shape, one.nbytes, flush=True)


def _bounds(lists: Sequence[Sequence]) -> np.ndarray:
    return np.cumsum([0, *map(len, lists)]).astype(np.int32)
