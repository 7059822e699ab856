"""Two questions in one: "When and where was she born?", "Who built it and what did it cost?", one after the other."""

import re

from qa.question.answer_type import without_courtesy

_WH = r"(?:who|whom|whose|what|which|when|where|why|how)"
_LED = rf"(?:(?:in|at|on|(?:up )?to|from|by|for|with|of|since|until) )?{_WH}"
_SHARED = re.compile(
    rf"^({_LED}(?: (?:year|day|month|city|country|place|town|age|many|much|long|far|old)\b)?),? and"
    rf" ({_LED}(?: (?:year|day|month|city|country|place|town|age)\b)?) (.+)$",
    re.IGNORECASE,
)
_JOINED = re.compile(rf"^({_LED}\b.+?),? and (?:also )?({_LED}\b(?: \S+){{2,}})$", re.IGNORECASE)
_BEHIND = re.compile(r"^(.{8,}?\?)\s+(\S.{6,}\?)$", re.DOTALL)


def split_two(question: str) -> tuple[str, ...]:
    """Return the two questions that are asked in one, each complete except for pronouns; () where it is only one.

    >>> split_two("When and in which city was the first can made?")
    ('When was the first can made?', 'in which city was the first can made?')
    >>> split_two("What year did it start and who led it back then?")
    ('What year did it start?', 'who led it back then?')
    >>> split_two("Who said what?")
    ()
    """
    bare = without_courtesy(question.strip())
    if behind := _BEHIND.match(bare):
        return behind.groups()
    body = bare.rstrip("?! .")
    if shared := _SHARED.match(body):
        first, second, rest = shared.groups()
        return f"{first} {rest}?", f"{second} {rest}?"
    if (joined := _JOINED.match(body)) and len(joined[1].split()) > 2:
        return f"{joined[1]}?", f"{joined[2]}?"
    return ()
