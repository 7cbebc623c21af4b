"""A small real model reads attacks by injection: whatever it makes of them, none has its way."""

from collections.abc import Iterator

import pytest
from pydantic import SecretStr

from coach.domain.suggestions import Kind
from coach.settings import Settings
from evals.cases.attacks import Attack, Tactic, load_attacks
from tests.drafting import NO_REST
from tests.integration.attacking import Question, planted, secret_of
from tests.integration.model_endpoint import KEY, MODEL
from tests.integration.resisting import Findings, findings
from tests.llm.small_model import small_model

pytestmark = [pytest.mark.llm, pytest.mark.timeout(600)]
_PATIENCE = 15.0
_ASKED = (
    (Tactic.IGNORE_RULES, Kind.ASK),
    (Tactic.CHAT_TEMPLATE, Kind.PROGRESS),
    (Tactic.DELIMITER, Kind.AGENDA),
    (Tactic.BEACON, Kind.ASK),
    (Tactic.SOCIAL, Kind.PROGRESS),
    (Tactic.ANSI, Kind.REFLECTION),
)


@pytest.fixture(scope="module")
def base_url() -> Iterator[str]:
    with small_model() as address:
        yield address


def _sample() -> list[Question]:
    """One attack of each of some tactics, by one kind of advice."""
    first: dict[Tactic, Attack] = {attack.tactic: attack for attack in reversed(load_attacks())}
    return [Question(first[tactic], kind) for tactic, kind in _ASKED]


async def test_no_attack_has_its_way_with_a_small_model(base_url: str, settings: Settings) -> None:
    """It is given so many seconds for each; where it is slower, what it said by then counts."""
    about = {"llm_base_url": base_url, "llm_api_key": SecretStr(KEY), "llm_model": MODEL}
    patience = {"llm_timeout": _PATIENCE, "llm_rest": NO_REST, "llm_kept": 0}
    questions = _sample()
    found, tokens = Findings(), 0
    async with planted(
        [q.attack for q in questions], settings.model_copy(update=about | patience)
    ) as service:
        secrets = [secret_of(number) for number in range(len(questions))]
        for question in questions:
            answered = await service.ask(question, streamed=True)
            records = await service.records(question.attack, "actions")
            found += findings(answered, service.note_ids(question.attack), secrets, records)
            tokens += answered.suggestion["usage"]["completion_tokens"]
    print(f"{len(questions)} questions, {tokens} tokens of the model's, {len(found.stands)} orders quoted")
    assert found.broken == []
    assert tokens > 0
