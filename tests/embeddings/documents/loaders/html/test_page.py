"""An HTML page's article, and what the page states of itself."""

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from embeddings.documents.loaded import LoadError
from embeddings.documents.loaders.html.page import load_html

BODY = """<nav><a href="/">Home</a> <a href="/news">All the news</a></nav><article><h1>Fire at the station</h1>
<p>Firefighters put out the fire on Monday in the town of Hankendi, officials said.</p>
<p>Nobody was hurt, and the station will open again &amp; sell fuel next week.</p></article>"""
TEXT = (
    "Fire at the station\n\nFirefighters put out the fire on Monday in the town of Hankendi, officials said.\n\n"
    "Nobody was hurt, and the station will open again & sell fuel next week."
)
DAY = datetime.date(2023, 10, 5)


def page(head: str = "", body: str = BODY) -> str:
    return f"<!DOCTYPE html><html><head>{head}</head><body>{body}</body></html>"


def test_the_article_is_kept_and_menus_are_not():
    assert load_html(page().encode()).text == TEXT


@pytest.mark.parametrize(
    "fragment", ["<p>Just one paragraph.</p>", "Just one <b>paragraph</b>.", "<title>T</title>Just one paragraph."]
)
def test_a_part_of_a_page_is_read(fragment):
    assert load_html(fragment.encode()).text == "Just one paragraph."


def test_rows_and_items_stay_together_and_paragraphs_apart():
    body = "<article><p>Before the list.</p><ul><li>one</li><li>two</li></ul>"
    body += "<table><tr><td>Doctors</td><td>12</td></tr><tr><td>Nurses</td><td>30</td></tr></table></article>"
    text = load_html(page(body=body).encode()).text
    assert "Before the list.\n\n- one\n- two\n\nDoctors | 12\nNurses | 30" in text


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ('<meta property="og:title" content="Stated"><title>Other</title>', "Stated"),
        ("<title>The Daily News | Fire at the station</title>", "Fire at the station"),
        ("<title>A page about a fire</title>", "A page about a fire"),
        ("", "Fire at the station"),
    ],
)
def test_the_title_is_stated_or_the_headline(head, title):
    assert load_html(page(head).encode()).title == title


@pytest.mark.parametrize(
    "head",
    [
        '<meta property="article:published_time" content="2023-10-05T10:00:00Z">',
        '<meta name="DC.date" content="2023-10-05">',
        '<meta itemprop="datePublished" content="October 5, 2023">',
        '<script type="application/ld+json">{"@type":"NewsArticle","datePublished": "2023-10-05T10:00"}</script>',
        '<link rel="canonical" href="https://example.org/2023/10/05/fire">',
        '<meta name="date" content="unknown"><meta name="dc.date" content="5 October 2023">',
    ],
)
def test_the_date_is_what_the_page_states(head):
    assert load_html(page(head).encode()).date == DAY


def test_a_marked_time_element_states_the_date():
    body = BODY.replace("<h1>", '<time itemprop="datePublished" datetime="2023-10-05">Thursday</time><h1>')
    assert load_html(page(body=body).encode()).date == DAY


def test_a_day_that_the_text_tells_of_is_not_the_date():
    body = BODY.replace("Monday", "1999-05-05") + '<time datetime="2001-01-01">then</time><p>© 2021-02-03</p>'
    assert load_html(page(body=body).encode()).date is None


def test_the_address_is_the_canonical_one_and_never_a_script():
    assert (
        load_html(page('<link rel="canonical" href="https://example.org/a">').encode()).url == "https://example.org/a"
    )
    assert load_html(page('<link rel="canonical" href="javascript:alert(1)">').encode()).url is None


@pytest.mark.parametrize(
    ("declaration", "encoding"),
    [
        ('<meta charset="windows-1251">', "cp1251"),
        ("<meta charset=koi8-r>", "koi8_r"),
        ('<meta http-equiv="Content-Type" content="text/html; charset=windows-1251">', "cp1251"),
        ("", "utf-8-sig"),
        ("", "utf-16"),
    ],
)
def test_a_page_is_decoded_as_it_declares(declaration, encoding):
    data = page(declaration).replace("Hankendi", "Ханкенди").encode(encoding)
    assert load_html(data).text == TEXT.replace("Hankendi", "Ханкенди")


