"""The engine: one question in, one answer out; thread-safe, and always from exactly one generation of the index."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from glob import escape
from pathlib import Path

import numpy as np

from embeddings.documents.document import Document
from embeddings.documents.filters import Filters
from embeddings.encoder.encoder import Encoder, load_encoder
from embeddings.errors import CitebotError, ConnectionLost
from embeddings.index.changes import Changes, find_changes
from embeddings.index.passage_search import widen_passages
from embeddings.index.snapshot import DocumentFacts
from embeddings.passage_index import PassageIndex, Place, View, open_index
from embeddings.search.passage import Passage
from qa.answer import NOT_ENGLISH, Answer, Turn
from qa.answering.assembly import assemble, assemble_fact, nothing_found
from qa.answering.candidates import rank
from qa.answering.confidence import CALIBRATION_NAME, Calibration, load_calibration, weigh
from qa.answering.document_facts import CONFIDENCE, find_document, find_in_text, metadata_value
from qa.answering.proof import Prover
from qa.answering.shape import shape
from qa.answering.two_answers import join_answers
from qa.question.about_document import AboutDocument, read_about_document
from qa.question.answer_in_context import NEVER, answer_in_context
from qa.question.follow_up import completions, stands_alone
from qa.question.language import ENGLISH, language_of
from qa.question.respell import respell
from qa.question.terms import weigh_names
from qa.question.tidy import tidy
from qa.question.two_questions import split_two
from qa.reading.reader import PACKAGED, Reader, Reading, load_reader

REFRESH_EVERY_S = 1.0
"""How often a warm engine looks for a newer generation: a look costs under a millisecond."""
DEFAULT_TOP = 3
SEARCHED = 20
"""Passages searched for a question; each reader says how many of them it is best given."""
READ_FOR_PART = 4
"""Passages read for each of two questions in one."""
READ_CHARACTERS = 1100
"""About 250 tokens. A passage is read together with the text around it, up to this length: on 120 questions over 48
articles, six such passages gave EM 75.8 and F1 86.0, six bare ones 72.5 and 82.5."""
DEFAULT_SEARCH_TOP = 10
SURE_OF_THE_TEXT = 0.5
"""Confidence from which a question that names a title is answered from the text, not from the document's own facts."""
READ_OF_LAST_DOCUMENT = 3
"""Passages of the last answer's document that a follow-up reads in addition to those found."""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What ``citebot status`` shows."""

    index: str
    docs: str
    documents: int
    chunks: int
    skipped: dict[str, str]
    encoder: str
    reader: str
    threshold: float
    generation: int
    built_at: str
    """ISO 8601, UTC."""
    size_bytes: int


class Engine:
    """Answers questions from an index; open it with ``Engine.open``."""

    def __init__(
        self,
        docs: Path,
        index: Place,
        opened: PassageIndex,
        encoder: Encoder,
        reader: Reader,
        calibration: Calibration,
        threshold: float,
    ):
        self.docs = docs
        self.index = index
        self.threshold = threshold
        self._encoder = encoder
        self.reader = reader
        self._calibration = calibration
        self._index = opened
        self._looked_at = time.monotonic()
        self._closed = False

    @classmethod
    def open(
        cls,
        docs: Path,
        index: Place,
        *,
        encoder_name: str | None = None,
        cache: Path | None = None,
        reader: Path | None = None,
        threshold: float | None = None,
    ) -> "Engine":
        """Open the index in ``index``, whose articles lie below ``docs``.

        ``reader`` is the folder of an exported one; None is the packaged one. ``cache`` is the folder of exported
        encoders; None is the user's.

        Raises:
            CitebotError: no index yet, an index of another encoder or format, a damaged one, or no such reader.
        """
        opened = open_index(index)
        encoder = load_encoder(encoder_name, cache)
        _check_encoder(opened.snapshot, encoder)
        loaded, calibration = load_reader(reader), _calibration(reader)
        return cls(
            docs,
            index,
            opened,
            encoder,
            loaded,
            calibration,
            calibration.threshold if threshold is None else threshold,
        )

    @property
    def snapshot(self) -> View:
        """The generation that answers now."""
        return self._index.snapshot

    def ask(
        self,
        question: str,
        *,
        top: int = DEFAULT_TOP,
        filters: Filters = Filters(),  # noqa: B008 - frozen
        history: Sequence[Turn] = (),
        threshold: float | None = None,
    ) -> Answer:
        """Answer a question, or say that the documents do not.

        ``history`` lets a follow-up refer to the turns before. ``threshold`` overrides the engine's for this question.

        Raises:
            CitebotError: the question is empty or too long, or the index is damaged.
        """
        tidied = tidy(question)
        wanted = self.threshold if threshold is None else threshold
        ask = partial(self._ask, tidied, top=top, filters=filters, history=history, threshold=wanted)
        try:
            answer = ask()
        except ConnectionLost:
            # A database that was restarted has closed its connections: try once more with a new one.
            answer = ask()
        return replace(answer, question=question)

    def _ask(self, tidied: str, *, top: int, filters: Filters, history: Sequence[Turn], threshold: float) -> Answer:
        self._look_for_newer()
        with self._index.view() as view:
            _check_encoder(view, self._encoder)
            ask = partial(self._answer, view, top=top, filters=filters)
            if language_of(tidied) != ENGLISH:
                return replace(ask(tidied, NEVER), reason=NOT_ENGLISH)
            return answer_in_context(tidied, history, ask, threshold)

    def _answer(
        self,
        snapshot: View,
        asked: str,
        threshold: float,
        last_document: str | None = None,
        *,
        top: int,
        filters: Filters,
    ) -> Answer:
        """Answer a stand-alone question; passages of ``last_document`` are read in addition to those found."""
        passages = self.find(snapshot, asked, self.reader.passages, filters)
        if last_document and (facts := snapshot.find(last_document)) and filters.admit(facts.id, facts.date):
            known = {passage.chunk for passage in passages}
            more = self.find(snapshot, asked, READ_OF_LAST_DOCUMENT, Filters(paths=(escape(last_document),)))
            passages += [passage for passage in more if passage.chunk not in known]
        judge = partial(self._judge, snapshot, passages=passages, threshold=threshold, top=top, filtered=bool(filters))
        if (about := read_about_document(asked)) and (facts := find_document(about, passages, snapshot)):
            # An article called "Moby Dick" may tell who wrote the novel.
            told = judge(asked) if about.named else None
            if told and told.answered and told.confidence >= SURE_OF_THE_TEXT:
                return told
            return self._answer_from_facts(snapshot, asked, about, facts, judge, threshold, told)
        if parts := split_two(asked):
            judge_part = partial(judge, passages=passages[:READ_FOR_PART])
            answers = [judge_part(parts[0])]
            leaning = completions(parts[1], [Turn(parts[0], answers[0])]) if not stands_alone(parts[1]) else ()
            answers.append(judge_part(next(iter(leaning), parts[1])))
            if (joined := join_answers(asked, parts, answers, top)) is not None:
                return joined
        return judge(asked)

    def _answer_from_facts(
        self,
        snapshot: View,
        asked: str,
        about: AboutDocument,
        facts: DocumentFacts,
        judge: Callable[..., Answer],
        threshold: float,
        told: Answer | None,
    ) -> Answer:
        """Answer a question about a document itself from its text; otherwise say what the file's metadata has.

        ``told`` is what the passages say, where they were read.
        """
        span = find_in_text(about.fact, facts, snapshot.document(facts.id).text) if threshold <= CONFIDENCE else None
        answer = span and assemble_fact(asked, span, CONFIDENCE, Prover(snapshot, self.docs))
        value = metadata_value(about.fact, facts)
        if answer or value is None:
            return answer or told or judge(asked)
        reason = f"not in the text of {facts.id}, but the file's own data state the {about.fact.value}: {value}"
        refused = told if told and not told.answered else judge(asked, threshold=NEVER)
        return replace(refused, confidence=0.0, reason=reason)

    def _judge(
        self,
        snapshot: View,
        asked: str,
        *,
        passages: Sequence[Passage],
        threshold: float,
        top: int,
        filtered: bool,
    ) -> Answer:
        """Answer a question from passages, or refuse."""
        if not passages:
            return nothing_found(asked, snapshot, filtered)
        readings = self.readings(asked, passages, partial(self._index.holds_term, snapshot))
        names = weigh_names(asked, partial(self._index.weigh, snapshot))
        weighed = weigh(asked, passages, shape(asked, rank(readings)), names, self._calibration)
        return assemble(asked, passages, weighed, threshold, Prover(snapshot, self.docs), top)

    def readings(self, question: str, passages: Sequence[Passage], known: Callable[[str], bool]) -> list[Reading]:
        """Read passages for a tidied question, with names spelled as in the passages; ``known`` as in ``respell``."""
        return self.reader.read(respell(question, passages, known), passages)

    def find(self, snapshot: View, question: str, most: int, filters: Filters) -> list[Passage]:
        """Return passages to be read for a tidied question, best first, each with the text around it."""
        found = self._search(snapshot, question, SEARCHED, filters)
        return widen_passages(snapshot, found, READ_CHARACTERS, most)

    def search(self, question: str, *, top: int = DEFAULT_SEARCH_TOP, filters: Filters = Filters()) -> list[Passage]:  # noqa: B008
        """Return the best passages for a question, best first, with each channel's rank and score.

        Raises:
            CitebotError: as ``ask``.
        """
        tidied = tidy(question)
        self._look_for_newer()
        with self._index.view() as view:
            _check_encoder(view, self._encoder)
            return self._search(view, tidied, top, filters)

    def _search(self, snapshot: View, question: str, top: int, filters: Filters) -> list[Passage]:
        return self._index.search(snapshot, question, self.vector(question), top=top, filters=filters)

    def vector(self, question: str) -> np.ndarray:
        """Return a question's unit vector, float32 (dimension,)."""
        return self._encoder.encode([question], kind="query")[0]

    def _look_for_newer(self) -> None:
        if self._closed:
            raise CitebotError("this engine was closed: open another one with Engine.open")
        if time.monotonic() - self._looked_at >= REFRESH_EVERY_S:
            self.refresh()

    @property
    def trouble(self) -> str | None:
        """Why the newest index cannot be used; None if it can."""
        return self._index.trouble

    def refresh(self) -> bool:
        """Switch to a newer generation if there is one; questions being answered stay on the one they began with.

        A newer generation that cannot be used is logged, and the current one stays in use.
        """
        self._looked_at = time.monotonic()
        return self._index.refresh(partial(_check_encoder, encoder=self._encoder))

    def documents(self) -> tuple[DocumentFacts, ...]:
        """Return the facts of all documents, in the order of their ids."""
        return tuple(self.snapshot.documents().values())

    def document(self, identifier: str) -> Document:
        """Return a document as it was indexed.

        Raises:
            CitebotError: there is no such document.
        """
        return self.snapshot.document(identifier)

    def changes(self) -> Changes:
        """Tell what changed on disk since the index was built, by sizes and modification times."""
        return Changes() if self.docs_are_elsewhere else find_changes(self.snapshot, self.docs)

    @property
    def docs_are_elsewhere(self) -> bool:
        """Whether the docs folder is not on this machine, and the index has the documents' texts."""
        return self._index.serves_documents and not self.docs.is_dir()

    def status(self) -> IndexStatus:
        """Tell what the index holds and how it was made."""
        snapshot = self.snapshot
        return IndexStatus(
            index=str(self.index),
            docs=str(self.docs),
            documents=int(snapshot.facts["documents"]),
            chunks=snapshot.generation.rows,
            skipped=snapshot.skipped(),
            encoder=snapshot.facts["encoder"],
            reader=self.reader.name,
            threshold=self.threshold,
            generation=snapshot.generation.number,
            built_at=snapshot.facts["built_at"],
            size_bytes=self._index.size_bytes(),
        )

    def close(self) -> None:
        """Close the index."""
        self._closed = True
        self._index.close()


def _calibration(reader: Path | None) -> Calibration:
    """Load the reader's calibration, or the packaged one's if it has none: `citebot eval` shows how well that fits."""
    own = (PACKAGED if reader is None else reader.expanduser()) / CALIBRATION_NAME
    return load_calibration(own if own.is_file() else PACKAGED / CALIBRATION_NAME)


def _check_encoder(snapshot: View, encoder: Encoder) -> None:
    if snapshot.facts["encoder_identity"] != encoder.identity:
        raise CitebotError(
            f"the index in {snapshot.folder} was built with the encoder {snapshot.facts['encoder']}"
            f" (dimension {snapshot.facts['dimension']}), but {encoder.name} (dimension {encoder.dimension}) is set:"
            " run `citebot index` with the encoder you want, or set CITEBOT_ENCODER to that of the index"
        )
