"""Metrics, as plain ASGI."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from coach.domain.spending import Spent
from coach.drafting.outcomes import Became, Outcome

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_OTHER = "other"


class Metrics:
    """Counts and times; no text, no id, no name."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "counterpart_requests",
            "Requests by route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "counterpart_request_seconds",
            "Time to answer by route.",
            ["method", "route"],
            registry=self.registry,
        )
        self.suggestions = Counter(
            "counterpart_suggestions",
            "Suggestions by kind and engine.",
            ["kind", "engine"],
            registry=self.registry,
        )
        self.model_requests = Counter(
            "counterpart_model_requests",
            "Requests to the language model by kind of suggestion.",
            ["kind"],
            registry=self.registry,
        )
        self.model_tokens = Counter(
            "counterpart_model_tokens",
            "Tokens of the language model by kind of suggestion: prompt or completion.",
            ["kind", "part"],
            registry=self.registry,
        )
        self.model_lines = Counter(
            "counterpart_model_lines",
            "Lines of the language model that were rejected, by reason, or mended when it was told why.",
            ["kind", "became", "reason"],
            registry=self.registry,
        )
        self.model_fallbacks = Counter(
            "counterpart_model_fallbacks",
            "Suggestions that the offline coach drafted in place of the language model, by reason.",
            ["kind", "reason"],
            registry=self.registry,
        )
        self.pending = Gauge(
            "counterpart_pending_notes", "Notes recorded and not indexed yet.", registry=self.registry
        )
        self.traces = Gauge(
            "counterpart_erasures_in_files",
            "Erasures whose bytes a file of index or database may still hold.",
            registry=self.registry,
        )

    def spent(self, spent: Spent) -> None:
        kind = spent.kind.value
        self.model_requests.labels(kind).inc(spent.requests)
        self.model_tokens.labels(kind, "prompt").inc(spent.prompt_tokens)
        self.model_tokens.labels(kind, "completion").inc(spent.completion_tokens)

    def became(self, outcome: Outcome) -> None:
        kind = outcome.kind.value
        if outcome.became is Became.FELL_BACK:
            self.model_fallbacks.labels(kind, outcome.why).inc()
        else:
            self.model_lines.labels(kind, outcome.became.value, outcome.why).inc()


class Measured:
    """Requests by method and route as we know them: what clients make up would be kept for ever."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        status = 500

        async def noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noted)
        finally:
            method = scope["method"] if scope["method"] in _METHODS else _OTHER
            route = getattr(scope.get("route"), "path", "unknown")
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - started)