def test_latin_1_is_read_as_browsers_read_it():
    data = page("<meta charset=iso-8859-1>").replace("Hankendi", "“Hänkendi”").encode("cp1252")
    assert "“Hänkendi”" in load_html(data).text


def test_xhtml_with_a_declaration_is_read():
    data = '<?xml version="1.0" encoding="windows-1251"?>\n' + page().replace("Hankendi", "Ханкенди")
    assert "Ханкенди" in load_html(data.encode("cp1251")).text


def test_one_wrong_byte_costs_one_sign():
    data = page("<meta charset=utf-8>").replace("officials", "Bürger").encode().replace(b"Hankendi", b"H\xe4nkendi")
    assert "H\ufffdnkendi, Bürger" in load_html(data).text


@pytest.mark.parametrize("codec", ["rot13", "zlib", "idna", "punycode", "unicode_escape", "no-such", "utf-7"])
def test_a_declared_codec_that_is_none_of_text_is_passed_over(codec):
    data = page(f"<meta charset={codec}>").replace("Hankendi", "Hänkendi").encode("cp1252")
    assert "Hänkendi" in load_html(data).text


def test_tag_soup_loses_nothing():
    soup = "".join(f"<font>word{number} " for number in range(600))
    text = load_html(page(body=soup).encode()).text
    assert all(f"word{number}" in text for number in (0, 300, 599))


@given(st.text(st.sampled_from("<>/!-pdiva &;#x0=\"' \n\0é\ud800")))
def test_any_markup_is_text_or_a_named_refusal(markup):
    try:
        assert load_html(markup.encode("utf-8", "replace")).text.strip()
    except LoadError as error:
        assert str(error)


def article(body: str, head: str = "") -> str:
    return load_html(
        page(head, f"<article><h1>Salt</h1><p>Before it, a line of text.</p>{body}</article>").encode()
    ).text


@pytest.mark.parametrize(
    "question",
    [
        "<summary>How do I <b>reset</b> lamp {}?</summary>",
        "<summary><h3>How do I reset lamp {}?</h3></summary>",
    ],
)
def test_a_question_that_is_folded_out_stands_above_its_answer(question):
    body = "".join(
        f"<details>{question.format(at)}<p>Click number {at} and wait for the letter.</p></details>" for at in range(3)
    )
    found = load_html(page(body=f"<h1>Questions</h1>{body}").encode())
    assert "How do I reset lamp 1?\n\nClick number 1 and wait for the letter." in found.text
    assert "How do I reset lamp 2?" in [one.text for one in found.structure.headings]


def test_a_heading_that_is_a_button_is_kept():
    body = "<h3><button>Can I return a lamp?</button></h3><div><p>Yes, within 60 days, if you kept the box.</p></div>"
    assert "Can I return a lamp?\n\nYes, within" in article(body)


def test_the_items_of_a_numbered_list_have_their_numbers():
    steps = "<li>Pump the brine.</li><li><p>Boil it.</p></li>"
    assert article(f"<ol>{steps}</ol>").endswith("1. Pump the brine.\n2. Boil it.")
    assert article(f'<ol start="4">{steps}<li value="9">Rake it.</li></ol>').endswith("5. Boil it.\n9. Rake it.")
    assert article(f'<ol type="a">{steps}</ol>').endswith("a. Pump the brine.\nb. Boil it.")


def test_a_picture_s_caption_is_a_paragraph():
    figure = "<figure><img src=a.jpg><figcaption>{}</figcaption></figure><p>After it.</p>"
    told = "The bridge was built by Hugh Ballantine in 1834."
    assert f"\n\n{told}\n\nAfter it." in article(figure.format(told))


def test_a_table_in_a_cell_is_text_of_that_cell():
    inner = "<table><tr><td>2 adults</td><td>21</td></tr><tr><td>1 adult</td><td>14</td></tr></table>"
    rows = f"<tr><th>Ticket</th><th>Price</th></tr><tr><td>Child</td><td>6</td></tr><tr><td>Family</td><td>{inner}</td>"
    assert "Ticket | Price\nChild | 6\nFamily | 2 adults, 21; 1 adult, 14" in article(f"<table>{rows}</tr></table>")


