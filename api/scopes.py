"""What a token must be allowed for each call: the one table. A test holds it against the routes."""

from coach.domain.tokens import EVERY_SCOPE, SignedOn, TokenScope
from coach.errors import ScopeMissing

_READ = frozenset({TokenScope.READ})
_WRITE = frozenset({TokenScope.WRITE})
_COACH = frozenset({TokenScope.COACH})
_NONE: frozenset[TokenScope] = frozenset()

SCOPES: dict[tuple[str, str], frozenset[TokenScope]] = {
    ("GET", "/v1/me"): _NONE,
    ("GET", "/v1/me/notes"): _READ,
    ("GET", "/v1/me/preferences"): _READ,
    ("PUT", "/v1/me/preferences"): _WRITE,
    ("GET", "/v1/disclosures"): _READ,
    ("POST", "/v1/programs"): _WRITE,
    ("GET", "/v1/programs"): _READ,
    ("GET", "/v1/programs/{program_id}"): _READ,
    ("GET", "/v1/programs/{program_id}/usage"): _READ,
    ("GET", "/v1/audit"): _READ,
    ("GET", "/v1/programs/{program_id}/audit"): _READ,
    ("PATCH", "/v1/programs/{program_id}"): _WRITE,
    ("DELETE", "/v1/programs/{program_id}"): _WRITE,
    ("POST", "/v1/programs/{program_id}/participants"): _WRITE,
    ("GET", "/v1/programs/{program_id}/participants"): _READ,
    ("GET", "/v1/participants/{participant_id}"): _READ,
    ("PATCH", "/v1/participants/{participant_id}"): _WRITE,
    ("DELETE", "/v1/participants/{participant_id}"): _WRITE,
    ("POST", "/v1/participants/{participant_id}/tokens"): _WRITE,
    ("GET", "/v1/participants/{participant_id}/tokens"): _READ,
    ("DELETE", "/v1/tokens/{token_id}"): _WRITE,
    ("POST", "/v1/tokens/{token_id}/rotate"): _WRITE,
    ("POST", "/v1/programs/{program_id}/pairings"): _WRITE,
    ("GET", "/v1/programs/{program_id}/pairings"): _READ,
    ("GET", "/v1/pairings/{pairing_id}"): _READ,
    ("DELETE", "/v1/pairings/{pairing_id}"): _WRITE,
    ("POST", "/v1/pairings/{pairing_id}/members"): _WRITE,
    ("DELETE", "/v1/pairings/{pairing_id}/members/{participant_id}"): _WRITE,
    ("POST", "/v1/pairings/{pairing_id}/goals"): _WRITE,
    ("GET", "/v1/pairings/{pairing_id}/goals"): _READ,
    ("GET", "/v1/goals/{goal_id}"): _READ,
    ("PATCH", "/v1/goals/{goal_id}"): _WRITE,
    ("POST", "/v1/pairings/{pairing_id}/actions"): _WRITE,
    ("GET", "/v1/pairings/{pairing_id}/actions"): _READ,
    ("GET", "/v1/actions/{action_id}"): _READ,
    ("PATCH", "/v1/actions/{action_id}"): _WRITE,
    ("POST", "/v1/pairings/{pairing_id}/sessions"): _WRITE,
    ("GET", "/v1/pairings/{pairing_id}/sessions"): _READ,
    ("GET", "/v1/sessions/{session_id}"): _READ,
    ("POST", "/v1/sessions/{session_id}/notes"): _WRITE,
    ("GET", "/v1/sessions/{session_id}/notes"): _READ,
    ("GET", "/v1/notes/{note_id}"): _READ,
    ("PUT", "/v1/notes/{note_id}"): _WRITE,
    ("PATCH", "/v1/notes/{note_id}"): _WRITE,
    ("DELETE", "/v1/notes/{note_id}"): _WRITE,
    ("POST", "/v1/pairings/{pairing_id}/agenda"): _COACH,
    ("POST", "/v1/pairings/{pairing_id}/reflection"): _COACH,
    ("POST", "/v1/pairings/{pairing_id}/feedback"): _COACH,
    ("POST", "/v1/pairings/{pairing_id}/progress"): _COACH,
    ("POST", "/v1/pairings/{pairing_id}/ask"): _COACH,
    ("POST", "/v1/programs/{program_id}/learnings"): _COACH,
    ("POST", "/v1/pairings/{pairing_id}/search"): _READ,
    ("GET", "/v1/suggestions/{suggestion_id}"): _READ,
    ("POST", "/v1/suggestions/{suggestion_id}/response"): _WRITE,
}


def needed(method: str, path: str) -> frozenset[TokenScope]:
    """The scopes for a call, by the route's path; every scope for one that is not in the table."""
    return SCOPES.get((method, path), EVERY_SCOPE)


def require(signed_on: SignedOn, wanted: frozenset[TokenScope]) -> None:
    for scope in TokenScope:
        if scope in wanted and scope not in signed_on.scopes:
            raise ScopeMissing(f"this token lacks the scope {scope.value!r}; use one that has it", scope)
