"""Words that a page or a chat client shows as they stand: no link, no picture, no tag, nothing unseen.

What people wrote may hold any of that, and the coach repeats their words. Of a link its words and its
address stay, written so that nobody's client makes it one: without `https://`, dots as `[.]`.
"""

import re
from dataclasses import replace
from html import unescape

from coach.domain.suggestions import Item
from coach.language.unseen import visible

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,30});")
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_TAGS = (
    "a|abbr|address|animate\\w*|applet|area|article|aside|audio|b|base|bdi|bdo|blink|blockquote|body|br|button|canvas"
    "|caption|center|cite|code|col|colgroup|data|dd|del|details|dfn|dialog|div|dl|dt|em|embed|fieldset|figure"
    "|figcaption|font|footer|foreignobject|form|frame|frameset|h[1-6]|head|header|hr|html|i|iframe|image|img|input|ins"
    "|isindex|kbd|keygen|label|legend|li|link|main|map|mark|marquee|math|menu|meta|meter|nav|noembed|noframes"
    "|noscript|object|ol|optgroup|option|output|p|param|picture|plaintext|pre|progress|q|rp|rt|ruby|s|samp|script"
    "|section|select|set|slot|small|source|span|strike|strong|style|sub|summary|sup|svg|table|tbody|td|template"
    "|textarea|tfoot|th|thead|time|title|tr|track|tt|u|ul|use|var|video|wbr|xmp|xml"
)
_TAG = re.compile(rf"</?(?:{_TAGS})(?:[\s/][^<>]*)?/?>", re.IGNORECASE)
_ANGLED = re.compile(r"<([A-Za-z/!?@#:][^<>]*)>")
_OPENED = re.compile(r"<(?=[A-Za-z/!?@#:])")
_LINKED = re.compile(r"!?\[([^\[\]]*)\]\(\s*([^\s()]*(?:\([^\s()]*\)[^\s()]*)*)(?:\s+[^()]*)?\)")
_BRACKETS = re.compile(r"\](?=[(\[:])")
_ADDRESS = re.compile(
    r"(?:https?|ftps?|wss?):[/\\]{1,3}(?:[^\s/?#@<>]*@)?([^\s/?#\"'<>()\[\]“”‘’«»]*)", re.IGNORECASE
)
_SCHEME = re.compile(
    r"(?:(?<![\w+.-])[\w+.-]+(?=://)|javascript(?=:\S)|vbscript(?=:\S)|blob(?=:\S)|mailto(?=:\S)|data(?=:\w*[/;,])):",
    re.IGNORECASE,
)
_MAIL = re.compile(r"(?<=[\w+.%-]@)[\w-]+(?:\.[\w-]+)+")
_ENDINGS = (
    "com|org|net|edu|gov|mil|int|info|biz|name|museum|coop|aero|mobi|jobs|travel|asia|post|tel|cat|pro|app|dev|page"
    "|cloud|online|site|website|store|shop|tech|space|blog|news|live|life|link|click|club|xyz|top|vip|icu|fun|art"
    "|design|media|agency|digital|email|team|work|works|tools|zone|wiki|academy|consulting|global|group|services"
    "|social|support|systems|solutions|ventures|world|zip|mov|rocks|one|ninja|guru|today|company|careers|events"
    "|eu|uk|de|at|ch|fr|es|it|pt|nl|be|lu|se|no|dk|fi|is|ie|pl|cz|sk|hu|ro|bg|gr|ru|ua|tr|il|us|ca|mx|br|ar|cl"
    "|co|pe|ve|au|nz|jp|kr|cn|tw|hk|sg|my|th|vn|ph|id|in|pk|ae|sa|eg|ng|ke|za|gh|ma|tn|io|ai|me|tv|cc|ws|to|gg"
    "|ly|sh|la|so|im|fm|st|gl|li|ink|md|py|rs|ps|am|cx|nu|pw|tk|ml|ga|cf|gq|su|si|hr|lt|lv|ee|by|kz|ge"
    "|ac|ad|af|ag|al|an|ao|aq|as|aw|ax|az|ba|bb|bd|bf|bh|bi|bj|bm|bn|bo|bs|bt|bv|bw|bz|cd|cg|ci|ck|cm|cr|cu|cv|cw"
    "|cy|dj|dm|do|dz|ec|er|et|fj|fk|fo|gb|gd|gf|gi|gm|gn|gp|gs|gt|gu|gw|gy|hm|hn|ht|iq|ir|je|jm|jo|kg|kh|ki|km|kn"
    "|kp|kw|ky|lb|lc|lk|lr|ls|mc|mg|mh|mk|mm|mn|mo|mp|mq|mr|ms|mt|mu|mv|mw|mz|na|nc|ne|nf|ni|np|nr|om|pa|pf|pg|pm"
    "|pn|pr|qa|re|rw|sb|sc|sd|sj|sl|sm|sn|sr|sv|sx|sy|sz|tc|td|tf|tg|tj|tl|tm|tt|tz|ug|uy|uz|va|vc|vg|vi|vu|wf|ye"
    "|yt|zm|zw|web|xxx|vermögensberater|vermögensberatung"
)
_OTHER = (
    r"\u0300-\u1cff\u1f00-\u1fff\u2d00-\u2dff\u3005-\u3007\u3040-\ud7ff\uf900-\ufaff\ufb1d-\ufdff\ufe70-\ufefc"
    r"\U00010400-\U0001e7ff\U00020000-\U0003ffff"
)
_LABEL = rf"\w{_OTHER}$+=^`|~\u00a2-\u00a9\u00ac-\u00b4\u20a0-\u2bff\U0001f000-\U0001faff\-"
_BARE = re.compile(
    rf"(?<![{_LABEL}.])(?:[{_LABEL}]+\.)+(?:(?i:{_ENDINGS})(?![\w-]|\.\w)|[a-z]{{2,}}(?=/\w))"
    r"|(?<![\w.-])(?i:www)\.[^\s/()<>]+"
)
# What ends in other Latin letters is a sentence that lacks a space: "Ende.Übermorgen".
_FOREIGN = re.compile(
    rf"(?<![{_LABEL}.])(?:[{_LABEL}]+\.)+"
    rf"(?:(?=[^\d\u0300-\u036f])[{_OTHER}]{{2,}}|[Xx][Nn]--[A-Za-z0-9-]+)(?![\w{_OTHER}-]|\.\w)"
)
_ANY = re.compile(r"(?<=//)[^\s/?#\"'<>()\[\]“”‘’«»]+")
_SHARE = re.compile(r"(?<!\\)\\\\+(?=[\w.])")
_DOT = re.compile(r"[.\u3002\uff0e\uff61]")
_MOST_ROUNDS = 8


