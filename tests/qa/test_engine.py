"""The engine end to end, with the real encoder and reader on the real seed article and on small folders."""

import dataclasses
import datetime
import shutil
import sqlite3
import threading
from contextlib import closing

import pytest

from embeddings.documents.filters import Filters
from embeddings.errors import CitebotError
from embeddings.index.build import build_index
from qa.answer import Turn
from qa.engine import Engine

FIRE = "Fire at the station\n\nFirefighters put out the fire at the gas station. Nobody was hurt.\n"
VISIT = (
    "---\ntitle: A visit\ndate: 2023-10-05\nurl: https://example.org/visit\n---\n"
    "The mission visited the town of Lachin. It came by bus.\n"
)


@pytest.fixture(scope="module")
def engine(seeds, seed_index):
    return Engine.open(seeds, seed_index)


@pytest.fixture
def small(tmp_path, write_articles):
    docs, index = write_articles({"fire.txt": FIRE, "news/visit.md": VISIT}), tmp_path / "index"
    build_index(docs, index)
    return docs, index


def hold_to_the_letter(answer, docs):
    for quote in answer.quotes:
        text = (docs / quote.document).read_bytes().decode("utf-8")
        assert text[quote.start : quote.end] == quote.text
        if quote.answer_start is not None:
            assert quote.start <= quote.answer_start < quote.answer_end <= quote.end
            assert text[quote.answer_start : quote.answer_end] == quote.answer
    if answer.answered:
        assert answer.quotes[0].answer == answer.text
    for one in answer.quotes:
        for other in answer.quotes:
            assert one is other or one.document != other.document or one.end <= other.start or other.end <= one.start


@pytest.mark.parametrize(
    "question", ["Who assisted the victims of the explosion?", "How tall is Mount Everest?", "khankendi", "WHO?"]
)
def test_every_answer_is_the_files_text_at_its_offsets(engine, seeds, question):
    for threshold in (0.0, None, 1.0):
        hold_to_the_letter(engine.ask(question, top=5, threshold=threshold), seeds)


def test_a_refusal_gives_a_reason_and_the_nearest_passages(engine):
    answer = engine.ask("Who put out the fire?", threshold=1.0)
    assert (answer.answered, answer.text) == (False, None)
    assert answer.reason
    assert answer.quotes
    assert all(quote.answer_start is None and quote.answer_end is None for quote in answer.quotes)
    assert 0 <= answer.confidence <= 1


def test_top_limits_the_quotes(engine):
    for top in (1, 2, 5):
        assert 1 <= len(engine.ask("What did Ilham Aliyev say?", top=top, threshold=0.0).quotes) <= top


def test_names_spelled_otherwise_are_found(engine):
    for question in ("What happened in Khankendi?", "explosion Xankendi", "What did Kluge think of the trip?"):
        texts = [passage.text for passage in engine.search(question, top=2)]
        assert any("Hankendi" in text or "Klyge" in text for text in texts)


def test_search_tells_each_channels_rank_and_score(engine):
    best = engine.search("gas station in Hankendi")[0]
    assert {"dense", "words"} <= set(best.channels)
    assert all(hit.rank >= 1 for hit in best.channels.values())


@pytest.mark.parametrize("question", ["", "   ", "?!"])
def test_an_empty_question_is_one_clear_line(engine, question):
    with pytest.raises(CitebotError, match="empty"):
        engine.ask(question)


def test_a_hundred_thousand_characters_are_one_clear_line(engine):
    with pytest.raises(CitebotError, match="100,000"):
        engine.ask("why " * 25_000)


def test_a_long_question_within_the_limit_is_answered(engine, seeds):
    hold_to_the_letter(engine.ask("What about the fire? " * 400, threshold=0.0), seeds)


def test_markup_and_surrogates_in_a_question_do_no_harm(engine, seeds):
    hold_to_the_letter(engine.ask("Who <b>put</b> out &amp; \ud800 the ' OR 1=1 -- fire % \x00?", threshold=0.0), seeds)


def test_a_changed_file_is_never_quoted_from_memory(small):
    docs, index = small
    engine = Engine.open(docs, index)
    assert engine.ask("Who put out the fire?", threshold=0.0).quotes[0].document == "fire.txt"
    (docs / "fire.txt").write_text(FIRE.replace("Firefighters put", "Volunteers put"), encoding="utf-8")
    answer = engine.ask("Who put out the fire?", threshold=0.0)
    hold_to_the_letter(answer, docs)
    assert all("Firefighters" not in quote.text for quote in answer.quotes)


