"""The reader at work, over a model whose logits are known, so that every span and score is exact."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from embeddings.documents.structure import Heading, Structure, Table
from embeddings.errors import CitebotError
from embeddings.search.passage import Passage
from embeddings.text.offsets import Chunk
from qa.reading.reader import PACKAGED, SPANS_PER_PASSAGE, context_line, load_reader

STARTS = {"azerbaijani": 6.0, "noon": 3.0, "baku": 2.0, "[CLS]": 0.5}
ENDS = {"##fighter": 1.0, "##s": 5.0, "noon": 2.0, "baku": 1.0, "[CLS]": 1.0}
TEXT = "At noon it was quenched by Azerbaijani firefighters, in Baku."


def passage(text: str, start: int = 0, document: str = "a.txt") -> Passage:
    return Passage(Chunk(document, start, start + len(text)), text, "", 1.0)


def words(span) -> str:
    offset = span.passage.chunk.start
    return span.passage.text[span.start - offset : span.end - offset]


@pytest.fixture
def reader(write_reader):
    return load_reader(write_reader(STARTS, ENDS))


def test_a_span_has_offsets_of_the_document_and_its_score_is_its_margin_over_not_here(reader):
    (reading,) = reader.read("Who put out the fire?", [passage(TEXT, start=100)])
    best = reading.spans[0]
    assert (words(best), best.start, best.end) == ("Azerbaijani firefighters", 127, 151)
    assert best.score == pytest.approx(6.0 + 5.0 - 0.5 - 1.0)


def test_relevance_is_that_of_the_whole_window(write_reader):
    reader = load_reader(write_reader(STARTS, ENDS, relevant={"baku": 2.0, "fire": 0.5}))
    inside, outside = reader.read("Who put out the fire?", [passage(TEXT), passage("Nobody saw it.")])
    assert (inside.relevance, outside.relevance) == (2.5, 0.5)


def test_where_a_passage_comes_from_is_shown_to_a_reader_that_was_taught_it_and_never_pointed_at(write_reader):
    told = replace(passage("It was quenched."), title="Baku")
    readings = [
        load_reader(write_reader(STARTS, ENDS, relevant={"baku": 2.0}, context=context, folder=f"{context}")).read(
            "Who?", [told]
        )[0]
        for context in (True, False)
    ]
    assert [reading.relevance for reading in readings] == [2.0, 0.0]
    assert all(words(span) in told.text for reading in readings for span in reading.spans)


def test_where_a_passage_comes_from_is_its_title_its_section_and_the_columns_of_its_table():
    structure = Structure(
        headings=(Heading(0, 5, 1, "Bread"), Heading(9, 15, 2, "Dough")), tables=(Table(20, 90, 40, "Flour | Water"),)
    )

    def told(start: int) -> str:
        return context_line(replace(passage("500 g | 300 g", start), title="Bread", structure=structure))

    assert (told(0), told(9), told(16)) == ("Bread", "Bread", "Bread, Dough")
    assert (told(20), told(50)) == ("Bread, Dough", "Bread, Dough, Flour | Water")


def test_further_spans_are_best_first_and_do_not_overlap(reader):
    (reading,) = reader.read("Who?", [passage(TEXT)])
    scores = [span.score for span in reading.spans]
    assert scores == sorted(scores, reverse=True)
    assert 1 < len(scores) <= SPANS_PER_PASSAGE
    edges = sorted((span.start, span.end) for span in reading.spans)
    assert all(end <= start for (_, end), (start, _) in pairwise(edges))


def test_readings_come_in_the_order_of_the_passages_and_each_is_what_it_is_alone(reader):
    texts = ["Nobody saw it.", TEXT, "", "Baku. " * 200, "It stopped at noon"]
    passages = [passage(text, document=f"{n}.txt") for n, text in enumerate(texts)]
    together = reader.read("Who?", passages)
    assert [reading.passage for reading in together] == passages
    assert together == [reader.read("Who?", [one])[0] for one in passages]


def test_an_empty_passage_and_one_of_white_space_have_nothing_to_point_at(reader):
    assert [reading.spans for reading in reader.read("Who?", [passage(""), passage(" \n\t ")])] == [(), ()]
    assert reader.read("Who?", []) == []


@pytest.mark.parametrize("question", ["", "?", "who", "who put out the fire " * 400, "\ud800 who"])
def test_questions_of_any_length_are_read(reader, question):
    (reading,) = reader.read(question, [passage(TEXT)])
    assert words(reading.spans[0]) == "Azerbaijani firefighters"


def test_a_passage_longer_than_the_window_is_read_to_its_end(reader):
    text = "It was rain and rain stopped. " * 300 + TEXT
    (reading,) = reader.read("Who?", [passage(text)])
    assert words(reading.spans[0]) == "Azerbaijani firefighters"
    assert reading.spans[0].start == text.index("Azerbaijani")


def test_a_span_is_of_whole_words(write_reader):
    reader = load_reader(write_reader({"fire": 9.0, "put": 1.0}, {"fire": 9.0, "##s": 1.0}))
    (reading,) = reader.read("Who?", [passage("Fires were put out.")])
    assert words(reading.spans[0]) == "Fires"


def test_threads_may_share_one_reader(reader):
    passages = [passage(f"{TEXT} Rain stopped {n}.") for n in range(4)]
    alone = reader.read("Who?", passages)
    with ThreadPoolExecutor(8) as pool:
        for reading in pool.map(lambda _: reader.read("Who?", passages), range(40)):
            assert reading == alone


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(text=st.text(st.sampled_from('noon baku.,()"“” \n\u00a0é汉\ud83d1990s'), max_size=120), start=st.integers(0, 9))
def test_a_span_is_always_words_of_its_passage(reader, text, start):
    (reading,) = reader.read("When?", [passage(text, start)])
    for span in reading.spans:
        assert start <= span.start < span.end <= start + len(text)
        assert words(span) == words(span).strip()
        assert words(span)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json", "reader.json"])
def test_a_missing_file_is_named_with_the_remedy(write_reader, name):
    folder = write_reader(STARTS, ENDS)
    (folder / name).unlink()
    with pytest.raises(CitebotError, match=rf"{name}.*export the model again") as caught:
        load_reader(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", ["model.onnx", "tokenizer.json"])
def test_a_flipped_bit_is_noticed(write_reader, name):
    folder = write_reader(STARTS, ENDS)
    data = bytearray((folder / name).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / name).write_bytes(data)
    with pytest.raises(CitebotError, match=rf"{name} has SHA-256 \w+….*damaged"):
        load_reader(folder)


def test_a_model_with_other_labels_is_refused(write_reader):
    with pytest.raises(CitebotError, match=r"logits.*, expected .*start_logits"):
        load_reader(write_reader(STARTS, ENDS, outputs=("logits", "end_logits", "relevance")))


def test_a_tokenizer_without_the_special_tokens_is_refused(write_reader):
    with pytest.raises(CitebotError, match=r"tokenizer .* lacks one of \['<s>', '</s>'\]"):
        load_reader(write_reader(STARTS, ENDS, special_tokens=["<s>", "</s>"]))


@pytest.mark.parametrize(
    "wrong",
    [
        {"context": "title"},
        {"max_tokens": 12},
        {"max_tokens": None},
        {"passages": 0},
        {"sha256": {}},
        {"sha256": 3},
    ],
)
def test_facts_that_say_something_else_are_refused(write_reader, wrong):
    with pytest.raises(CitebotError, match=r"reader\.json cannot be used"):
        load_reader(write_reader(STARTS, ENDS, **wrong))


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\ud800".encode("utf-8", "surrogatepass")])
def test_facts_that_are_not_an_object_are_refused(write_reader, content):
    folder = write_reader(STARTS, ENDS)
    (folder / "reader.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(CitebotError, match=r"reader\.json cannot be used"):
        load_reader(folder)


def test_reading_loads_neither_torch_nor_transformers(write_reader, repository):
    folder = write_reader(STARTS, ENDS)
    script = (
        "import sys; from pathlib import Path; from qa.reading.reader import load_reader;"
        f"load_reader(Path({str(folder)!r})).read('Who?', []);"
        "print(sorted({'torch', 'transformers', 'sentence_transformers', 'sklearn', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_folder_that_is_not_there_is_reported_with_the_remedy(tmp_path):
    with pytest.raises(CitebotError, match=r"no reader in .*leave CITEBOT_READER unset for the packaged one"):
        load_reader(tmp_path / "huge")


def test_the_packaged_reader_points_at_the_answer_and_judges_the_passage():
    asked = [passage("The fire was put out by firefighters from Brno."), passage("The cheese is sold in Brno.")]
    about, other = load_reader().read("Who put out the fire?", asked)
    assert words(about.spans[0]) in ("firefighters", "firefighters from Brno")
    assert about.spans[0].score > 0 > other.spans[0].score
    assert about.relevance > 0 > other.relevance


def test_the_packaged_reader_has_at_most_40_megabytes():
    assert sum(path.stat().st_size for path in PACKAGED.rglob("*") if path.is_file()) <= 40e6