def inert(text: str) -> str:
    """The same words; doing it again changes nothing. What is nested too deep is taken apart."""
    told = _often(text)
    return told if _once(told) == told else _often(_apart(told))


def inert_item(item: Item) -> Item:
    """With everything that the coach says in it inert; what it cites stays as it is."""
    parts = item.parts and {name: part and inert(part) for name, part in item.parts.items()}
    return replace(item, text=inert(item.text), detail=item.detail and inert(item.detail), parts=parts)


def _often(text: str) -> str:
    for _ in range(_MOST_ROUNDS):
        before, text = text, _once(text)
        if text == before:
            break
    return text


def _apart(text: str) -> str:
    """With nothing left that a further round could put together."""
    plain = re.sub(r"\](?=[(\[:])", "] ", text.replace("<", "‹").replace(">", "›"))
    plain = re.sub(r"&(?=[#\w])", "& ", re.sub(r":(?=[\w/\\#?%])", "[:]", plain))
    return re.sub(r"\.(?=\w)", "[.]", plain)


def _once(text: str) -> str:
    plain = visible(_ENTITY.sub(lambda entity: unescape(entity.group()), text))
    plain = _TAG.sub("", _COMMENT.sub("", plain))
    plain = _OPENED.sub("‹", _ANGLED.sub(_unangled, plain))
    plain = _BRACKETS.sub("] ", _LINKED.sub(_unlinked, plain))
    plain = _ADDRESS.sub(lambda address: _dotless(address[1]), plain)
    plain = _SCHEME.sub(lambda scheme: f"{scheme.group()[:-1]}[:]", plain)
    for hosts in (_ANY, _MAIL, _BARE, _FOREIGN):
        plain = hosts.sub(lambda host: _dotless(host.group()), plain)
    return _SHARE.sub(r"\\", plain)


def _unangled(angled: re.Match[str]) -> str:
    """An address between < and > stands alone; what is no tag that is known keeps its words."""
    words = angled[1]
    return words if re.match(r"[a-z][a-z0-9+.-]*:", words, re.IGNORECASE) else f"‹{words}›"


def _unlinked(linked: re.Match[str]) -> str:
    """ "the words (address)" of a Markdown link or picture."""
    words, address = linked[1].strip(), linked[2]
    if not words or not address or words == address:
        return words or address
    return f"{words} ({address})"


def _dotless(host: str) -> str:
    """A host that nobody takes for one: "example[.]org"."""
    return _DOT.sub("[.]", host.rstrip(".")) + "." * (len(host) - len(host.rstrip(".")))
