"""Calendars (.ics) and contacts (.vcf), whose lines have one form: a record of ``name: text`` lines each.

RFC 5545 and RFC 6350: a line that begins with a space goes on the line before; ``\\,`` and ``\\n`` stand for signs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from embeddings.documents.files.dates import read_date
from embeddings.documents.files.decode import decode
from embeddings.documents.loaded import Loaded, LoadError
from embeddings.documents.structure import Heading, Structure

EVENT = {
    "DTSTART": "Start", "DTEND": "End", "DUE": "Due", "RRULE": "Repeats", "LOCATION": "Place", "ORGANIZER": "Organiser",
    "STATUS": "Status", "URL": "Address", "DESCRIPTION": "Description",
}  # fmt: skip
"""What is read of an event or a task, and how it is called."""
CONTACT = {
    "NICKNAME": "Nickname", "ORG": "Organisation", "TITLE": "Post", "ROLE": "Role", "TEL": "Phone", "EMAIL": "Email",
    "ADR": "Address", "BDAY": "Birthday", "ANNIVERSARY": "Anniversary", "URL": "Website", "NOTE": "Note",
}  # fmt: skip
"""The same of a contact."""
_RECORDS = {"VEVENT": EVENT, "VTODO": EVENT, "VJOURNAL": EVENT, "VCARD": CONTACT}
_NAMES = ("SUMMARY", "FN")
"""What a record is called by; a card that has only ``N`` is of an old version."""
_PLACES = {"CELL": "mobile", "HOME": "home", "WORK": "work", "FAX": "fax"}
_WEEKDAYS = {
    "MO": "Monday", "TU": "Tuesday", "WE": "Wednesday", "TH": "Thursday", "FR": "Friday", "SA": "Saturday",
    "SU": "Sunday",
}  # fmt: skip
_LINE = re.compile(r'(?:[\w-]+\.)?([\w-]+)((?:;(?:"[^"]*"|[^":;])*)*):(.*)', re.DOTALL)
_MOMENT = re.compile(r"(\d{8})T(\d\d)(\d\d)\d\d(Z?)")
_ESCAPED = re.compile(r"\\([nN,;:\\])")
_LINK = re.compile(r"(?:mailto|tel):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Property:
    name: str
    parameters: str
    value: str


def load_calendar(data: bytes) -> Loaded:
    """Read the events, tasks or contacts of a file, each a paragraph below its name.

    Raises:
        LoadError: none in it.
    """
    parts: list[str] = []
    headings: list[Heading] = []
    length = 0
    for kind, properties in _records(decode(data)):
        name = next((_plain(one.value) for key in _NAMES for one in properties if one.name == key), "")
        name = name or next((_name(one.value) for one in properties if one.name == "N"), "")
        lines = [f"{_label(one, label)}: {text}" for one in properties
                 if (label := _RECORDS[kind].get(one.name)) and (text := _shown(one))]  # fmt: skip
        if name:
            headings.append(Heading(length, length + len(name), 2, name))
        part = "\n".join(filter(None, (name, *lines)))
        parts.append(part)
        length += len(part) + 2
    if not any(parts):
        raise LoadError("calendar or contacts without entries")
    title = headings[0].text if len(parts) == 1 and headings else ""
    return Loaded("\n\n".join(parts), title, structure=Structure(headings=tuple(headings)))


def _records(text: str) -> Iterator[tuple[str, list[_Property]]]:
    """Yield the kind and the properties of each event or contact; an alarm inside one is none of its properties."""
    kind, inner = None, 0
    properties: list[_Property] = []
    for line in re.sub(r"\r?\n[ \t]", "", text.replace("\r\n", "\n")).split("\n"):
        found = _LINE.match(line)
        if not found:
            continue
        name, value = found[1].upper(), found[3].strip()
        if name == "BEGIN":
            inner += kind is not None
            if kind is None and value.upper() in _RECORDS:
                kind, properties = value.upper(), []
        elif name == "END" and kind is not None:
            if inner == 0:
                yield kind, properties
                kind = None
            inner = max(0, inner - 1)
        elif kind is not None and inner == 0:
            properties.append(_Property(name, found[2].upper(), value))


def _label(one: _Property, label: str) -> str:
    place = next((shown for key, shown in _PLACES.items() if key in one.parameters), None)
    return f"{label} ({place})" if place else label


def _shown(one: _Property) -> str:
    """Return a property's text as a reader would have it."""
    if one.name in ("DTSTART", "DTEND", "DUE", "BDAY", "ANNIVERSARY"):
        return _moment(one.value)
    if one.name == "RRULE":
        return _rule(one.value)
    if one.name in ("ADR", "ORG"):
        return ", ".join(filter(None, (_plain(part) for part in re.split(r"(?<!\\);", one.value))))
    if one.name == "ORGANIZER" and (named := re.search(r"CN=\"?([^\";:]+)", one.parameters)):
        return named[1].title()
    return _LINK.sub("", _plain(one.value))


def _moment(value: str) -> str:
    """Return a day, with its time where it has one.

    >>> _moment("20250712T193000"), _moment("1951-04-09"), _moment("20250901")
    ('12 July 2025, 19:30', '9 April 1951', '1 September 2025')
    """
    day = read_date(value)
    if day is None:
        return _plain(value)
    time = _MOMENT.match(value)
    written = f"{day.day} {day:%B %Y}"
    return f"{written}, {time[2]}:{time[3]}{' UTC' if time[4] else ''}" if time else written


def _rule(value: str) -> str:
    """Return how often an event is repeated.

    >>> _rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR")
    'weekly (every 2) on Tuesday, Friday'
    """
    facts = dict(part.partition("=")[::2] for part in value.split(";"))
    every = f" (every {facts['INTERVAL']})" if facts.get("INTERVAL", "1") != "1" else ""
    days = [_WEEKDAYS[day] for day in facts.get("BYDAY", "").split(",") if day in _WEEKDAYS]
    until = f" until {_moment(facts['UNTIL'])}" if facts.get("UNTIL") else ""
    return f"{facts.get('FREQ', '').lower()}{every}{' on ' + ', '.join(days) if days else ''}{until}"


def _name(value: str) -> str:
    """Return a name given in parts: family, given, others, title, honours."""
    family, given, others, before, after = (*(_plain(part) for part in value.split(";")), *[""] * 5)[:5]
    return " ".join(filter(None, (before, given, others, family, after)))


def _plain(value: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value).strip()
