"""The language model's drafter on any chat model, its collaborators in memory."""

from langchain_core.language_models import BaseChatModel

from coach.domain.spending import Limits, Prices
from coach.drafting.endpoint import Endpoint
from coach.drafting.llm import LlmDrafter
from coach.drafting.memory import KeptAnswers
from coach.drafting.offline import OfflineDrafter
from coach.drafting.outcomes import Outcomes
from coach.drafting.spending import Spending
from coach.drafting.verifier import StatementVerifier
from coach.ports import StatementReader
from tests.fakes import NOW, Accounts, OpenLeaving, WordStatements

NO_REST = 1e-6


def drafter_on(
    model: BaseChatModel,
    name: str = "a model",
    *,
    deadline: float = 30.0,
    rest: float = NO_REST,
    kept: int = 0,
    statements: StatementReader | None = None,
) -> LlmDrafter:
    """`deadline`: seconds that one draft may take; `rest`: seconds that a model that failed is left alone."""
    return LlmDrafter(
        Endpoint(model, rest),
        name,
        deadline=deadline,
        evidence_tokens=3000,
        kept=KeptAnswers(kept),
        spending=Spending(Accounts(), Prices(), Limits(), name, lambda: NOW),
        outcomes=Outcomes(),
        leaving=OpenLeaving(),
        offline=OfflineDrafter(),
        verifier=StatementVerifier(statements or WordStatements()),
    )
