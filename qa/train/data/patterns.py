"""Questions in other shapes, made from passages by pattern: definitions, lists, reasons, yes or no; and keywords. Seeded."""

import re
from collections.abc import Iterator
from random import Random

Made = tuple[str, int, int, str]
"""Question, start, end, kind."""
_WORD = r"[A-Z][\w'’.-]*"
_NAME = rf"(?:{_WORD}(?: (?:of|the|de|and|for|van|von|al|{_WORD}|\d+)){{0,5}})"
_BEGIN = r"(?:^|(?<=[.!?] )|(?<=\n))"
_DEFINED = re.compile(
    rf"{_BEGIN}(?P<s>(?:(?:The|A|An) )?(?:{_NAME}|[a-z][a-z-]+(?: [a-z-]+)?|(?:A|An) [a-z]+(?: [a-z]+)?))(?: \([^)]{{1,60}}\))?,?"
    r" (?P<b>is|was|are|were) (?P<a>(?:an?|the|any|one of the|the name of|a type of|a kind of) [^.;:\n]{12,150})(?=[.;\n])"
)
_MEANT = re.compile(
    rf"{_BEGIN}(?P<s>(?:(?:The|A|An) )?(?:{_NAME}|[a-z][a-z-]+(?: [a-z-]+)?)) (?P<b>refers to|means|denotes|describes|is defined as|is known as|is called) (?P<a>[^.;:\n]{{12,150}})(?=[.;\n])"
)
_APPOSED = re.compile(rf"(?P<s>{_NAME}), (?P<a>(?:an?|the) [a-z][^,.;:\n]{{8,90}}), (?=[a-z])")
_LISTED = re.compile(
    r"(?:^|(?<=[.!?] ))(?P<s>(?:The |These |Its |His |Her |Their )?[A-Za-z][^.,;:\n]{3,60}?) (?P<v>include|includes|included|consist of|consists of|consisted of|contain|contains|comprise|comprises)"
    r" (?P<a>[^.;:\n]{10,180}, [^.;:\n]{3,80} and [^.;:\n,]{3,60})(?=[.;\n])"
)
_REASON = re.compile(
    r"(?:^|(?<=[.!?] ))(?P<s>(?:The |This |These |His |Her |Its |Their )?[A-Za-z][^.,;:\n]{2,50}?) (?P<b>was|were|is|are|can|could|had|has) (?P<r>[a-z][^.;:\n]{8,110}?),?"
    r" (?P<a>(?:because|due to|as a result of|owing to|in order to) [^.;:\n]{8,140})(?=[.;\n])"
)
_MANNER = re.compile(
    r"(?:^|(?<=[.!?] ))(?P<s>(?:The |This |These |His |Her |Its |Their )?[A-Za-z][^.,;:\n]{2,50}?) (?P<b>was|were|is|are|can be) (?P<r>[a-z]+ed)(?P<m> [^.,;:\n]{0,30})?,?"
    r" (?P<a>(?:by|through) [a-z]+ing [^.;:\n]{8,120})(?=[.;\n])"
)
_STATED = re.compile(
    rf"(?:^|(?<=[.!?] ))(?P<a>(?P<s>{_NAME}) (?P<b>was|were|is|are|can|could|has|had|will) (?P<r>(?!been to)[a-z][^.;:\n]{{12,110}}))(?=[.;\n])"
)
_PRONOUN = re.compile(
    r"^(?:it|he|she|they|this|that|these|those|there|we|i|you|who|which|what|one|some|many|most|all|both|another|his|her|its|their|here|such|also|other|others)\b",
    re.I,
)
_ASKING = re.compile(
    r"\b(?:what|which|who|whom|whose|where|when|why|how|is|are|was|were|do|does|did|has|have|had|can|could|will|would|should|the|a|an|that|in|of|to|by|for|on|at|it|its|be|been)\b",
    re.I,
)
_NO_SUBJECT = re.compile(
    r"\w+ly|Otherwise|However|Therefore|Thus|Then|Today|Later|Highest|highest|Among|Only|While|If|In .*|On .*|At .*"
)
_BY_TRADE = re.compile(
    r"an? [a-z -]*\b(?:singer|writer|poet|politician|actor|actress|player|footballer|king|queen|president|minister|author|scientist|painter|composer|lawyer|general|artist|director|journalist|professor|bishop|engineer|physicist|historian|officer)\b"
)
_NO_PERSON = re.compile(r"\b(?:city|town|river|company|album|book|film|song|island|village|organi[sz]ation)\b")
_ROOTS = {
    "includes": "include",
    "included": "include",
    "consists of": "consist of",
    "consisted of": "consist of",
    "contains": "contain",
    "comprises": "comprise",
}


def make(text: str, r: Random) -> Iterator[Made]:
    """Yield the questions that patterns make from one passage."""
    for pattern in (_definitions, _meanings, _appositions, _lists, _reasons, _manners, _yes_or_no):
        yield from pattern(text, r)


def _lower_article(subject: str) -> str:
    head = subject.split(" ", 1)[0]
    return (
        subject[:1].lower() + subject[1:]
        if head in ("The", "A", "An", "This", "These", "Its", "His", "Her", "Their")
        else subject
    )


