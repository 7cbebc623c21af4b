"""How much of a pairing's notes an agenda's prompt holds, and whether it holds what the agenda must tell.

    python -m evals.bench.prompt_size

Each pairing of the demonstration, and of the fixtures, is given a past up to 24 sessions: notes of others
among them in its language. Printed are the tokens of its agenda's prompt, system and user message, over
those of the same prompt with all its notes as evidence (four characters reckoned as one token), and how
much of what its gold agendas must cover has its evidence, or its goal or action, in the prompt; then both
for them as they are, and the tokens for a pairing of 24 short notes.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

from coach.advice.agenda import AgendaAsk, agenda_brief
from coach.advice.briefs import AgendaBrief
from coach.capture.import_lines import line_of
from coach.domain.ids import imported_id
from coach.domain.notes import Excerpt, excerpt
from coach.domain.visibility import Person
from coach.drafting.evidence import by_id, packed
from coach.drafting.rendering import prompt_variables
from coach.drafting.spending import tokens_in
from coach.service import Service
from coach.settings import Settings
from evals.answers import Cited, Line
from evals.bench.texts import note_lines
from evals.cases.demonstration import demonstration
from evals.cases.lines import case_lines, held_at, later_lines, now_of, record_id
from evals.cases.loading import Case, load_cases
from evals.cases.schema import Pair
from evals.holding import holding
from evals.scorers.matching import shows
from prompts import prompt

_SESSIONS = 24
_WEEK = timedelta(days=7)
_TODAY = date(2027, 3, 8)


@dataclass(frozen=True, slots=True)
class Size:
    """Tokens of a prompt, of its system message, and with all notes in it; which gold matters it holds."""

    asked: int
    system: int
    whole: int
    held: tuple[bool, ...] = ()

    @property
    def share(self) -> float:
        return self.asked / self.whole


async def main() -> None:
    settings, cases, demo = Settings(), load_cases(), demonstration(_TODAY)
    for told, sessions in ((f"with {_SESSIONS} sessions", _SESSIONS), ("as they are", 0)):
        for of, some in (("the demonstration's pairs", [demo]), ("fixtures", cases)):
            _print(f"{of} {told}", [s async for s in _sizes(some, settings, sessions)])
    async with holding(note_lines(_SESSIONS, 1), settings) as service:
        reader, home = imported_id("participant", "mentor-0"), imported_id("pairing", "pair-0")
        _print(f"{_SESSIONS} short notes", [_size(await _brief(service, reader, home), settings)])


def _print(of: str, sizes: Sequence[Size]) -> None:
    mean = {name: sum(getattr(s, name) for s in sizes) / len(sizes) for name in ("asked", "system", "whole")}
    held = [one for size in sizes for one in size.held]
    told = f"; {sum(held)} of {len(held)} gold matters stand in it" if held else ""
    print(
        f"{of}: {mean['asked']:.0f} tokens, {mean['system']:.0f} of them the system message, which never "
        f"changes; with all notes {mean['whole']:.0f}, of which it is {mean['asked'] / mean['whole']:.2f}, "
        f"{max(s.share for s in sizes):.2f} at most{told}"
    )


async def _sizes(cases: Sequence[Case], settings: Settings, sessions: int) -> AsyncIterator[Size]:
    pairs = [pair for case in cases for pair in case.pairs]
    for case in cases:
        past = [line for pair in case.pairs for line in _past(pairs, case, pair, sessions)]
        every = [*case_lines(case), *past, *later_lines(case)]
        async with holding(every, settings, clock=partial(now_of, case)) as service:
            for pair in case.pairs:
                for gold in pair.agenda:
                    reader = record_id(case, "participant", gold.reader)
                    brief = await _brief(service, reader, record_id(case, "pairing", pair.key))
                    lines = _lines(case, pair, brief, settings)
                    held = tuple(any(shows(line, due, pair) for line in lines) for due in gold.must)
                    yield _size(brief, settings, held)


def _past(others: Sequence[Pair], case: Case, pair: Pair, sessions: int) -> Iterator[bytes]:
    """Lines of sessions, a week apart, before the first of a pair that has fewer than so many."""
    alike = [other for other in others if other.language == pair.language and other is not pair]
    told = [[note.text for note in session.notes] for other in alike for session in other.sessions]
    first, home = min(map(held_at, pair.sessions)), f"{case.program.key}/{pair.key}"
    for ago, texts in enumerate(told[: max(0, sessions - len(pair.sessions))], start=1):
        key, held = f"{home}/past/{ago}", (first - ago * _WEEK).isoformat()
        yield line_of("session", key=key, pairing=home, held_at=held)
        author = f"{case.program.key}/{pair.mentors[0].key}"
        for n, text in enumerate(texts):
            yield line_of("note", key=f"{key}/{n}", session=key, author=author, text=text)


def _lines(case: Case, pair: Pair, brief: AgendaBrief, settings: Settings) -> list[Line]:
    """What the prompt holds: titles, and evidence with where it is from."""
    titles = [a.title for a in brief.reading.actions] + [g.title for g in brief.reading.goals]
    keys = {record_id(case, "note", pair.key, key): key for key in pair.notes}
    cited = [Line(text=e.text, citations=(_cited(e, keys),)) for e in _shown(brief, settings)]
    return [*(Line(text=title) for title in titles), *cited]


def _cited(excerpt: Excerpt, keys: dict[str, str]) -> Cited:
    return Cited(note=keys.get(excerpt.note_id, ""), quote=excerpt.text, start=excerpt.start, end=excerpt.end)


async def _brief(service: Service, reader_id: str, pairing_id: str) -> AgendaBrief:
    async with service.database.reading() as records:
        reader = await records.people.participant(reader_id)
        assert reader is not None
        ask = AgendaAsk(pairing_id)
        return await agenda_brief(records, service.search, Person(reader), ask, service.clock())


def _size(brief: AgendaBrief, settings: Settings, held: tuple[bool, ...] = ()) -> Size:
    system, user = _tokens(brief, _shown(brief, settings))
    notes = [excerpt(n, 0, len(n.text), brief.reading.people[n.author_id].name) for n in brief.reading.notes]
    return Size(system + user, system, sum(_tokens(brief, notes)), held)


def _tokens(brief: AgendaBrief, evidence: Sequence[Excerpt]) -> tuple[int, int]:
    system, user = prompt("agenda").render(**prompt_variables(brief, by_id(evidence)))
    return tokens_in(len(system)), tokens_in(len(user))


def _shown(brief: AgendaBrief, settings: Settings) -> tuple[Excerpt, ...]:
    return packed(brief.evidence, settings.llm_evidence_tokens, brief.reading.language)


if __name__ == "__main__":
    asyncio.run(main())
