"""Progress in words: goals, done, learned, open, next."""

from collections.abc import Iterable, Sequence

from coach.advice.briefs import ProgressBrief, TrackedAction, TrackedGoal
from coach.advice.sentences import Said
from coach.domain.suggestions import Item
from coach.domain.work import GoalStatus, attainment_t_score
from coach.drafting.phrases import Phrases
from coach.drafting.wording.agenda import action_line, told_done
from coach.rules.goals import missing_from

SECTIONS = ("goals", "done", "learned", "open", "next")


def progress_items(
    brief: ProgressBrief, words: Phrases, lines: Sequence[Item] | None = None
) -> tuple[Item, ...]:
    """What the records say, then the notes' own lines, or `lines` that were drafted elsewhere."""
    overdue = [t for t in brief.open_actions if t.action.days_overdue(brief.reading.today)]
    coming = [t for t in brief.open_actions if t not in overdue]
    recorded = [
        *(_goal(tracked, brief, words) for tracked in brief.goals),
        *(_action(t, "done", "progress.done_action", brief, words) for t in brief.done_actions),
        *(_action(t, "open", "progress.open_action", brief, words) for t in overdue),
        *(_action(t, "next", "progress.open_action", brief, words) for t in coming),
    ]
    told = lines if lines is not None else _told(brief, words)
    return tuple(sorted([*recorded, *told], key=lambda item: SECTIONS.index(item.section or "")))


def _told(brief: ProgressBrief, words: Phrases) -> list[Item]:
    return [
        *_lines(brief.done, "done", brief, words),
        *_lines(brief.learned, "learned", brief, words),
        *_lines(brief.open, "open", brief, words),
        *_lines(brief.promised, "next", brief, words),
    ]


def progress_warnings(brief: ProgressBrief, words: Phrases) -> tuple[str, ...]:
    warnings = []
    told = [*brief.done, *brief.learned, *brief.open, *brief.promised]
    if not brief.reading.notes:
        warnings.append(words.say("warnings.few_notes", n=0))
    elif (brief.since or brief.until) and not (told or brief.done_actions):
        warnings.append(words["warnings.period_empty"])
    return tuple(warnings)


def _goal(tracked: TrackedGoal, brief: ProgressBrief, words: Phrases) -> Item:
    goal = tracked.goal
    state = [words["progress.goal_state"][goal.status.value]]
    if goal.due is not None:
        late = (brief.reading.today - goal.due).days if goal.status is GoalStatus.OPEN else 0
        key = "progress.goal_late" if late > 0 else "progress.goal_due"
        state.append(words.say(key, date=words.day(goal.due), days=words.count("days", late)))
    rated = goal.attainment is not None
    state.append(
        words.say("progress.goal_rated", attainment=_signed(goal.attainment))
        if rated
        else words["progress.goal_unrated"]
    )
    details = [_evidence(said, brief, words) for said in tracked.said[:1]] or [
        words["progress.goal_no_evidence"]
    ]
    missing = missing_from(goal) if goal.status is GoalStatus.OPEN else ()
    if missing:
        details.append(
            words.say(
                "progress.goal_lacks",
                missing=words.listed([words[f"progress.lacks.{what}"] for what in missing]),
            )
        )
    if goal == brief.goals[0].goal:
        details += _attainment(brief, words)
    cited = tuple(said.excerpt for said in tracked.said)
    text = words.say("progress.goal", goal=goal.title, state=", ".join(state))
    return Item(text, " ".join(details), "goals", citations=cited)


def _signed(attainment: int | None) -> str:
    return f"{attainment:+d}" if attainment else "0"


def _attainment(brief: ProgressBrief, words: Phrases) -> list[str]:
    rated = [t.goal.attainment for t in brief.goals if t.goal.attainment is not None]
    score = attainment_t_score(rated)
    if score is None or len(rated) < 2:
        return []
    return [words.say("progress.t_score", n=len(rated), score=score)]


def _evidence(said: Said, brief: ProgressBrief, words: Phrases) -> str:
    return words.say("progress.goal_evidence", **words.place(said, brief.reading), **words.quoted(said))


def _action(tracked: TrackedAction, section: str, phrase: str, brief: ProgressBrief, words: Phrases) -> Item:
    cited = tuple(said.excerpt for said in tracked.said)
    text = words.say(phrase, title=tracked.action.title)
    told = told_done(tracked, brief.reading, words)
    detail = None if section == "done" else f"{action_line(tracked, brief.reading, words)}.{told}"
    return Item(text, detail, section, citations=cited)


def _lines(said: Iterable[Said], section: str, brief: ProgressBrief, words: Phrases) -> list[Item]:
    return [
        Item(
            words.say("progress.said", **words.quoted(s, most_words=30)),
            words.say("progress.said_by", **words.place(s, brief.reading)),
            section,
            citations=(s.excerpt,),
        )
        for s in said
    ]
