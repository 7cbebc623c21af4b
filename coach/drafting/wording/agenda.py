"""An agenda in words: check-in, last actions, one focus, discussion, next steps."""

from collections.abc import Sequence
from dataclasses import replace

from coach.advice.briefs import AgendaBrief, Point, Reason, TrackedAction
from coach.advice.reading import Reading
from coach.advice.sentences import Said
from coach.domain.pairings import PairingKind, Side
from coach.domain.suggestions import Item
from coach.drafting.phrases import Phrases
from coach.drafting.wording.covering import covers
from coach.rules.agenda import SECTIONS, spread_minutes

_LONG_GAP_DAYS = 42
_FEW_NOTES = 2
_MOST_NAMED = 3
_MOST_PROMISED = 3
_MOST_PARKED = 3


def agenda_items(brief: AgendaBrief, words: Phrases, told: Sequence[Item] = ()) -> tuple[Item, ...]:
    """The agenda around `told`, topics drafted elsewhere, and the brief's points that they leave out."""
    untold = [p for p in brief.points if not any(covers(topic, p, words.language) for topic in told)]
    promised = [point for point in untold if point.reason is Reason.PROMISE][:_MOST_PROMISED]
    rest = [point for point in untold if point not in promised]
    topics = [*told, *_topics(rest, brief, words, bool(told))]
    chosen = _chosen(brief, words, _actions(brief, words, promised), topics)
    ordered = sorted(chosen, key=lambda item: SECTIONS.index(item.section or ""))
    return spread_minutes(ordered, brief.minutes)


def agenda_warnings(brief: AgendaBrief, words: Phrases) -> tuple[str, ...]:
    few = len(brief.reading.notes) < _FEW_NOTES
    return (words.say("warnings.few_notes", n=len(brief.reading.notes)),) if few else ()


def with_remark(topic: Item, reading: Reading, words: Phrases) -> Item:
    """A topic drafted elsewhere, with a word when it stands on a note that its partner can't see."""
    if not any(reading.is_private(cited.note_id) for cited in topic.citations):
        return topic
    return replace(topic, detail=f"{topic.detail or ''}{words['agenda.why.private']}".strip())


def _chosen(brief: AgendaBrief, words: Phrases, actions: list[Item], topics: list[Item]) -> list[Item]:
    """At most `limit` items, and no more than there are minutes; what matters most comes first.

    Topics beyond that go together into the last one, for when there is time left.
    """
    most = min(brief.limit, brief.minutes)
    frame = [
        *actions,
        *topics[:1],
        Item(words["agenda.next_steps"], words["agenda.next_steps_detail"], "next_steps"),
        _check_in(brief, words),
    ]
    places, rest = most - len(frame), topics[1:]
    if 0 < places < len(rest) and rest[places - 1].section != "focus":
        rest = [*rest[: places - 1], _parked(rest[places - 1 :][:_MOST_PARKED], words)]
    return [*frame, *rest][:most]


def _parked(topics: Sequence[Item], words: Phrases) -> Item:
    """Several topics as one; a single one stays as it is."""
    if len(topics) == 1:
        return topics[0]
    cited = dict.fromkeys(cited for topic in topics for cited in topic.citations)
    text = words.say("agenda.parked", topics="; ".join(topic.text for topic in topics))
    detail = " ".join(topic.detail for topic in topics if topic.detail)
    return Item(text, detail or None, "discussion", citations=tuple(cited))


def _check_in(brief: AgendaBrief, words: Phrases) -> Item:
    reading = brief.reading
    if not reading.held:
        return Item(words["agenda.check_in_first"], None, "check_in")
    last = reading.held[-1].held_at
    days = (reading.now - last).days
    details = []
    if brief.opening:
        fields = {**words.place(brief.opening, reading), **words.quoted(brief.opening)}
        details.append(
            words.say("agenda.check_in_opening", **{**fields, "who": _inside(fields["who"], words)})
        )
    if days > _LONG_GAP_DAYS:
        details.append(words.say("agenda.check_in_gap", days=days))
    return Item(
        words.say("agenda.check_in", date=words.day(last)),
        " ".join(details) or None,
        "check_in",
        citations=(brief.opening.excerpt,) if brief.opening else (),
    )


def _inside(who: str, words: Phrases) -> str:
    """A name within a sentence: "You" loses its capital."""
    return who.lower() if who == words["words.you"] else who


def _actions(brief: AgendaBrief, words: Phrases, promised: Sequence[Point]) -> list[Item]:
    """One item that reviews every overdue action, or the open ones, and promises for which none stands."""
    overdue = [t for t in brief.actions if t.action.days_overdue(brief.reading.today)]
    shown = overdue or list(brief.actions)
    said = [*(s for tracked in shown for s in tracked.said), *(s for p in promised for s in p.said)]
    if not said and not shown:
        return []
    titles = words.listed([f"“{t.action.title}”" for t in shown])
    text = words.say("agenda.actions" if overdue else "agenda.actions_open", titles=titles)
    if not shown:
        text = words["agenda.actions_promised"]
    details = ["; ".join(action_line(t, brief.reading, words) for t in brief.actions) + "."] if shown else []
    details += [told for t in shown if (told := told_done(t, brief.reading, words).strip())]
    details += [_promise(point, brief.reading, words) for point in promised]
    detail = " ".join(details) + _private(said, brief.reading, words)
    return [Item(text, detail, "actions", citations=tuple(dict.fromkeys(s.excerpt for s in said)))]