def test_a_deleted_file_is_never_quoted(small):
    docs, index = small
    engine = Engine.open(docs, index)
    (docs / "fire.txt").unlink()
    assert all(quote.document != "fire.txt" for quote in engine.ask("Who put out the fire?", threshold=0.0).quotes)
    (docs / "news/visit.md").unlink()
    answer = engine.ask("Who put out the fire?", threshold=0.0)
    assert (answer.answered, answer.quotes) == (False, ())
    assert "citebot index" in answer.reason


def test_a_file_that_only_grew_at_its_end_is_still_quoted(small):
    docs, index = small
    engine = Engine.open(docs, index)
    (docs / "fire.txt").write_text(FIRE + "\nMore came later.\n", encoding="utf-8")
    answer = engine.ask("Who put out the fire?", threshold=0.0)
    assert answer.quotes[0].document == "fire.txt"
    hold_to_the_letter(answer, docs)


def test_filters_by_path_and_date(small):
    docs, index = small
    engine = Engine.open(docs, index)
    day = datetime.date(2023, 10, 5)
    for filters in (Filters(paths=("news/*",)), Filters(since=day), Filters(until=day)):
        passages = engine.search("fire mission station", filters=filters)
        assert {passage.chunk.document for passage in passages} == {"news/visit.md"}
        assert {quote.document for quote in engine.ask("Where was it?", filters=filters, threshold=0.0).quotes} == {
            "news/visit.md"
        }
    nothing = engine.ask("Who put out the fire?", filters=Filters(paths=("none/*",)))
    assert (nothing.answered, nothing.quotes) == (False, ())
    assert "filter" in nothing.reason


def test_title_date_and_address_travel_with_the_quote(small):
    docs, index = small
    quote = Engine.open(docs, index).ask("Which town did the mission visit?", threshold=0.0).quotes[0]
    assert (quote.title, str(quote.date), quote.url) == ("A visit", "2023-10-05", "https://example.org/visit")
    assert quote.place


def test_front_matter_is_never_quoted(small):
    docs, index = small
    engine = Engine.open(docs, index)
    assert all("example.org" not in passage.text for passage in engine.search("example.org visit title date", top=20))


def test_copies_of_an_article_count_once(tmp_path, write_articles):
    docs = write_articles({f"copy-{n}.txt": FIRE for n in range(12)} | {"visit.md": VISIT})
    build_index(docs, tmp_path / "index")
    engine = Engine.open(docs, tmp_path / "index")
    answer = engine.ask("Who put out the fire?", top=5, threshold=0.0)
    texts = [quote.text for quote in answer.quotes]
    assert len(texts) == len(set(texts))
    found = engine.search("fire at the station", top=5)
    assert len([passage for passage in found if "fire" in passage.text]) == 1
    assert len(found[0].copies) == 11


def test_a_follow_up_is_understood_from_the_turn_before(engine):
    first = engine.ask("Who said the UN mission would visit Karabakh again?", threshold=0.0)
    named = dataclasses.replace(first, text="Ilham Aliyev")
    answer = engine.ask("and what did he say about the police?", history=[Turn(first.question, named)], threshold=0.0)
    assert answer.understood == "what did Ilham Aliyev say about the police?"
    assert answer.quotes


def test_an_index_of_another_encoder_is_refused_with_advice(tmp_path, write_articles, small_encoder):
    docs = write_articles({"fire.txt": FIRE})
    build_index(docs, tmp_path / "index", encoder=small_encoder)
    with pytest.raises(CitebotError, match=r"built with the encoder small.*citebot index"):
        Engine.open(docs, tmp_path / "index")


def test_no_index_yet_is_one_clear_line(tmp_path, seeds):
    with pytest.raises(CitebotError, match=r"no index yet.*citebot index"):
        Engine.open(seeds, tmp_path / "index")


def test_an_empty_index_refuses_and_says_why(tmp_path, write_articles):
    docs = write_articles({})
    build_index(docs, tmp_path / "index")
    answer = Engine.open(docs, tmp_path / "index").ask("Who put out the fire?")
    assert (answer.answered, answer.confidence, answer.quotes) == (False, 0.0, ())
    assert "citebot index" in answer.reason


def test_one_word_is_a_document_too(tmp_path, write_articles):
    docs = write_articles({"a.txt": "Fire"})
    build_index(docs, tmp_path / "index")
    answer = Engine.open(docs, tmp_path / "index").ask("What fire?", top=10, threshold=0.0)
    assert [quote.text for quote in answer.quotes] == ["Fire"]


