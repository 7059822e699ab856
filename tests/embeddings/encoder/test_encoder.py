"""The default encoder: sentence-transformers' vectors, made without torch, by any number of threads."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.encoder.cache_folder import user_cache
from embeddings.encoder.encoder import MOST_THREADS, load_encoder

QUESTIONS = (
    "Who put out the fire?",
    "when was the port of rotterdam opened",
    "What is a saxophone made of?",
    "Why did prices of wheat rise in spring?",
    "Which virus causes measles?",
    "Wo liegt der Bodensee?",
)
PASSAGES = (
    "Azerbaijani firefighters put out the fire near the village on Tuesday, the mission said.",
    "The port of Rotterdam was opened in the fourteenth century and is the largest in Europe.",
    "Though made of brass, the saxophone is a woodwind instrument, since a reed makes its sound.",
    "Wheat became dearer in spring: rain had spoilt the harvest, and traders held their stocks.",
    "Measles is caused by a virus of the genus Morbillivirus and spreads through the air.",
    "Der Bodensee liegt zwischen Deutschland, Österreich und der Schweiz.",
    "A subroutine is a sequence of program instructions that performs a task, packaged as a unit.",
)
VARIED = (
    *QUESTIONS,
    *PASSAGES,
    *(f"{passage}\n{other}" for passage in PASSAGES for other in PASSAGES[:4]),
    "",
    " ",
    "x",
    "THE UNITED NATIONS",
    "naïve café, Ångström, Łódź",
    "日本語の文章です。",
    "Вторая мировая война",
    "🔥🔥 fire!",
    "3.14159 2,71828 1e-7 §12(3)",
    "http://example.org/a?b=c&d=e",
    "a\tb\r\nc\x00d",
)


@pytest.fixture(scope="module")
def encoder():
    return load_encoder()


@pytest.fixture(scope="module")
def original():
    """The same model, run by sentence-transformers."""
    from sentence_transformers import SentenceTransformer

    from embeddings.encoder.model_source import find_source

    return SentenceTransformer(str(find_source(None).folder), device="cpu")


def test_the_vectors_are_those_of_sentence_transformers(encoder, original):
    theirs = original.encode(list(VARIED))
    cosines = (encoder.encode(VARIED) * theirs).sum(axis=1)
    assert cosines.min() >= 0.98
    assert np.median(cosines) >= 0.99


def test_each_question_finds_the_passage_it_finds_with_sentence_transformers(encoder, original):
    ours = encoder.encode(QUESTIONS, "query") @ encoder.encode(PASSAGES).T
    theirs = original.encode_query(list(QUESTIONS)) @ original.encode_document(list(PASSAGES)).T
    assert ours.argmax(axis=1).tolist() == theirs.argmax(axis=1).tolist() == list(range(len(QUESTIONS)))
    assert np.abs(ours - theirs).max() < 0.04


def test_vectors_are_float32_of_unit_length_in_the_order_of_the_texts(encoder):
    vectors = encoder.encode(VARIED)
    assert vectors.dtype == np.float32
    assert vectors.shape == (len(VARIED), encoder.dimension) == (len(VARIED), 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    alone = [encoder.encode([text])[0] for text in VARIED]
    assert np.array_equal(vectors, alone), "a vector depends on its neighbours"


def test_no_texts_give_no_rows(encoder):
    assert encoder.encode([]).shape == (0, 384)


def test_one_text_instead_of_a_sequence_is_refused(encoder):
    with pytest.raises(TypeError, match="sequence"):
        encoder.encode("letters")


def test_a_lone_surrogate_reads_as_a_question_mark_and_keeps_every_offset(encoder):
    assert np.array_equal(*encoder.encode(["so \ud800 it is", "so ? it is"]))
    assert encoder.token_offsets("so \ud800 it is") == [(0, 2), (3, 4), (5, 7), (8, 10)]


def test_a_text_of_100_000_characters_is_read_at_its_beginning(encoder):
    beginning = "fire " * encoder.max_tokens
    assert np.array_equal(*encoder.encode([beginning + "x" * 100_000, beginning]))


def test_exactly_max_tokens_are_seen(encoder):
    inside = ["fire " * (encoder.max_tokens - 1) + last for last in ("water", "music")]
    beyond = ["fire " * encoder.max_tokens + last for last in ("water", "music")]
    assert not np.array_equal(*encoder.encode(inside))
    assert np.array_equal(*encoder.encode(beyond))
    assert len(encoder.token_offsets(inside[0])) == encoder.max_tokens == 254


def test_token_offsets_point_at_the_words_and_are_not_cut(encoder):
    text = "Über\u00a0die 🔥 re-\nading"
    assert [text[start:end] for start, end in encoder.token_offsets(text)][:2] == ["Über", "die"]
    assert len(encoder.token_offsets("fire " * 5000)) == 5000


@given(text=st.text(st.characters(exclude_categories=()), max_size=200))
def test_token_offsets_lie_inside_the_text_in_order(encoder, text):
    position = 0
    for start, end in encoder.token_offsets(text):
        assert position <= start < end <= len(text)
        assert not text[start:end].isspace()
        position = start


def test_progress_counts_up_to_all_texts_in_the_calling_thread(encoder):
    seen = []
    encoder.encode(VARIED, progress=lambda done: seen.append((done, threading.get_ident())))
    counts = [done for done, _ in seen]
    assert counts == sorted(set(counts))
    assert counts[-1] == len(VARIED)
    assert {thread for _, thread in seen} == {threading.get_ident()}


def test_an_error_in_progress_ends_the_work(encoder):
    def give_up(done):
        raise InterruptedError(done)

    with pytest.raises(InterruptedError):
        encoder.encode(PASSAGES * 100, progress=give_up)
    assert encoder.encode(["still alive"]).shape == (1, 384)


def native_threads() -> int:
    tasks = Path("/proc/self/task")
    return len(list(tasks.iterdir())) if tasks.is_dir() else threading.active_count()


def test_16_threads_share_one_encoder(encoder):
    texts = VARIED[::4]
    expected = encoder.encode(texts)
    callers, before = 16, native_threads()
    start, most = threading.Barrier(callers), []

    def ask(number: int) -> None:
        start.wait()
        for row, text in enumerate(texts):
            assert np.array_equal(encoder.encode([text])[0], expected[row])
            assert encoder.token_offsets(PASSAGES[0])[0] == (0, 11)
        assert np.array_equal(encoder.encode(texts), expected)
        most.append(native_threads())

    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(ask, range(callers)))
    assert len(most) == callers
    assert max(most) <= before + callers + MOST_THREADS


def in_a_new_process(script: str, **environment: str) -> subprocess.CompletedProcess:
    # onnxruntime is silent where one of these is set, and encoding in this process has set the first.
    silent = {"ORT_DISABLE_TELEMETRY", "ORT_RUNNING_UNIT_TESTS", "CI", "GITHUB_ACTIONS", "TF_BUILD"}
    inherited = {name: value for name, value in os.environ.items() if name not in silent}
    environment = inherited | {"PYTHONPATH": str(Path(__file__).parents[3])} | environment
    return subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True)


def test_encoding_loads_neither_torch_nor_transformers(encoder):
    done = in_a_new_process("""
import sys
from embeddings.encoder.encoder import load_encoder
load_encoder().encode(["Who put out the fire?"], "query")
heavy = {"torch", "sentence_transformers", "transformers", "onnx", "scipy", "sklearn", "huggingface_hub"}
print(sorted(heavy & set(sys.modules)))
""")
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


def test_encoding_leaves_no_device_id_and_sends_no_telemetry(encoder, tmp_path):
    script = "from embeddings.encoder.encoder import load_encoder; load_encoder().encode(['a'])"
    in_a_new_process(
        script, HOME=str(tmp_path), XDG_CACHE_HOME=str(tmp_path), CITEBOT_CACHE=str(user_cache().resolve())
    )
    assert list(tmp_path.iterdir()) == []


def test_the_identity_is_the_same_on_every_machine_and_the_same_model_has_one_name(encoder):
    # Pinned: where this changes, EXPORT_FORMAT was raised, and every index is rebuilt.
    assert encoder.identity == "1bddd78abad88ec1716dcd1526194c6988e877108e593ecaba3c6550ab05c006"
    assert encoder.name == "all-MiniLM-L6-v2"
    assert load_encoder("sentence-transformers/all-MiniLM-L6-v2").identity == encoder.identity