def _promise(point: Point, reading: Reading, words: Phrases) -> str:
    said = point.said[0]
    return words.say("agenda.promised", **words.place(said, reading), **words.quoted(said, "promise"))


def action_line(tracked: TrackedAction, reading: Reading, words: Phrases) -> str:
    action = tracked.action
    days = action.days_overdue(reading.today)
    when = words["agenda.due_none"]
    if action.due is not None:
        key = "agenda.due_overdue" if days else "agenda.due_later"
        when = words.say(key, date=words.day(action.due), days=words.count("days", days))
    who = reading.called(action.owner_id)
    return words.say("agenda.action_line", title=action.title, who=who, when=when)


def told_done(tracked: TrackedAction, reading: Reading, words: Phrases) -> str:
    """What a note says of an open action as done, for its owner to settle; else nothing."""
    if tracked.done is None:
        return ""
    return words.say(
        "agenda.action_told", **words.place(tracked.done, reading), **words.quoted(tracked.done, "done")
    )


def _topics(chosen: Sequence[Point], brief: AgendaBrief, words: Phrases, has_focus: bool) -> list[Item]:
    """What was asked for, then what cites; the first that cites is the focus, unless there is one.

    Without any note, the working agreement comes before.
    """
    points = sorted(chosen, key=lambda p: (p.reason is not Reason.ASKED, not p.said))
    items = [_topic(point, brief.reading, words) for point in points]
    focus = next((at for at, item in enumerate(items) if item.citations), None)
    if focus is not None and not has_focus:
        items[focus] = replace(items[focus], section="focus")
    if not brief.reading.notes:
        items.insert(0, Item(words["agenda.agreement"], words["agenda.agreement_detail"], "discussion"))
    return items


def _topic(point: Point, reading: Reading, words: Phrases) -> Item:
    cited = tuple(said.excerpt for said in point.said)
    return Item(_text(point, reading, words), _why(point, reading, words), "discussion", citations=cited)


def _text(point: Point, reading: Reading, words: Phrases) -> str:
    if point.reason is Reason.DIFFICULTY:
        return difficulty_text(point.difficulty or "", reading, words)
    fields = words.quoted(point.said[0], *cue_of(point)) if point.said else {"fragment": ""}
    goal = point.goal.title if point.goal else ""
    return words.say(f"agenda.text.{point.reason.value}", subject=point.subject, goal=goal, **fields)


def cue_of(point: Point) -> tuple[str, ...]:
    """The cue for which a sentence became a point."""
    cues = {Reason.PROMISE: "promise", Reason.POSTPONED: "postponed", Reason.OPEN: "open_question"}
    named = point.difficulty or cues.get(point.reason)
    return (named,) if named else ()


def difficulty_text(difficulty: str, reading: Reading, words: Phrases) -> str:
    """What to do about a difficulty, to the reader in the reader's own role."""
    table = words[f"agenda.difficulty.{difficulty}"]
    side = reading.pairing.side_of(reading.reader.id)
    reverse = reading.pairing.kind is PairingKind.REVERSE
    role = "any" if not reverse else "mentor" if side is Side.MENTOR else "mentee"
    return str(table.get(role, table["any"]).format(partner=partner_name(reading, words)))


def partner_name(reading: Reading, words: Phrases) -> str:
    if len(reading.partners) > _MOST_NAMED:
        return str(words["words.partners"])
    return words.listed([p.first_name for p in reading.partners]) or str(words["words.someone"]).lower()


def _why(point: Point, reading: Reading, words: Phrases) -> str:
    if point.goal is not None:
        return _why_goal(point, reading, words)
    if not point.said:
        return str(words["agenda.why.asked_bare" if point.reason is Reason.ASKED else "agenda.why.objective"])
    first = point.said[0]
    place = words.place(first, reading)
    if point.reason is Reason.ASKED:
        place["who"] = _inside(place["who"], words)
    why = words.say(f"agenda.why.{point.reason.value}", **place, **words.quoted(first, *cue_of(point)))
    if point.tie is not None:
        why += words.say("agenda.why.tie", goal=point.tie.title)
    return why + _private(point.said, reading, words)


def _private(said: Sequence[Said], reading: Reading, words: Phrases) -> str:
    private = any(reading.is_private(s.excerpt.note_id) for s in said)
    return str(words["agenda.why.private"]) if private else ""


def _why_goal(point: Point, reading: Reading, words: Phrases) -> str:
    goal = point.goal
    assert goal is not None
    parts = []
    if point.reason is Reason.GOAL_DUE and goal.due is not None:
        days = (goal.due - reading.today).days
        key = "words.in_days" if days > 0 else "words.days_late"
        in_days = words.say(key, days=words.count("days", abs(days))) if days else words["words.today"]
        parts.append(words.say("agenda.why.goal_due", date_due=words.day(goal.due), in_days=in_days))
    if not point.said:
        parts.append(words["agenda.why.goal_never"])
    elif point.reason is Reason.GOAL_QUIET:
        ago = reading.sessions_ago(point.said[0])
        fields = {"date": words.day(point.said[0].excerpt.held_at), "sessions": words.count("sessions", ago)}
        parts.append(words.say("agenda.why.goal_quiet", **fields))
    if point.said:
        last = point.said[0]
        parts.append(words.say("agenda.why.goal_last", **words.place(last, reading), **words.quoted(last)))
    return " ".join(parts) + _private(point.said, reading, words)