def test_sixteen_threads_ask_at_once(engine, seeds):
    questions = ["Who put out the fire?", "Where was the explosion?", "Who spoke?", "What is Lachin?"]
    alone = {question: engine.ask(question, threshold=0.0) for question in questions}
    wrong, before = [], threading.active_count()

    def ask(number: int) -> None:
        for step in range(4):
            question = questions[(number + step) % len(questions)]
            try:
                if engine.ask(question, threshold=0.0) != alone[question]:
                    wrong.append(question)
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    most = threading.active_count()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert most <= before + 16 + 8


def test_questions_during_swaps_are_answered_from_one_generation(tmp_path, write_articles):
    """32 questions while the index is rebuilt: an answer never mixes the old and the new wording."""
    docs, index = (
        write_articles(
            {f"{n}.txt": f"Report {n}\n\nThe colour of the old flag is red. Report {n} ends.\n" for n in range(4)}
        ),
        tmp_path / "index",
    )
    build_index(docs, index)
    engine, mixed, asked, done = Engine.open(docs, index), [], [], threading.Event()

    def ask() -> None:
        while len(asked) < 32 or not done.is_set():
            engine.refresh()
            answer = engine.ask("What is the colour of the flag?", top=4, threshold=0.0)
            asked.append(answer)
            hues = {hue for quote in answer.quotes for hue in ("red", "green") if hue in quote.text}
            if len(hues) > 1:
                mixed.append(answer)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for hue in ("green", "red", "green"):
        write_articles(
            {f"{n}.txt": f"Report {n}\n\nThe colour of the new flag is {hue}. Report {n} ends.\n" for n in range(4)}
        )
        build_index(docs, index)
    done.set()
    for thread in threads:
        thread.join()
    assert mixed == []
    assert len(asked) >= 32
    engine.refresh()
    assert "green" in engine.ask("What is the colour of the flag?", threshold=0.0).quotes[0].text


def test_a_warm_engine_sees_a_new_generation_by_itself(small, write_articles):
    docs, index = small
    engine = Engine.open(docs, index)
    write_articles({"tower.txt": "The tower\n\nThe tower of the harbour is forty metres tall.\n"})
    build_index(docs, index)
    assert engine.refresh()
    assert engine.ask("How tall is the tower?", threshold=0.0).quotes[0].document == "tower.txt"
    assert not engine.refresh()


def test_an_index_deleted_and_rebuilt_under_a_warm_engine_is_seen_though_its_number_is_the_same(small, write_articles):
    docs, index = small
    engine = Engine.open(docs, index)
    shutil.rmtree(index)
    write_articles({"tower.txt": "The tower\n\nThe tower of the harbour is forty metres tall.\n"})
    build_index(docs, index)
    assert engine.refresh()
    assert engine.status().generation == 1
    assert engine.ask("How tall is the tower?", threshold=0.0).quotes[0].document == "tower.txt"


def test_a_newer_index_of_another_encoder_does_not_stop_the_old_one(small, small_encoder, caplog):
    docs, index = small
    engine = Engine.open(docs, index)
    build_index(docs, index, encoder=small_encoder)
    assert not engine.refresh()
    assert "cannot be used" in caplog.text
    assert engine.ask("Who put out the fire?", threshold=0.0).quotes


def test_status_and_changes(small, write_articles):
    docs, index = small
    engine = Engine.open(docs, index)
    status = engine.status()
    assert (status.documents, status.generation, status.skipped) == (2, 1, {})
    assert status.chunks >= 2 and status.size_bytes > 0
    write_articles({"new.txt": "New."})
    (docs / "fire.txt").unlink()
    changes = engine.changes()
    assert (changes.new, changes.changed, changes.deleted) == (("new.txt",), (), ("fire.txt",))


def test_a_question_for_yes_or_no_gets_the_clause_that_says_it(seeds, seed_index):
    answer = Engine.open(seeds, seed_index).ask("Does Baku support the visit?", threshold=0.0)
    assert answer.text == "Baku supports this process"


def test_a_name_spelled_otherwise_is_answered_as_if_spelled_as_in_the_article(seeds, seed_index):
    engine = Engine.open(seeds, seed_index)
    there, otherwise = (engine.ask(f"What happened in {name}?", threshold=0.0) for name in ("Hankendi", "Khankendi"))
    assert otherwise.text == there.text
    assert otherwise.question == "What happened in Khankendi?"


