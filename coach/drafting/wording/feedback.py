"""Three phrasings of the same feedback: gentle, direct, as a question. Blanks where nothing is known."""

from coach.advice.briefs import FeedbackBrief
from coach.advice.sentences import Said
from coach.domain.suggestions import Item
from coach.domain.work import Goal
from coach.drafting.phrases import Phrases
from coach.language.cues import cues
from coach.rules.feedback import Fault, flags

_PARTS = ("situation", "behaviour", "impact", "request")
_QUOTE_WORDS = 40


def feedback_items(brief: FeedbackBrief, words: Phrases) -> tuple[Item, ...]:
    parts = _parts(brief, words)
    cited = tuple(said.excerpt for said in _used(brief))
    detail = _detail(brief, words)
    return tuple(
        Item(_phrased(section, brief, parts, words), detail, section, parts=parts, citations=cited)
        for section in ("gentle", "direct", "question")
    )


def feedback_warnings(brief: FeedbackBrief, words: Phrases) -> tuple[str, ...]:
    said = {Fault.JUDGEMENT: "feedback.judgement", Fault.VAGUE: "feedback.vague"}
    receiver = brief.receiver.first_name
    found = [
        words.say(said[f.fault], words=f.words, receiver=receiver) for f in flags(brief.draft, words.language)
    ]
    if any(brief.reading.is_private(said.excerpt.note_id) for said in _used(brief)):
        found.append(words.say("feedback.private", receiver=receiver))
    if not brief.observed and not (brief.parts.situation and brief.parts.behaviour):
        found.append(words["feedback.no_fact"])
    return tuple(dict.fromkeys(found))


def _used(brief: FeedbackBrief) -> tuple[Said, ...]:
    """The observation that fills a part, if one is needed."""
    complete = brief.parts.situation and brief.parts.behaviour
    return () if complete else brief.observed[:1]


def _parts(brief: FeedbackBrief, words: Phrases) -> dict[str, str | None]:
    parts = {name: getattr(brief.parts, name) for name in _PARTS}
    for said in _used(brief):
        if parts["situation"] is None:
            parts["situation"] = words.say("feedback.noted", date=words.day(said.excerpt.held_at))
        if parts["behaviour"] is None:
            parts["behaviour"] = f"“{said.text.strip()}”"
    return parts


def _phrased(section: str, brief: FeedbackBrief, parts: dict[str, str | None], words: Phrases) -> str:
    filled = {name: parts[name] or words[f"feedback.{name}_blank"] for name in _PARTS}
    observed = _observation(filled["situation"], filled["behaviour"], words)
    impact, request = _sentence(filled["impact"], words), _sentence(filled["request"], words)
    if section == "gentle":
        opener = words["feedback.gentle_up" if brief.upward else "feedback.gentle"]
        return f"{opener} {observed} {impact} {request} {words['feedback.invite']}"
    if section == "direct":
        return f"{observed} {impact} {request} {words['feedback.invite_direct']}"
    return f"{observed} {words['feedback.question_intent']} {impact} {request}"


def _observation(situation: str, behaviour: str, words: Phrases) -> str:
    if behaviour.startswith("“"):
        return f"{_capital(situation)}: {behaviour}"
    lowered = (
        behaviour[0].lower() + behaviour[1:]
        if behaviour.lower().startswith(cues(words.language).draft.lowered)
        else behaviour
    )
    return _sentence(f"{situation}, {lowered}", words)


def _sentence(text: str, words: Phrases) -> str:
    """With a capital and a full stop, or a question mark where it asks."""
    body = text.strip().rstrip(".!?;, ")
    asks = body.split(maxsplit=1)[0].lower() in cues(words.language).draft.asking
    return f"{_capital(body)}{'?' if asks else '.'}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _detail(brief: FeedbackBrief, words: Phrases) -> str | None:
    if not brief.upward:
        return None
    goal = _goal_that_matters(brief)
    cares = words.say("feedback.cares", receiver=brief.receiver.first_name, goal=goal.title) if goal else ""
    return f"{words['feedback.calm']} {cares}".strip()


def _goal_that_matters(brief: FeedbackBrief) -> Goal | None:
    """The goal that the observation serves, else the receiver's own first open one."""
    goals = brief.reading.open_goals
    tied = [goal for said in brief.observed for goal in [brief.reading.trace.serves(said, goals)] if goal]
    return next(iter([*tied, *(g for g in goals if g.owner_id == brief.receiver.id)]), None)
