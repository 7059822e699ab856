"""Small talk and questions about the bot itself: recognised whole, never inside a question about the articles.

A message is small talk only if every word of it is: "what's new?" asks for the newest articles, "what's new in Baku?"
is a question. This module only names the kind; terminal and Telegram have replies of their own.
"""

import re
from enum import StrEnum
from functools import cache

from embeddings.text.words import STOP_WORDS, fold

MAX_WORDS = 14
"""Longer messages are never small talk."""


class Talk(StrEnum):
    """What a message, or a sentence of one, is."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    FAREWELL = "farewell"
    ASSENT = "assent"
    """ "ok", "I see"."""
    COMPLAINT = "complaint"
    """ "no", "that is wrong", "are you sure?"."""
    REACTION = "reaction"
    """An emoji, a smiley, laughter."""
    NOTHING = "nothing"
    """No word to look up and no emoji: "???", "and the", or empty."""
    WHO = "who"
    """ "Who are you?"."""
    ABILITIES = "abilities"
    """ "What can you do?", "help"."""
    TOPICS = "topics"
    """ "What are the articles about?"."""
    LISTING = "listing"
    """ "List the articles"."""
    NEWEST = "newest"
    """ "What's new?"."""


REQUESTS = frozenset({Talk.WHO, Talk.ABILITIES, Talk.TOPICS, Talk.LISTING, Talk.NEWEST})
"""Talk that asks for something, and is answered even beside a question."""

_ARTICLES = (
    r"(?:all )?(?:of )?(?:(?:the|your|these|those|this) )?"
    r"(?:articles?|documents?|docs|texts?|files?|sources?|stories|titles?|collection|library|archive|corpus)(?: here)?"
)
_IS = "(?: is| are|s)"
_PHRASES: dict[Talk, tuple[str, ...]] = {
    # Folded, without apostrophes, ə as e; English, then Azerbaijani and Turkish, then Russian. In the order in which
    # they win where a message holds several: "hi, thanks" is thanks.
    Talk.WHO: (
        r"who (?:are|r) (?:you|u)(?: exactly| really)?|what are you|what is this(?: bot)?|whats this",
        rf"what{_IS}? your name|introduce yourself|tell me about yourself|who (?:made|built|created|runs|owns) you",
        r"are you (?:an? )?(?:real )?(?:bot|robot|human|person|ai|alive|real)",
        r"(?:(?:sen|siz) )?kims(?:en|iniz|in|iz)|(?:senin |sizin )?adin(?:iz)?(?: ne(?:dir)?)",
        r"(?:а )?кто (?:ты|вы)(?: такой| такая| такие)?|ты кто|вы кто|как (?:тебя|вас) зовут|ты бот",
    ),
    Talk.ABILITIES: (
        r"what (?:else )?(?:can|could|do) (?:you|u|this bot) (?:do|answer|help(?: me)? with)(?: for me)?",
        r"what (?:else )?(?:can|may|should) i (?:ask|do|ask you|do here)(?: here)?",
        r"how do you work|how does this bot work|(?:how )?can you help(?: me)?|(?:i need )?help(?: me)?",
        r"(?:what kind of|which|what) questions can (?:i ask|you answer)|(?:give me )?(?:an example|some examples)",
        r"commands|how do i use this",
        r"ne(?:ler)? (?:ede bilirsen|ede bilersen|bacarirsan|bacarirsiniz|yapabilirsin(?:iz)?)|komek|yardim(?: et)?",
        r"что (?:ты |вы )?(?:умеешь|умеете|можешь|можете)|помощь|помоги(?:те)?|как ты работаешь",
    ),
    Talk.TOPICS: (
        rf"what{_IS}? (?:in )?{_ARTICLES} about|what{_IS}? (?:in|inside) {_ARTICLES}|what can i ask (?:you )?about",
        rf"what (?:do|does) {_ARTICLES} (?:say|tell|contain|cover|talk about)|what do you know(?: about)?",
        r"(?:what|which) (?:topics|subjects|themes)(?: are (?:there|covered)| do you (?:have|know|cover))?",
        r"(?:(?:list|show)(?: me)? )?(?:(?:the|all) )*(?:topics|subjects)|what can you tell me(?: about)?",
        r"(?:bu )?meqaleler ne haqqinda(?:dir)?|movzular|makaleler ne(?:yle ilgili| hakkinda)(?:dir)?|konular",
        r"(?:о чем|про что) (?:эти |твои |ваши )?(?:статьи|тексты|документы)|(?:какие )?темы",
    ),
    Talk.NEWEST: (
        rf"what{_IS}? new(?: here| today)?|whats up|(?:is there )?(?:anything new|any news)|(?:the )?news",
        rf"(?:what{_IS}? |(?:show|give|list) )?(?:me )?(?:the |any )?(?:latest|newest|most recent|recent|new)"
        r"(?: (?:articles?|news|documents?|texts?|stories))?",
        r"what was added(?: today| last| lately| recently)?",
        r"(?:what|which) articles? (?:is|are) (?:the )?(?:new|newest)",
        r"ne yenilik var|yeni ne var|yenilikler|yeni meqaleler|yeni makaleler|son makaleler|son xeberler",
        r"что нового|новости|новые статьи|последние статьи",
    ),
    Talk.LISTING: (
        rf"(?:(?:can|could) you )?(?:list|show|give|name)(?: me| us)? (?:(?:a |the )?list of )?{_ARTICLES}",
        rf"(?:(?:a |the )?list of )?{_ARTICLES}|(?:what|which) {_ARTICLES} (?:are there|do you have|have you(?: got)?)",
        rf"how many {_ARTICLES} (?:are there|do you (?:have|know)|have you(?: got| read)?)|(?:which|what) {_ARTICLES}",
        r"meqaleler(?:in siyahisi| hansilardir)?|meqaleleri goster|makaleler(?:i listele|i goster|in listesi)?",
        r"(?:список|покажи|покажите|перечисли|какие(?: у тебя)? есть)(?: все)? (?:статей|статьи)|статьи",
    ),
    Talk.COMPLAINT: (
        r"no|nope|nah|wrong|incorrect|bad(?: bot| answer)?|stupid(?: bot)?|nonsense",
        r"(?:thats?|that is|this is|its|it is|you are|youre) (?:wrong|incorrect|false|mistaken|nonsense)",
        r"(?:thats?|that is|this is|its|it is) not (?:right|true|correct|what i (?:asked|meant)|the answer)",
        r"are you (?:really )?sure|really|how do you know(?: that)?|says who",
        r"yox|xeyr|sehv(?:dir)?|duz deyil|hayir|yanlis|нет|неправильно|неверно|не то",
    ),
    Talk.THANKS: (
        r"(?:many )?(?:thanks?|thank (?:you|u)|thx|ty|tnx)(?: (?:so|very) much| a lot| a million| again| indeed)?"
        r"(?: for (?:that|this|(?:the|your) (?:help|answer|info)))?|cheers|much appreciated",
        r"(?:thats?|that (?:is|was) |this (?:is|was) )?(?:(?:very|really|so) )?(?:helpful|useful)|well done",
        r"(?:good|great|nice) (?:job|bot|answer|work|one)|(?:you are|youre) (?:great|the best|awesome)|i love you",
        r"tesekkur(?: edirem| ederim| edirik|ler)?|cok tesekkur(?:ler| ederim)|(?:cox )?sag ?ol(?:un|asan)?|mersi",
        r"спасибо(?: большое| огромное)?|большое спасибо|благодарю",
    ),
    Talk.FAREWELL: (
        r"(?:good ?)?bye(?: bye)?|see (?:you|ya|u)(?: later| soon| tomorrow)?|good ?night|farewell",
        r"have a (?:nice|good|great) (?:day|one|evening|weekend)|that(?: is|s| was)? all|(?:i am |im )done",
        r"gorusenedek|helelik|gorusuruz|hosca ?kal(?:in)?|iyi geceler|geceniz xeyre",
        r"пока|до свидания|до встречи|спокойной ночи",
    ),
    Talk.GREETING: (
        r"h+i+|he+y+|he+ll+o+|hiya|howdy|yo|greetings|good (?:morning|afternoon|evening|day)|there|bot|citebot|friend",
        r"how (?:are|r) (?:you|u)(?: doing| today)*|hows it going|how is it going|nice to meet you|are you there|test",
        r"salam(?: eleykum|lar)?|(?:sabahiniz|axsaminiz|gunortaniz) xeyir|necesen|necesiniz",
        r"merhaba(?:lar)?|selam(?:lar)?|nasilsin(?:iz)?|gunaydin|iyi (?:gunler|aksamlar)",
        r"привет(?:ик|ствую)?|здравствуй(?:те)?|добр(?:ый (?:день|вечер)|ое утро)|как (?:дела|ты)",
    ),
    Talk.ASSENT: (
        r"o?k+(?:ay|ey)?|yes|yep|yeah|yup|sure|right|fine|good|great|nice|cool|wow|perfect|excellent|awesome",
        r"(?:thats?|that is) (?:great|good|perfect|nice|right|true|correct)|exactly|please|aha|hm+|um+|oh|ah|amazing",
        r"i see|got it|understood|all ?right|very well|well|so|interesting|good to know|never ?mind|no problem",
        r"beli|yaxsi|ela|oldu|aydin(?:dir)?|evet|tamam|anladim|guzel|harika|peki",
        r"да|ок(?:еи)?|хорошо|понятно|понял|поняла|ясно|отлично|ладно|супер|класс",
    ),
    Talk.REACTION: (r"a*(?:ha|he){2,}h?|(?:lo+l+)+|lmao|rofl|xd+|omg|а?(?:ха)+х?",),
}
_QUESTION_WORDS = frozenset(["who", "whom", "whose", "what", "when", "where", "why", "which", "how"])
_APART = re.compile(r"[\W_]+")
_INSIDE_A_WORD = re.compile(r"(?<=\w)['’](?=\w)")
_SMILEY = re.compile(r"(?:^|\s)(?:[:;=8]['’]?-?[)(*DPpO/|]|<3)(?=\s|$)")
_EMOJI = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]")


@cache
def _patterns() -> tuple[re.Pattern, dict[Talk, re.Pattern]]:
    """Return a pattern for a message that is nothing but small talk, and one for each kind inside it."""
    # The tables are folded like the message, since folding takes the marks off й and ё.
    folded = {kind: fold("|".join(phrases)) for kind, phrases in _PHRASES.items()}
    any_kind = "|".join(folded.values())
    inside = {kind: re.compile(rf"(?<!\S)(?:{phrases})(?!\S)") for kind, phrases in folded.items()}
    return re.compile(rf"(?:{any_kind})(?: (?:{any_kind}))*"), inside


def talk_of(message: str) -> Talk:
    """Tell what a message, or one sentence of it, is; ``Talk.QUESTION`` where it may be about the articles.

    >>> str(talk_of("What's new?")), str(talk_of("What's new in Baku?"))
    ('newest', 'question')
    """
    bare = _SMILEY.sub(" ", message)
    words = _APART.sub(" ", _INSIDE_A_WORD.sub("", fold(bare).replace("ə", "e"))).split()
    if not words:
        return Talk.REACTION if bare != message or _EMOJI.search(message) else Talk.NOTHING
    whole, inside = _patterns()
    said = " ".join(words)
    if len(words) > MAX_WORDS or not whole.fullmatch(said):
        # "he", "and the": nothing that could be looked up.
        return Talk.NOTHING if set(words) <= STOP_WORDS - _QUESTION_WORDS else Talk.QUESTION
    return next(kind for kind, pattern in inside.items() if pattern.search(said))