@pytest.mark.parametrize("question", ["Кто потушил пожар?", "Yangını kim söndürdü?", "Xankəndidə nə baş verdi?"])
def test_a_question_in_another_language_is_refused_for_that_and_not_as_not_in_the_documents(engine, question):
    answer = engine.ask(question, threshold=0.0)
    assert (
        not answer.answered
        and answer.reason == "the question is not in English, and only English is understood for now"
    )
    assert answer.quotes


def test_a_question_that_stands_alone_is_asked_unchanged_after_another(engine):
    first = engine.ask("Who protects the monuments?")
    alone = engine.ask("Who said that the police protects the monuments?")
    after = engine.ask(alone.question, history=[Turn(first.question, first)])
    assert after.understood is None and (after.text, after.confidence) == (alone.text, alone.confidence)


MAYOR = (
    "Mayor resigns\n\nThe mayor of Rovik, Anna Larsen, resigned on Monday after the council had refused her budget for"
    " the third time. Her deputy, Erik Holm, will lead the town until the election on 6 June. Larsen had been mayor for"
    " nine years.\n"
)
FERRY = (
    "Ferry sinks off Rovik\n\nA ferry with forty people on board sank in the fjord off Rovik on Tuesday night, and all"
    " of them were saved by fishermen from the island.\n"
)


def test_a_conversation_is_followed_from_one_person_to_another_and_on_to_another_matter(tmp_path, write_articles):
    docs, index = write_articles({"mayor.txt": MAYOR, "ferry.txt": FERRY}), tmp_path / "index"
    build_index(docs, index)
    engine, history, understood = Engine.open(docs, index), [], []
    for question, right in (
        ("Why did the mayor of Rovik resign?", "refused her budget"),
        ("when?", "Monday"),
        ("who is her deputy?", "Erik Holm"),
        ("until when will he lead the town?", "6 June"),
        ("How long had she been mayor?", "nine years"),
        ("how many passengers were on the ferry that sank?", "forty"),
        ("were they saved?", "saved by fishermen"),
    ):
        answer = engine.ask(question, history=history)
        assert right in (answer.text or ""), (question, answer)
        history.append(Turn(answer.understood or question, answer))
        understood.append(answer.understood)
    assert [one is None for one in understood] == [True, False, False, False, False, True, False]
    assert "Holm" in understood[3] and "mayor" in understood[4]


def test_an_engine_that_was_closed_says_so(seeds, seed_index):
    engine = Engine.open(seeds, seed_index)
    engine.close()
    with pytest.raises(CitebotError, match="this engine was closed"):
        engine.ask("Who put out the fire?")


def test_a_newer_index_that_cannot_be_used_is_complained_of_once(tmp_path, write_articles, caplog):
    docs, index = write_articles({"fire.txt": "The fire was put out by Signe Lien."}), tmp_path / "index"
    build_index(docs, index)
    engine = Engine.open(docs, index)
    with closing(sqlite3.connect(index / "catalogue.sqlite")) as connection, connection:
        connection.execute("UPDATE facts SET value = '99' WHERE key = 'generation'")
    for _ in range(4):
        assert not engine.refresh()
    assert sum("cannot be used" in record.message for record in caplog.records) == 1


def test_as_many_passages_are_found_as_are_asked_for(tmp_path, write_articles):
    articles = {f"{n}.txt": f"Ward {n}\n\nThe council of ward {n} counted {n * 13} boats." for n in range(150)}
    docs, index = write_articles(articles), tmp_path / "index"
    build_index(docs, index)
    assert len(Engine.open(docs, index).search("boats counted by the council", top=1000)) == 150


def test_a_row_of_a_table_is_quoted_with_the_names_of_its_columns(tmp_path, write_articles):
    rows = (("Passenger", "Single", "Return"), ("Adult", "42 crowns", "70 crowns"), ("Child", "21 crowns", "35 crowns"))
    table = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    table = table.replace("td>", "th>", 6)
    fares = (
        "<p>The fares of the ferry between Rovik and Sundby were raised by the council, as everybody had expected.</p>"
    )
    page = f"<html><body><article><h1>Ferry fares</h1>{fares}<table>{table}</table>{fares}</article></body></html>"
    docs = write_articles({"fares.html": page})
    build_index(docs, tmp_path / "index")
    answer = Engine.open(docs, tmp_path / "index").ask("How much is a return ticket for a child?", threshold=0.0)
    assert answer.text == "35 crowns"
    assert answer.quotes[0].text == "Child | 21 crowns | 35 crowns"
    assert answer.quotes[0].place.endswith("under “Passenger | Single | Return”")
