"""All the text of an HTML page, menus included: for pages in which no article is found, or which are nothing else."""

from lxml import etree

_UNSEEN = frozenset(("head", "script", "style", "noscript", "template", "svg", "math", "select", "textarea", "title"))
_INLINE = frozenset(
    (
        *(
            "a",
            "abbr",
            "acronym",
            "b",
            "bdi",
            "bdo",
            "big",
            "cite",
            "code",
            "data",
            "del",
            "dfn",
            "em",
            "font",
            "i",
            "img",
        ),
        *("ins", "kbd", "label", "mark", "q", "ruby", "s", "samp", "small", "span", "strike", "strong", "sub", "sup"),
        *("time", "tt", "u", "var", "wbr"),
    )
)
"""Elements that do not end a paragraph (HTML Living Standard, phrasing content)."""


def whole_text(tree) -> str:
    """Return a page's text, paragraphs separated by a blank line. Not recursive, so that no depth breaks it."""
    parts: list[str] = []
    unseen = 0
    for event, element in etree.iterwalk(tree, events=("start", "end")):
        if element.tag not in _INLINE:
            parts.append("\n")
        if element.tag in _UNSEEN:
            unseen += 1 if event == "start" else -1
        piece = element.text if event == "start" else element.tail
        if piece and not unseen:
            parts.append(" ".join(f".{piece}.".split())[1:-1])
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n\n".join(line for line in lines if line)
