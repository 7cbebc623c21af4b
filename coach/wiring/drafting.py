"""What words are made with: the offline coach, a language model before it, and what both are held to."""

import logging
from typing import TYPE_CHECKING

from coach.advice.briefs import Drafter
from coach.domain.disclosures import host_of
from coach.domain.spending import Limits, Prices, in_millionths
from coach.drafting.memory import Memory
from coach.drafting.offline import OfflineDrafter
from coach.drafting.outcomes import Outcomes
from coach.drafting.spending import Spending
from coach.ports import Clock, Entailment, StatementReader
from coach.records.database import Database
from coach.settings import Settings

if TYPE_CHECKING:
    from coach.drafting.judging import ModelJudge
    from coach.drafting.llm import ChatModel


_log = logging.getLogger(__name__)
_OPENAI = "https://api.openai.com/v1"


def build_drafter(
    settings: Settings,
    memory: Memory,
    spending: Spending,
    outcomes: Outcomes,
    database: Database,
    clock: Clock,
    statements: StatementReader,
    entailment: Entailment | None = None,
) -> Drafter:
    """The offline coach, with a language model before it when one is configured."""
    offline = OfflineDrafter()
    if not settings.uses_llm:
        return offline
    from coach.drafting.endpoint import Endpoint
    from coach.drafting.leaving import RecordedLeaving
    from coach.drafting.llm import LlmDrafter
    from coach.drafting.verifier import StatementVerifier

    host = host_of(settings.llm_base_url or _OPENAI)
    _log.warning(
        "the language model %s at %s is asked: what it is shown goes there", settings.llm_model, host
    )
    return LlmDrafter(
        Endpoint(_chat_model(settings), settings.llm_rest, settings.llm_concurrency),
        settings.llm_model,
        deadline=settings.llm_timeout,
        evidence_tokens=settings.llm_evidence_tokens,
        kept=memory.answers,
        spending=spending,
        outcomes=outcomes,
        leaving=RecordedLeaving(
            database,
            host,
            settings.llm_model,
            clock,
            memory.spotters,
        ),
        offline=offline,
        verifier=StatementVerifier(statements, entailment),
    )


def build_spending(settings: Settings, database: Database, clock: Clock) -> Spending:
    cost = settings.llm_daily_cost
    return Spending(
        database,
        Prices(settings.llm_price_prompt, settings.llm_price_completion, settings.llm_currency),
        Limits(settings.llm_daily_tokens, None if cost is None else in_millionths(cost)),
        settings.llm_model,
        clock,
    )


def build_judge(settings: Settings) -> "ModelJudge":
    """A judge of answers on the model that the settings name."""
    from coach.drafting.judging import ModelJudge

    return ModelJudge(_chat_model(settings), settings.llm_timeout)


def _chat_model(settings: Settings) -> "ChatModel":
    from coach.drafting.llm import chat_model

    return chat_model(settings.llm_model, settings.llm_base_url, settings.llm_api_key, settings.llm_timeout)
