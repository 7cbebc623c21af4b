"""Liveness, readiness, metrics."""

import hmac
from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import SecretStr

from api.deps import TheService
from api.errors import RESPONSES
from coach.errors import NotAuthenticated

router = APIRouter(tags=["operating"])


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process lives."""
    return {"status": "ok"}


@router.get("/readyz", responses={503: {"description": "What is not ready yet, by part."}})
async def readyz(service: TheService) -> JSONResponse:
    """Database, index and embedder answer."""
    faults = await service.faults()
    if faults:
        return JSONResponse({"status": "not ready", "faults": faults}, HTTPStatus.SERVICE_UNAVAILABLE)
    return JSONResponse({"status": "ready"})


@router.get("/metrics", response_class=Response, responses={401: RESPONSES[401]})
async def metrics(request: Request, service: TheService) -> Response:
    """Prometheus; counts and times, no text, id or name. With a token of its own where one is set."""
    _require_token(service.settings.metrics_token, request.headers.get("Authorization", ""))
    gauges = request.app.state.metrics
    gauges.pending.set(len(await service.indexer.pending()))
    gauges.traces.set(len(await service.compaction.traces()))
    return Response(generate_latest(gauges.registry), media_type=CONTENT_TYPE_LATEST)


def _require_token(token: SecretStr | None, told: str) -> None:
    if token is None:
        return
    wanted = f"Bearer {token.get_secret_value()}"
    if not hmac.compare_digest(told.encode(), wanted.encode()):
        raise NotAuthenticated("send COUNTERPART_METRICS_TOKEN as Authorization: Bearer TOKEN")


@router.get("/", include_in_schema=False)
async def home() -> RedirectResponse:
    return RedirectResponse("/docs")
