"""Title, date and address as an HTML page states them in its metadata. Dates in its text may mean other days."""

import datetime
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from embeddings.documents.files.dates import date_in_path, read_date

TITLES = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title")
DATES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "date", "pubdate",
    "publishdate", "publish_date", "publish-date", "publication_date", "dc.date", "dc.date.issued", "dcterms.date",
    "dcterms.issued", "citation_publication_date", "citation_date", "parsely-pub-date",
    "sailthru.date", "article.published",
)  # fmt: skip
"""Names of ``meta`` elements for the day of publication, the commonest first."""
ADDRESSES = ("og:url", "twitter:url")
ASIDES = frozenset(("aside", "nav", "footer", "menu", "dialog", "template"))
"""Elements whose content is about something else than the article."""
MIN_BODY = 200
"""Characters from which an article in the page's metadata counts as one."""
RECORDS = ("Article", "BlogPosting", "Report", "Recipe", "Review", "HowTo", "WebPage")
"""Kinds of schema.org records that state a page's author and day, the article first."""
MAX_DATE_LINE = 60
"""Characters of an element that states a date and little else."""
_DATED = re.compile(
    r"(?:^|[\s_-])(?:date|datetime|published|posted(?:-?on)?|pubdate|dateline|timestamp)(?:$|[\s_-])", re.I
)
"""Classes of such elements."""
_SEPARATORS = r"\s+[|\-–—:·•»«]+\s+"
_BYLINE = re.compile(r"^(?:by|von|par|text)\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says of itself; what it does not say is None."""

    title: str | None
    date: datetime.date | None
    url: str | None
    author: str | None = None
    site: str | None = None
    body: str | None = None
    """The article's text as the page's metadata (schema.org) holds it, paragraphs separated by blank lines."""


def read_metadata(tree) -> PageMetadata:
    """Read the metadata of a page as parsed by lxml."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        if not any(one.tag in ASIDES for one in meta.iterancestors()):
            name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
            metas.setdefault(name.lower(), meta.get("content") or "")
    linked = _linked_data(tree)
    url = _address(tree, metas)
    dates = (read_date(value) for value in _date_values(tree, metas, linked))
    date = next((date for date in dates if date), None) or date_in_path(url or "")
    site = metas.get("og:site_name", "").strip() or _name_of(linked.get("publisher")) or None
    title = _title(tree, metas)
    title = _without_site(title, site, [_name_of(linked.get("headline")), *_headlines(tree)]) if title else None
    return PageMetadata(title, date, url, _author(tree, metas, linked), site, _body(linked))


def _linked_data(tree) -> dict:
    """Return the page's schema.org record of an article, of another work where it has none, else {}."""
    found = [
        record for script in tree.iter("script") if "ld+json" in script.get("type", "") for record in _parts(script)
    ]
    return next((one for kind in RECORDS for one in found if kind in str(one.get("@type", ""))), {})


def _parts(script) -> Iterator[dict]:
    try:
        records = json.loads(script.text or "")
    except ValueError:
        return
    records = records if isinstance(records, list) else [records]
    for record in records + [part for one in records if isinstance(one, dict) for part in _listed(one.get("@graph"))]:
        if isinstance(record, dict):
            yield record


def _listed(value) -> list:
    return value if isinstance(value, list) else []


def _name_of(value) -> str | None:
    """Return the name or names in a schema.org value."""
    if isinstance(value, list):
        return ", ".join(filter(None, map(_name_of, value))) or None
    name = value.get("name") if isinstance(value, dict) else value
    return " ".join(name.split()) if isinstance(name, str) and name.strip() else None


def _author(tree, metas: dict[str, str], linked: dict) -> str | None:
    stated = _name_of(linked.get("author")) or metas.get("author") or metas.get("article:author") or metas.get("byl")
    if not stated or stated.startswith("http"):
        links = (one for one in tree.iter("a", "span", "p", "address", "div") if _is_byline(one))
        stated = next((text for one in links if 2 < len(text := " ".join(one.text_content().split())) < 80), None)
    return _BYLINE.sub("", stated).strip() or None if stated else None


def _is_byline(element) -> bool:
    marks = f"{element.get('rel', '')} {element.get('itemprop', '')} {element.get('class', '')}".lower().split()
    named = {"author", "byline", "by-author", "article-author", "author-name"}
    return bool(named & set(marks)) and not any(one.tag in ASIDES for one in element.iterancestors())


def _body(linked: dict) -> str | None:
    body = linked.get("articleBody")
    if not isinstance(body, str) or len(body) < MIN_BODY:
        return None
    return "\n\n".join(line.strip() for line in body.splitlines() if line.strip())


def _title(tree, metas: dict[str, str]) -> str | None:
    stated = next((metas[name] for name in TITLES if metas.get(name, "").strip()), None)
    if stated:
        return " ".join(stated.split())
    title = " ".join((tree.findtext(".//title") or "").split())
    return title or next((line for line in _headlines(tree) if line), None)


def _headlines(tree) -> Iterator[str]:
    return (" ".join(heading.text_content().split()) for heading in tree.iter("h1"))


def _without_site(title: str, site: str | None, headlines: list[str | None]) -> str:
    """Take the site's own name off a title: the headline alone is the title where it shows in it."""
    for line in headlines:
        if line and line in title and len(line) >= 0.4 * len(title):
            return line
    parts = re.split(_SEPARATORS, title)
    if site and len(parts) > 1:
        bare = re.sub(r"\W+", "", site).casefold()
        kept = [part for part in (parts[0], parts[-1]) if re.sub(r"\W+", "", part).casefold() == bare]
        if kept:
            cut = title.removesuffix(kept[0]) if title.endswith(kept[0]) else title.removeprefix(kept[0])
            return cut.strip(" |-–—:·•»«") or title
    return title


def _date_values(tree, metas: dict[str, str], linked: dict) -> Iterator[str | None]:
    yield from (metas.get(name) for name in DATES)
    yield from (value for key in ("datePublished", "dateModified") if isinstance(value := linked.get(key), str))
    times = [time for time in tree.iter("time") if not any(one.tag in ASIDES for one in time.iterancestors())]
    for time in times:
        if time.get("pubdate") is not None or "publish" in (time.get("itemprop", "") + time.get("class", "")).lower():
            yield time.get("datetime") or time.text
    # A time at the article's head, before its text begins, is its own; one in the text may mean another day.
    for time in times:
        if any(one.tag in ("article", "main", "header") for one in time.iterancestors()) and not _is_in_prose(time):
            yield time.get("datetime") or time.text
    yield from _date_lines(tree)


def _date_lines(tree) -> Iterator[str]:
    """Yield what stands near the headline in elements whose class says that they state a date."""
    headline = next(iter(tree.iter("h1")), None)
    near = set(islice(headline.iterancestors(), 2)) if headline is not None else set()
    for element in tree.iter("span", "div", "p", "small", "em", "i"):
        text = " ".join(element.text_content().split()) if _DATED.search(element.get("class") or "") else ""
        over = list(element.iterancestors()) if 0 < len(text) <= MAX_DATE_LINE else []
        apart = any(one.tag in (*ASIDES, "li", "a", "table") for one in over)
        if not apart and any(one.tag in ("article", "main") or (one in near and one.tag != "body") for one in over):
            yield text


def _is_in_prose(time) -> bool:
    parent = next((one for one in time.iterancestors("p", "li", "td", "blockquote", "figcaption")), None)
    return parent is not None and len(parent.text_content()) > 80


def _address(tree, metas: dict[str, str]) -> str | None:
    links = [link.get("href", "") for link in tree.iter("link") if link.get("rel") == "canonical"]
    stated = (*links, *(metas.get(name, "") for name in ADDRESSES))
    return next((address for address in stated if address.startswith(("http://", "https://"))), None)
