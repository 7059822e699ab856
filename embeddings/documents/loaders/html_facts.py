"""Title, date and address as an HTML page states them in its metadata. Dates in its text tell of other days."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

from embeddings.documents.loaders.dates import date_in_path, read_date

TITLES = ("og:title", "twitter:title", "citation_title", "dc.title", "dcterms.title")
DATES = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "date", "pubdate",
    "publishdate", "publish_date", "publish-date", "publication_date", "dc.date", "dc.date.issued", "dcterms.date",
    "dcterms.issued", "dcterms.created", "citation_publication_date", "citation_date", "parsely-pub-date",
    "sailthru.date", "article.published", "datecreated",
)  # fmt: skip
"""Names of ``meta`` elements for the day of publication, the commonest first."""
ADDRESSES = ("og:url", "twitter:url")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page says of itself; what it does not say is None."""

    title: str | None
    date: datetime.date | None
    url: str | None


def read_facts(tree) -> Facts:
    """Read the facts out of a page as parsed by lxml."""
    metas: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        metas.setdefault(name.lower(), meta.get("content") or "")
    url = _address(tree, metas)
    dates = (read_date(value) for value in _date_values(tree, metas))
    date = next((date for date in dates if date), None) or date_in_path(url or "")
    return Facts(_title(tree, metas), date, url)


def _title(tree, metas: dict[str, str]) -> str | None:
    stated = next((metas[name] for name in TITLES if metas.get(name, "").strip()), None)
    if stated:
        return stated
    title = " ".join((tree.findtext(".//title") or "").split())
    # Sites put their own name around the headline: where the headline shows in the title, it alone is the title.
    headlines = (" ".join(heading.text_content().split()) for heading in tree.iter("h1"))
    return next((line for line in headlines if line and (line in title or not title)), title) or None


def _date_values(tree, metas: dict[str, str]) -> Iterator[str | None]:
    yield from (metas.get(name) for name in DATES)
    for script in tree.iter("script"):
        if "ld+json" in script.get("type", ""):
            _, _, behind = (script.text or "").partition('"datePublished"')
            yield behind[:40].strip(' :"\n')
    for time in tree.iter("time"):
        if time.get("pubdate") is not None or "published" in (time.get("itemprop", "") + time.get("class", "")).lower():
            yield time.get("datetime") or time.text


def _address(tree, metas: dict[str, str]) -> str | None:
    links = [link.get("href", "") for link in tree.iter("link") if link.get("rel") == "canonical"]
    stated = (*links, *(metas.get(name, "") for name in ADDRESSES))
    return next((address for address in stated if address.startswith(("http://", "https://"))), None)