def test_a_page_without_an_article_keeps_its_headings():
    body = (
        '<div class="news"><h1>The bridge is open</h1><span>16:40</span><p>Today the bridge was opened.</p>'
        + "".join(f"<h2>Part {at}</h2><p>The bridge connects the town with village number {at}.</p>" for at in range(3))
    )
    other = (
        '</div><div class="other"><h3>Other news</h3><ul><li><a href="/e">An earthquake in the sea</a></li></ul></div>'
    )
    text = load_html(page(body=f"<div><a>AZ</a><a>RU</a></div>{body}{other}").encode()).text
    assert text.startswith("The bridge is open\n\n")
    assert "Part 1\n\nThe bridge connects the town with village number 1." in text
    assert "Other news" not in text


@pytest.mark.parametrize("kind", ["Recipe", "WebPage", "HowTo"])
def test_other_works_than_articles_state_their_author_and_day(kind):
    record = f'{{"@type": "{kind}", "author": {{"name": "Nell Achterberg"}}, "datePublished": "2023-10-05"}}'
    found = load_html(page(f'<script type="application/ld+json">{record}</script>').encode())
    assert (found.structure.author, found.date) == ("Nell Achterberg", DAY)


def test_an_article_that_only_its_record_holds_keeps_its_paragraphs_and_headline():
    body = f"{'A man was arrested for stealing owls. ' * 6}\\n\\nThe trial begins on 14 November."
    record = f'{{"@type": "NewsArticle", "headline": "Owl thief caught", "articleBody": "{body}"}}'
    head = f'<title>Owl thief caught | Northern Wire</title><script type="application/ld+json">{record}</script>'
    found = load_html(page(head, '<div id="app"></div>').encode())
    assert found.title == "Owl thief caught"
    assert found.text.endswith("stealing owls.\n\nThe trial begins on 14 November.")


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ('<span class="date">05.10.2023 16:40</span>', DAY),
        ('<p class="post-date">Posted on October 5, 2023</p>', DAY),
        ('<ul><li><span class="date">5 October 2023</span></li></ul>', None),
        ('<aside><span class="date">5 October 2023</span></aside>', None),
        ('<p class="update">5 October 2023</p>', None),
    ],
)
def test_a_line_near_the_headline_whose_class_says_so_states_the_date(line, date):
    body = f'<div class="news"><h1>Fire at the station</h1>{line}<p>{TEXT}</p></div>'
    assert load_html(page(body=body).encode()).date == date


def test_a_date_among_other_news_is_not_the_article_s():
    body = BODY + '<div class="other"><h3>Other news</h3><div><span class="date">5 October 2023</span></div></div>'
    assert load_html(page(body=body).encode()).date is None


def test_a_label_and_its_value_in_spans_of_their_own_are_words():
    spans = (
        "<div><span>Date</span><span>Tuesday 11 November 2025</span><span>Where</span><span>Foxley Green</span></div>"
    )
    assert "Date Tuesday 11 November 2025 Where Foxley Green" in article(spans)
    assert "14.35 km, as fire" in article(
        "<p><span>14</span><span>.35</span> km, as <span>fi</span><span>re</span></p>"
    )


def test_a_list_in_a_cell_is_text_of_that_cell():
    islands = "<ul><li>Heron</li><li>Kirk Holm</li></ul>"
    rows = f"<tr><th>Depth</th><td>87 m</td></tr><tr><th>Islands</th><td>{islands}</td></tr>"
    assert "Islands | Heron, Kirk Holm" in article(f"<table>{rows}</table>")


def test_what_editors_ask_for_is_no_text():
    assert "in 1987.\n" in article("<p>It was crossed in 1987.<sup>[<i>citation needed</i>]</sup></p><p>It froze.</p>")


def test_a_headline_is_not_put_between_the_posts_below_it():
    posts = [
        "My kettle has a thick layer of lime.",
        "Fill it with vinegar and boil it, then wait.",
        "Thanks, it is clean!",
    ]
    body = "".join(f'<div class="post"><div>marta</div><div class="body"><p>{post}</p></div></div>' for post in posts)
    text = load_html(page(body=f"<h1>How to descale a kettle?</h1>{body}").encode()).text
    assert "How to descale" not in text[5:]
    assert all(post in text for post in posts)


@pytest.mark.parametrize("span", ["9" * 5000, "-3", "two", ""])
def test_a_table_with_an_absurd_span_is_read(span):
    table = f'<table><tr><th colspan="{span}">Town</th><th>People</th></tr><tr><td>Rovik</td><td>812</td></tr></table>'
    text = load_html(page(body=BODY.replace("</article>", table + "</article>")).encode()).text
    assert "Rovik" in text and "812" in text
