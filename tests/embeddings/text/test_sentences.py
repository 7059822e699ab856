"""Where sentences end, and that their offsets are exact whatever the text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from embeddings.text.long_sentences import MAX_SENTENCE_CHARACTERS
from embeddings.text.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    "marked",
    [
        # Plain prose; a bar marks the end of a sentence.
        "He came.| He saw!| Did he win?| He did",
        "",
        " \n\t\r\n ",
        "One sentence alone.",
        # Abbreviations.
        "Mr. Smith met Mrs. Jones and Dr. Who.| They talked.",
        "Sen. Rep. Adams spoke to Gen. Lee at St. Paul's.| Then he left.",
        "Apple Inc. bought it from Acme Ltd. Partners.| It paid well.",
        "It works for Apple Inc.| The firm is big.",
        "In the U.S. Congress met.| He lives in the U.S.| The law is new.",
        "We met at 5 p.m. Friday.| They came at 6 p.m.| Nobody else did.",
        "It opens at 9 a.m. Eastern time.| Bring pens, paper, etc.| Lunch is free.",
        "Use fruit, e.g. Apples, i.e. Malus.| See No. 5, Fig. 3 and pp. 12.| Done.",
        "On Sept. 11 and on Jan. 5 it rained.| In Feb.| The sun shone.",
        "Smith et al. (2010) found it.| Brown v. Board was earlier.",
        "She has a Ph.D.| She teaches.",
        "He said no.| Peter left.| Modern art.| Nothing else.",
        "He lives on Main St.| The house is red.| St. Louis is far.",
        "Her phone: ext. 214.| Founded est. 1953 for max. 12 people.| In the 1840s.| 12 came.",
        "LOCATION:St. Olave, Upper Wick.| Note:see it.| Then go.",
        # Old money, prices after dots.
        "A spinner earned 14s. 6d. a week, a boy 3s.| The tar house burned.",
        "Pot of tea for one . . . . . . . . £3.10",
        "Hot chocolate ....... Page 12",
        "It cost more… £3 more, in fact.| He paid.",
        # Initials.
        "J. R. R. Tolkien and George W. Bush met H.Aliyev.| They sat.",
        "The anti-U.S. Army and the U.S. ICH met.| All went well.",
        "J.R.R. Tolkien, J.-P. Sartre and Bert W. O'Malley wrote.| So did C. S. Lewis.",
        "Take vitamin C.| The rest is easy.",
        # Numbers, versions, addresses, names with stops.
        "Pi is 3.14 and v. 2.0.1 is out.| It cost $5.50.| In 1999.| Then 20 people came.",
        "See www.site.com or https://a.org/b.html?x=1.Y today.| Mail a.b@c.com.| Now.",
        "It calls System.Out.Print often.| A share (. 500 or so) counts.",
        "Node.js, ASP.Net and Booking.Com are names.| U.S.A is one.| The .Net one too.",
        "Yahoo! Inc. grew.| Who won?| Nobody.",
        "The film Who? (1998) was good.| He left.",
        # Broken spacing.
        "The so -called regime fell .|Next day it rained.| End.",
        "It ended.|Next came the rain.|The sun shone in 1999.|Then it set.",
        "It ended .| Next came rain ,and then snow .",
        "He spoke.|I left!|She stayed?|They slept…|We woke.",
        # Quotation marks, brackets, footnotes.
        'He said "Go."| Then he left.| "Stay!" he said.',
        'He said "Go."|Then he left.| "Why?" she asked.',
        "“What?” he asked.| “It is here.”| ‘Good.’| He smiled.",
        "«Он ушёл.»| Мы остались.| „Das ist gut.“| Er ging.| ‹Oui.›| Bon.",
        "« Il est là. »| Nous aussi.",
        "He called ( see above . )| They came . ''| Yes .",
        '" Go , " he said .| " Stay . "| Yes .',
        "He left (she stayed.)| Nobody cried.| [He slept.]| Good.",
        "It was so.[1]| It is not.[citation needed]| Or is it?[2][3]| Yes.",
        "**Bold.**| _Slanted._| Plain.",
        # Ellipses.
        "Well... maybe.| Wait...| What?| Hm…| No. . . perhaps not.| The end . . .| Or not.",
        "He said (...) nothing.| Done.| [...] We heard that [...] John left.| […] It was late.",
        # Lower case.
        "i went there.| then i left.| it was approx. the same.",
        "They took pens, etc. but no paper.| we did.",
        "The iPhone sold.| iPads did too.| It was e.g. big.",
        # Numbered items on their own lines are one sentence with their number.
        "1. First thing\n|2. Second thing\n|a) third\n|• fourth\n|- fifth.| And more.",
        # Other languages.
        "Он родился в 1950 г. в Баку на ул. Ленина, т.е. в центре.| Потом уехал в 1970 г.| Он вернулся.",
        "Стоит 5 тыс. руб.| Это дорого.| А. С. Пушкин писал.| И т.д.| Всё.",
        "İ.Əliyev çıxış etdi.| Prof. Məmmədov və Ə. Hüseynov gəldi.| Bu yaxşıdır.",
        "Dr. Yılmaz ve Av. Kaya geldi.| 3. Ocak günü vb. şeyler oldu.| Bu iyi.",
        "Am 3. Oktober, d.h. heute, z.B. Berlin.| Das ist gut.",
        "好。 。|好。",
        "今天很好。|明天呢？|后天！|好。",
        "「行こう。」と彼は言った。|「はい。」|次。",
        "هل جاء؟| نعم.| یہ اچھا ہے۔| وہ گیا۔",
        "यह अच्छा है।| वह गया।| Բարև։| Լավ է։",
    ],
)
def test_sentences_end_where_a_reader_ends_them(marked):
    text = marked.replace("|", "")
    assert sentences(text) == [part.strip() for part in marked.split("|") if part.strip()]


def test_a_row_of_a_table_is_one_sentence_unless_its_cells_are_long():
    rows = ["Ship | Dep. Rovik | Arr. Sund | Days", "MV Puffin. | 15:30 | 16:55 | daily"]
    assert sentences("\n".join(rows)) == rows
    long = f"Rule | {'No dogs may be brought on board. ' * 10}"
    assert len(sentences(long)) == 10


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_a_blank_line_always_ends_a_sentence(newline):
    text = f"A heading{newline}{newline}the text goes{newline} \t{newline}on. And on."
    assert sentences(text) == ["A heading", "the text goes", "on.", "And on."]


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_lines_wrapped_to_a_width_are_one_sentence(newline):
    lines = [
        "The mission of the United Nations, which came on Monday, has met Mr.",
        "Aliyev in Baku and will visit the region again in the coming days. It",
        "brought the director of the office and an expert of the World Health",
        "Organization. They left.",
    ]
    whole = newline.join(lines)
    assert sentences(whole) == [
        newline.join([lines[0], lines[1].removesuffix(" It")]),
        newline.join(["It", lines[2], "Organization."]),
        "They left.",
    ]


def test_headings_and_lists_end_at_their_line_without_a_full_stop():
    text = (
        "Early life\n"
        "He was born in a small town by the sea, the third son of a poor fisherman, and went to school there.\n"
        "# Works\nSongs\n---\n- one that he wrote\n  when he was young\n- two\n> said\n| a | b |\n1) x\n12. y\n"
        "Name: Ann\nAge: 5"
    )
    assert sentences(text) == [
        "Early life",
        "He was born in a small town by the sea, the third son of a poor fisherman, and went to school there.",
        "# Works",
        "Songs",
        "---",
        "- one that he wrote\n  when he was young",
        "- two",
        "> said",
        "| a | b |",
        "1) x",
        "12. y",
        "Name: Ann",
        "Age: 5",
    ]


def test_one_paragraph_a_line_is_not_taken_for_wrapped_text():
    first = "The first paragraph " + "goes on and on " * 15 + "without a stop"
    assert len(first) > 200
    assert sentences(f"{first}\nThe second") == [first, "The second"]


@pytest.mark.parametrize(
    ("separator", "kept"), [("\n", ""), ("; ", ";"), (", ", ","), (" ", ""), ("；", "；"), ("\u3000", "")]
)
def test_an_overlong_sentence_is_cut_at_the_best_place_it_has(separator, kept):
    part = "word_" * 39
    text = separator.join([part] * 9)
    pieces = sentences(text)
    assert max(map(len, pieces)) <= MAX_SENTENCE_CHARACTERS
    assert all(piece.endswith(part + kept) for piece in pieces[:-1])
    assert len(pieces) == 3


def test_a_line_break_is_preferred_to_a_semicolon_a_comma_and_a_space():
    filler = "x" * 40
    text = " ".join(
        [f"{filler}, {filler} {filler}", f"{filler}; {filler}, {filler}\n{filler}", *[f"{filler}, {filler};"] * 9]
    )
    assert sentences(text)[0].endswith(filler)
    assert text[len(sentences(text)[0])] == "\n"


def test_a_comma_near_the_start_is_no_place_to_cut():
    text = "Well, " + "word " * 200
    assert [len(piece) for piece in sentences(text)] == [600, 404]


def test_without_any_white_space_accents_and_emoji_stay_whole():
    for sign in ("e\u0301\u0323", "👩\u200d👩\u200d👧", "👍🏽"):
        text = "a" + sign * MAX_SENTENCE_CHARACTERS
        pieces = sentences(text)
        assert "".join(pieces) == text
        assert all(piece.removeprefix("a").count(sign) * len(sign) == len(piece.removeprefix("a")) for piece in pieces)


SIGNS = st.sampled_from(
    [
        *".!?…。؟।,;:()[]{}\"“”„«»‘’'`*_#-–—|>/\\@&%1230 \t\n\r",
        *"aZéßяЖəİıعא中の한",
        *[
            "\u0301",
            "\u200b",
            "\u200d",
            "\ufe0f",
            "\ufeff",
            "\u00a0",
            "\u2028",
            "\u2029",
            "\x00",
            "\x0b",
            "\x0c",
            "\x1c",
        ],
        *[
            "\x85",
            "\u202e",
            "😀",
            "👩\u200d👧",
            "\ud800",
            "\r\n",
            "\n\n",
            "Mr. ",
            "U.S. ",
            "e.g.",
            " The ",
            "www.",
            ". . ",
            "''",
        ],
        *["word ", "Word", ".Next", "[1]", " (2010) ", "x" * 150, " " * 50],
    ]
)
TEXTS = st.one_of(st.lists(SIGNS, max_size=60).map("".join), st.text(max_size=80))


@given(TEXTS)
@example("a" * 2000)
@example(". " * 1000)
@example("\u0301" * 1300)
@example("a.\u2029\u0301\u200d" * 300)
def test_every_sign_that_is_not_white_space_is_in_exactly_one_sentence(text):
    spans = split_sentences(text)
    at = 0
    for start, end in spans:
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert end - start <= MAX_SENTENCE_CHARACTERS
        at = end
    assert not text[at:].strip()


@given(TEXTS, TEXTS)
def test_paragraphs_are_split_independently_of_each_other(first, second):
    before = split_sentences(first)
    shift = len(first) + 2
    assert split_sentences(f"{first}\n\n{second}") == [
        *before,
        *((s + shift, e + shift) for s, e in split_sentences(second)),
    ]


MEGABYTE = 1_000_000
UNITS = [".", "a", '"', "Mr. ", " ", ". . ", '."', ".)", "(", "’ ", ".[a]", "- \n", "e\u0301"]


@pytest.mark.parametrize("unit", UNITS)
def test_a_line_of_a_megabyte_takes_linear_time(unit):
    text = unit * (MEGABYTE // len(unit))
    spans = split_sentences(text)
    assert sum(len(text[start:end].split()) for start, end in spans) >= len(text.split())
    assert all(end - start <= MAX_SENTENCE_CHARACTERS for start, end in spans)
