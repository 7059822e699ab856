"""A small real engine with fixed documents: an answer is found where a question's rare words stand, by plain search."""

import re
import threading
import time
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace

from embeddings.documents.document import Document
from embeddings.errors import CitebotError
from qa.answer import Answer, Quote

FIRE = """The fire at the depot

On Monday a fire broke out at the fuel depot near Hankendi. Azerbaijani firefighters put out the fire within two hours.

Hans Kluge said that he thanked the firefighters. He travelled to Baku on Friday."""
TRADE = """Markets & <b>trade</b>

The price of oil rose by 3 percent & fell again.
"Nobody knows </blockquote> why", said Jane <i>Doe</i>, tg://user?id=1."""
DAY = date(2023, 10, 5)
PIECES = {
    "put out": "Azerbaijani firefighters",
    "thanked": "Hans Kluge",
    "said": "Hans Kluge",
    "travel": "Baku",
    "oil": "3 percent",
    "knows": "Nobody knows </blockquote> why",
    "fire": "the fuel depot near Hankendi",
}


@dataclass(frozen=True)
class Facts:
    id: str
    title: str
    date: date | None
    url: str | None
    characters: int
    sha256: str = ""
    mtime_ns: int = 0

    @property
    def text_date(self) -> date | None:
        return self.date


class ToyEngine:
    """Thread-safe; ``gate`` holds every answer back while it is cleared, ``pause`` makes each take that long."""

    def __init__(self, pause: float = 0.0, documents: dict[str, str] | None = None):
        self.documents_by_id = documents or {"fire.txt": FIRE, "news/trade.txt": TRADE}
        self.pause = pause
        self.gate = threading.Event()
        self.gate.set()
        self.asked: list[tuple[str, tuple]] = []
        self.refreshed = 0
        self.trouble: str | None = None
        self.running = self.most_running = 0
        self._lock = threading.Lock()

    def ask(self, question, *, top=3, filters=None, history=(), threshold=None) -> Answer:
        with self._lock:
            self.asked.append((question, tuple(history)))
            self.running += 1
            self.most_running = max(self.most_running, self.running)
        try:
            time.sleep(self.pause)
            self.gate.wait(120)
            return self._answer(question, history)
        finally:
            with self._lock:
                self.running -= 1

    def _answer(self, question: str, history) -> Answer:
        if "explode" in question:
            raise ZeroDivisionError("a defect")
        if "damaged" in question:
            raise CitebotError("the index is damaged: run citebot index --rebuild")
        understood = None
        if history and re.search(r"\b(he|it|she)\b", question):
            understood = re.sub(r"\b(he|it|she)\b", history[-1].answer.text or "that", question)
        asked = (understood or question).casefold()
        wanted = next((piece for word, piece in PIECES.items() if word in asked), None)
        quotes = tuple(self._quotes(wanted)) if wanted else ()
        if not quotes:
            near = self._quotes("firefighters put out", answered=False)
            return Answer(question, None, 0.1, tuple(near), "nothing close", understood)
        return Answer(question, quotes[0].answer, 0.9, quotes, None, understood)

    def _quotes(self, wanted: str, answered: bool = True):
        for identifier, text in self.documents_by_id.items():
            for found in re.finditer(r"[^.\n]+\.", text):
                at = found.group().find(wanted)
                if at >= 0:
                    start = found.start() + len(found.group()) - len(found.group().lstrip())
                    first = found.start() + at if answered else None
                    last = found.start() + at + len(wanted) if answered else None
                    words, title = text[start : found.end()], text.split("\n")[0]
                    facts = (0.9, DAY, "https://news.example/fire", "paragraph 2 of 3")
                    yield Quote(identifier, title, start, found.end(), words, first, last, *facts)

    def documents(self) -> tuple[Facts, ...]:
        return tuple(Facts(i, t.split("\n")[0], DAY, None, len(t)) for i, t in self.documents_by_id.items())

    def document(self, identifier: str) -> Document:
        if identifier not in self.documents_by_id:
            raise CitebotError(f"there is no document {identifier}")
        return Document(identifier, "t", self.documents_by_id[identifier], "")

    def refresh(self) -> bool:
        self.refreshed += 1
        return False

    def status(self):
        return SimpleNamespace(documents=2, chunks=7, built_at="2026-01-02T03:04:05Z", encoder="toy", reader="toy")

    def close(self) -> None:
        self.gate.set()
