"""Reflection questions around what was really written, in the reader's own role."""

from coach.advice.briefs import ReflectionBrief
from coach.advice.sentences import Said
from coach.domain.pairings import PairingKind, Side
from coach.domain.suggestions import Item
from coach.drafting.phrases import Phrases
from coach.drafting.wording.agenda import partner_name
from coach.language.fragments import fragment
from coach.rules.reflection import MOST_WORDS, SECTIONS, violations

_FRAGMENT_WORDS = 13
_LEAST_FRAGMENT_WORDS = 2
_FORWARD = {"promise", "postponed", "open_question"}


def reflection_items(brief: ReflectionBrief, words: Phrases) -> tuple[Item, ...]:
    """Valid questions, one section after the other; no sentence twice while others are left."""
    used: list[str] = []
    items = []
    for at in range(brief.limit):
        section = _section(at, brief.limit)
        item = _question(brief, words, section, used)
        if item is not None:
            items.append(item)
            used.append(item.text)
    return tuple(sorted(items, key=lambda item: SECTIONS.index(item.section or "")))


def reflection_warnings(brief: ReflectionBrief, words: Phrases, made: int) -> tuple[str, ...]:
    if brief.session is None or all(n.session_id != brief.session.id for n in brief.reading.notes):
        return (words["warnings.no_session"],)
    short = made < brief.limit
    return (words.say("warnings.few_questions", n=made, wanted=brief.limit),) if short else ()


def _section(at: int, limit: int) -> str:
    """What, so what, now what in turn; the last of several is always what to do now."""
    return SECTIONS[-1] if limit > 1 and at == limit - 1 else SECTIONS[at % len(SECTIONS)]


def _question(brief: ReflectionBrief, words: Phrases, section: str, used: list[str]) -> Item | None:
    for said in _in_order(brief, section, used):
        for template in _templates(brief, words, section, said):
            text = _filled(template, brief, words, said)
            if (
                text
                and not violations(text, section, words.language)
                and not _asked_alike(text, template, used)
            ):
                return Item(text, _detail(brief, words, said), section, citations=(said.excerpt,))
    return None


def _asked_alike(text: str, template: str, used: list[str]) -> bool:
    opening = template.split("“")[0].split("{")[0]
    return text in used or any(earlier.startswith(opening) for earlier in used if len(used) < 6)


def _in_order(brief: ReflectionBrief, section: str, used: list[str]) -> list[Said]:
    """Sentences not asked about yet first; for what to do now, one's own and those that look forward."""
    reader = brief.reading.reader.id

    def rank(said: Said) -> tuple[bool, bool, bool]:
        asked = any(fragment(said.text, 6, language=said.language) in earlier for earlier in used)
        now = section == "now_what"
        return asked, now and said.excerpt.author_id != reader, now and not said.cues & _FORWARD

    return sorted(brief.said, key=rank)


def _templates(brief: ReflectionBrief, words: Phrases, section: str, said: Said) -> list[str]:
    reading = brief.reading
    if section == "what":
        own = words.who(said, reading) == words["words.you"]
        return list(words["reflection.what.own" if own else "reflection.what.other"])
    if section == "so_what":
        sided = reading.pairing.kind in (PairingKind.REVERSE, PairingKind.TRADITIONAL)
        role = "mentor" if reading.pairing.side_of(reading.reader.id) is Side.MENTOR else "mentee"
        by_role = words[f"reflection.so_what.{role}"] if sided and _leads(brief, role) else []
        return [*by_role, *words["reflection.so_what.any"]]
    return list(words["reflection.now_what.any"])


def _leads(brief: ReflectionBrief, role: str) -> bool:
    """A mentee's questions speak of leading, so they are for reverse pairings, where the mentee is senior."""
    return role == "mentor" or brief.reading.pairing.kind is PairingKind.REVERSE


def _filled(template: str, brief: ReflectionBrief, words: Phrases, said: Said) -> str | None:
    """The question within the word limit, its quoted words as many as fit."""
    fields = {**words.place(said, brief.reading), "partner": partner_name(brief.reading, words)}
    around = len(template.format(fragment="", **fields).split())
    if around + _LEAST_FRAGMENT_WORDS > MOST_WORDS:
        return None
    most = min(_FRAGMENT_WORDS, MOST_WORDS - around)
    quoted = fragment(said.text.replace("?", ""), most, language=said.language)
    if quoted not in said.text or len(quoted.split()) < _LEAST_FRAGMENT_WORDS:
        return None
    return template.format(fragment=quoted, **fields)


def _detail(brief: ReflectionBrief, words: Phrases, said: Said) -> str:
    return words.say("ask.by", **words.place(said, brief.reading))
