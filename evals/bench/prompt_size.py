"""How much of a pairing's notes an agenda's prompt holds, and whether it holds what the agenda must tell.

    python -m evals.bench.prompt_size

On a pairing of 24 sessions: the tokens of system and user message over those of sending all its notes (four
characters reckoned as one in both). On the fixtures: of what gold agendas must cover, the share whose
evidence, or whose goal or action, stands in the prompt.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from functools import partial

from coach.advice.agenda import AgendaAsk, agenda_brief
from coach.advice.briefs import AgendaBrief
from coach.domain.ids import imported_id
from coach.domain.notes import Excerpt
from coach.domain.visibility import Person
from coach.drafting.evidence import by_id, packed
from coach.drafting.rendering import prompt_variables
from coach.drafting.spending import tokens_in
from coach.service import Service
from coach.settings import Settings
from evals.answers import Cited, Line
from evals.bench.texts import note_lines
from evals.cases.lines import case_lines, later_lines, now_of, record_id
from evals.cases.loading import Case, load_cases
from evals.cases.schema import Pair
from evals.holding import holding
from evals.scorers.matching import shows
from prompts import prompt

_SESSIONS = 24


async def main() -> None:
    settings = Settings()
    async with holding(note_lines(_SESSIONS, 1), settings) as service:
        brief = await _brief(
            service, imported_id("participant", "mentor-0"), imported_id("pairing", "pair-0")
        )
        asked = tokens_in(sum(map(len, _prompt(brief, settings))))
        whole = tokens_in(sum(len(note.text) for note in brief.reading.notes))
        frame = tokens_in(len(_prompt(brief, settings)[0]))
    print(
        f"{_SESSIONS} sessions: {asked} tokens asked, {frame} of them the system message, which never "
        f"changes; all notes {whole} and the same frame: {asked / (whole + frame):.2f} of it"
    )
    held = [one async for case_held in _cases(settings) for one in case_held]
    print(f"of {len(held)} matters of gold agendas {sum(held) / len(held):.3f} stand in the prompt")


async def _cases(settings: Settings) -> "AsyncIterator[list[bool]]":
    for case in load_cases():
        every = [*case_lines(case), *later_lines(case)]
        async with holding(every, settings, clock=partial(now_of, case)) as service:
            for pair in case.pairs:
                yield [one async for one in _held(service, case, pair, settings)]


async def _held(service: Service, case: Case, pair: Pair, settings: Settings) -> AsyncGenerator[bool]:
    for gold in pair.agenda:
        reader, home = (
            record_id(case, kind, key) for kind, key in (("participant", gold.reader), ("pairing", pair.key))
        )
        brief = await _brief(service, reader, home)
        shown = _shown(brief, settings)
        titles = [a.title for a in brief.reading.actions] + [g.title for g in brief.reading.goals]
        lines = [Line(text=title) for title in titles]
        keys = {record_id(case, "note", pair.key, key): key for key in pair.notes}
        lines += [Line(text=e.text, citations=(_cited(e, keys),)) for e in shown]
        for due in gold.must:
            yield any(shows(line, due, pair) for line in lines)


def _cited(excerpt: Excerpt, keys: dict[str, str]) -> Cited:
    return Cited(note=keys.get(excerpt.note_id, ""), quote=excerpt.text, start=excerpt.start, end=excerpt.end)


async def _brief(service: Service, reader_id: str, pairing_id: str) -> AgendaBrief:
    async with service.database.reading() as records:
        reader = await records.people.participant(reader_id)
        assert reader is not None
        ask = AgendaAsk(pairing_id)
        return await agenda_brief(records, service.search, Person(reader), ask, service.clock())


def _shown(brief: AgendaBrief, settings: Settings) -> tuple[Excerpt, ...]:
    return packed(brief.evidence, settings.llm_evidence_tokens, brief.reading.language)


def _prompt(brief: AgendaBrief, settings: Settings) -> tuple[str, str]:
    return prompt("agenda").render(**prompt_variables(brief, by_id(_shown(brief, settings))))


if __name__ == "__main__":
    asyncio.run(main())
