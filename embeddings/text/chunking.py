"""Chunks: whole sentences, packed to what the encoder can see together with the document's title.

Each sentence is tokenised separately: the counts are the encoder's own, the memory stays small however long the
document is, and a tokenizer takes hardly longer for sentences than for a whole article. Which sentences share a chunk
is decided in ``packing.py``.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from embeddings.documents.document import Document
from embeddings.documents.loaders.frontmatter import front_matter_end
from embeddings.errors import CitebotError
from embeddings.text.long_sentences import SPACE, find_cut
from embeddings.text.offsets import Chunk, Offsets
from embeddings.text.packing import Limits, Range, pack
from embeddings.text.paragraphs import is_heading, split_paragraphs
from embeddings.text.sentences import split_line

TokenOffsets = Callable[[str], list[Offsets]]
"""Gives the (start, end) of each token of a text: the encoder's own, untruncated, without special tokens."""

TARGET_TOKENS = 128
"""Short neighbouring paragraphs are merged up to here: the encoder was trained on 128 tokens, and news have
paragraphs of one sentence."""
MINIMUM_TOKENS = 32
"""About one sentence; a smaller chunk is merged with a neighbour up to the whole window."""
MAX_OVERLAP_TOKENS = 48
"""A sentence of up to about 35 words is repeated where a paragraph is split; a longer one would cost too much room."""
MAX_TITLE_TOKENS = 32
"""How much of the title travels with a chunk into the encoder."""
CHECKED_SHARE = 0.75
"""Sentences counted one by one may add up to less than together, with tokenizers that see white space or join over it.
A chunk that fills more than this share of the window is counted whole to be sure."""
MAX_CHARACTERS_PER_TOKEN = 20
"""A sentence counts as a token for so many characters at least: a tokenizer makes one unknown token of a word of a
megabyte, and a passage of that length is no use to a reader. Prose has about 5."""
SETTINGS = f"2:{TARGET_TOKENS}:{MINIMUM_TOKENS}:{MAX_OVERLAP_TOKENS}:{MAX_TITLE_TOKENS}"
"""Changes whenever chunks would: the index is then rebuilt. The first number is the version of the code."""


@dataclass(frozen=True, slots=True)
class _Sentence:
    start: int
    end: int
    tokens: int

    @property
    def weight(self) -> int:
        return max(self.tokens, (self.end - self.start) // MAX_CHARACTERS_PER_TOKEN)


def chunk_document(
    document: Document, token_offsets: TokenOffsets, max_tokens: int, *, target_tokens: int = TARGET_TOKENS
) -> list[Chunk]:
    """Return the chunks of a document in order: every sentence after the front matter is in at least one.

    A chunk begins and ends with a sentence, and ``encoder_input`` of its text has at most ``max_tokens`` tokens. A
    sentence larger than that is split, at white space if it has any.

    Raises:
        CitebotError: ``max_tokens`` leaves no room after the title.
    """
    chunker = _Chunker(document.text, document.title, token_offsets, max_tokens)
    body = front_matter_end(document.text)
    return [Chunk(document.id, start, end) for start, end in _without_contained(chunker.chunks(body, target_tokens))]


def encoder_input(title: str, text: str, token_offsets: TokenOffsets) -> str:
    """Return what the encoder is given for a chunk: the title, as far as it counts, and on the next line the text.

    Where the chunk begins with the title already, it is not repeated.
    """
    return _with_title(_short_title(title, token_offsets), text)


def _short_title(title: str, token_offsets: TokenOffsets) -> str:
    title = title.strip()
    offsets = token_offsets(title)
    return title if len(offsets) <= MAX_TITLE_TOKENS else title[: offsets[MAX_TITLE_TOKENS - 1][1]].rstrip()


def _with_title(title: str, text: str) -> str:
    return text if not title or text.startswith(title) else f"{title}\n{text}"


def _without_contained(spans: Iterable[Offsets]) -> list[Offsets]:
    """Sort spans and leave out those inside another: a repeated sentence whose chunk had to be split once more."""
    kept: list[Offsets] = []
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return kept


class _Chunker:
    """One document's text, the way to count tokens, and the room a chunk has."""

    def __init__(self, text: str, title: str, token_offsets: TokenOffsets, max_tokens: int) -> None:
        self.text = text
        self.title = _short_title(title, token_offsets)
        self.token_offsets = token_offsets
        self.max_tokens = max_tokens
        self.window = max_tokens - len(token_offsets(_with_title(self.title, "")))
        if self.window < 1:
            raise CitebotError(
                f"the encoder sees {max_tokens} tokens, too few with a title of {max_tokens - self.window}: "
                f"wanted are more than {MAX_TITLE_TOKENS}; choose another encoder"
            )

    def chunks(self, body: int, target_tokens: int) -> Iterator[Offsets]:
        sentences, paragraphs = self.read(body)

        def leads(block: Range) -> bool:
            return is_heading(self.text[sentences[block[0]].start : sentences[block[1] - 1].end])

        limits = Limits(self.window, min(target_tokens, self.window), MINIMUM_TOKENS, MAX_OVERLAP_TOKENS)
        for first, last in pack([sentence.weight for sentence in sentences], paragraphs, leads, limits):
            yield from self.checked(sentences[first:last])

    def read(self, body: int) -> tuple[list[_Sentence], list[list[Range]]]:
        """Return the sentences from ``body`` on, and each paragraph's lines as ranges of them."""
        sentences: list[_Sentence] = []
        paragraphs = []
        for lines in split_paragraphs(self.text, body):
            ranges = []
            for line in lines:
                first = len(sentences)
                for start, end in split_line(self.text, *line):
                    sentences.extend(self.measure(start, end, self.window))
                ranges.append((first, len(sentences)))
            paragraphs.append(ranges)
        return sentences, paragraphs

    def measure(self, start: int, end: int, limit: int) -> Iterator[_Sentence]:
        """Yield the sentence, or the pieces of one that has more than ``limit`` tokens."""
        while start < end:
            offsets = self.token_offsets(self.text[start:end])
            cut, tokens = end, len(offsets)
            while tokens > limit and cut - start > 1:
                reach = min(start + offsets[limit - 1][1], cut - 1)
                cut = find_cut(self.text, start, max(reach, start + 1))
                offsets = self.token_offsets(self.text[start:cut])
                tokens = len(offsets)
            yield _Sentence(start, cut, tokens)
            start = SPACE.match(self.text, cut, end).end()

    def checked(self, sentences: list[_Sentence]) -> Iterator[Offsets]:
        """Yield the sentences as one chunk, or as several if they have more tokens together than one by one."""
        start, end = sentences[0].start, sentences[-1].end
        excess = self.excess(sentences)
        if excess <= 0:
            yield start, end
        elif len(sentences) > 1:
            middle = len(sentences) // 2
            yield from self.checked(sentences[:middle])
            yield from self.checked(sentences[middle:])
        else:
            limit = max(1, self.window - excess)
            yield from ((piece.start, piece.end) for piece in self.measure(start, end, limit))

    def excess(self, sentences: list[_Sentence]) -> int:
        """Return by how many tokens the sentences, with what separates them and the title, exceed the window."""
        start, end = sentences[0].start, sentences[-1].end
        between = end - start - sum(sentence.end - sentence.start for sentence in sentences)
        if between + sum(sentence.tokens for sentence in sentences) <= CHECKED_SHARE * self.window:
            return 0
        return len(self.token_offsets(_with_title(self.title, self.text[start:end]))) - self.max_tokens