def _bare(subject: str) -> str | None:
    bare = re.sub(r"^(?:The|A|An) ", "", subject)
    return None if _PRONOUN.match(bare) or len(bare) < 3 or _NO_SUBJECT.fullmatch(bare) else bare


def _definitions(text: str, r: Random) -> Iterator[Made]:
    for match in _DEFINED.finditer(text):
        bare = _bare(match["s"])
        if bare is None:
            continue
        verb, full = match["b"], _lower_article(match["s"])
        if _BY_TRADE.match(match["a"]):
            forms = [f"Who {verb} {bare}?", f"Who {verb} {bare}?", f"who is {bare}", f"Tell me about {bare}", bare]
        else:
            forms = [f"What {verb} {full}?", f"What {verb} {full}?", f"what is {bare}", f"define {bare}", f"{bare} meaning", f"What is meant by {bare}?",
                     f"What kind of thing is {bare}?", f"{bare} definition", f"What exactly {verb} {full}?", f"Explain {bare}", f"what does {bare} mean"]  # fmt: skip
        yield r.choice(forms), *match.span("a"), "definition"


def _meanings(text: str, r: Random) -> Iterator[Made]:
    for match in _MEANT.finditer(text):
        bare = _bare(match["s"])
        if bare:
            forms = [
                f"What is {bare}?",
                f"What does {bare} mean?",
                f"define {bare}",
                f"What is meant by {bare}?",
                f"{bare} meaning",
            ]
            yield r.choice(forms), *match.span("a"), "definition"


def _appositions(text: str, r: Random) -> Iterator[Made]:
    for match in _APPOSED.finditer(text):
        if _PRONOUN.match(match["s"]) or r.random() < 0.4:
            continue
        name = match["s"]
        forms = (
            [f"What is {name}?"]
            if _NO_PERSON.search(match["a"])
            else [f"Who is {name}?", f"What is {name}?", f"who or what is {name}"]
        )
        yield r.choice(forms), *match.span("a"), "definition"


def _lists(text: str, r: Random) -> Iterator[Made]:
    for match in _LISTED.finditer(text):
        if _PRONOUN.match(match["s"]):
            continue
        subject, verb = _lower_article(match["s"]), match["v"]
        root = _ROOTS.get(verb, verb)
        do = "did" if verb in ("included", "consisted of") else "does" if verb in _ROOTS else "do"
        forms = [
            f"What {do} {subject} {root}?",
            f"List what {subject} {verb}",
            f"Which things {do} {subject} {root}?",
            f"Name what {subject} {verb}",
        ]
        if "consist" in verb:
            forms.append(f"What are {subject} made up of?")
        yield r.choice(forms), *match.span("a"), "list"


def _reasons(text: str, r: Random) -> Iterator[Made]:
    for match in _REASON.finditer(text):
        if _PRONOUN.match(match["s"]) or "," in match["r"]:
            continue
        subject, verb, rest = _lower_article(match["s"]), match["b"], match["r"]
        forms = [
            f"Why {verb} {subject} {rest}?",
            f"Why {verb} {subject} {rest}?",
            f"why {subject} {rest}",
            f"What was the reason that {subject} {verb} {rest}?",
            f"How come {subject} {verb} {rest}?",
        ]
        yield r.choice(forms), *match.span("a"), "reason"


def _manners(text: str, r: Random) -> Iterator[Made]:
    for match in _MANNER.finditer(text):
        if not _PRONOUN.match(match["s"]):
            subject, verb = _lower_article(match["s"]), match["b"].split()[0]
            be = " be" if match["b"] == "can be" else ""
            asked = f"{subject}{be} {match['r']}{match['m'] or ''}".strip()
            yield (
                r.choice(
                    [f"How {verb} {asked}?", f"How {verb} {asked}?", f"how {asked}", f"In what way {verb} {asked}?"]
                ),
                *match.span("a"),
                "manner",
            )


def _yes_or_no(text: str, r: Random) -> Iterator[Made]:
    for match in _STATED.finditer(text):
        if _PRONOUN.match(match["s"]) or r.random() < 0.75:
            continue
        rest = re.split(r",| because | while | when | which | who | after | before | as ", match["r"])[0]
        if 10 < len(rest) < 80:
            yield f"{match['b'].capitalize()} {match['s']} {rest}?", *match.span("a"), "yesno"


def keywords(question: str, r: Random) -> str | None:
    """Return a question as people type it into a search box; None where little would be left.

    >>> keywords("Who wrote the Rules of the Sea?", Random(5))
    'wrote rules sea'
    """
    words = [word for word in re.sub(r"[?.,!\"]", " ", question).split() if not _ASKING.fullmatch(word)]
    if len(words) < 2:
        return None
    asking = re.match(r"\s*(when|where|who|why|how many|how much|how)\b", question, re.I)
    if asking and r.random() < 0.5:
        words = [asking[1], *words]
    if r.random() < 0.3:
        r.shuffle(words)
    return " ".join(words).lower()
