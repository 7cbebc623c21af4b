"""Liveness, readiness, metrics, and the interface's description from this machine alone."""

from http import HTTPStatus
from pathlib import Path

from fastapi import APIRouter, FastAPI, Request
from fastapi.openapi.docs import get_swagger_ui_html
from fastapi.responses import HTMLResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from swagger_ui_bundle import swagger_ui_path

from api.deps import TheService

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


@router.get("/metrics", response_class=Response)
async def metrics(request: Request, service: TheService) -> Response:
    """Prometheus; counts and times, no text, id or name."""
    gauges = request.app.state.metrics
    gauges.pending.set(len(await service.indexer.pending()))
    return Response(generate_latest(gauges.registry), media_type=CONTENT_TYPE_LATEST)


def serve_docs(app: FastAPI) -> None:
    """The description at /docs, with Swagger UI's files from the installed package."""
    app.mount("/docs/static", StaticFiles(directory=Path(swagger_ui_path)), name="docs-static")

    @app.get("/docs", include_in_schema=False)
    async def docs() -> HTMLResponse:
        return get_swagger_ui_html(
            openapi_url=app.openapi_url or "/openapi.json",
            title=app.title,
            swagger_js_url="/docs/static/swagger-ui-bundle.js",
            swagger_css_url="/docs/static/swagger-ui.css",
            swagger_favicon_url="/docs/static/favicon-32x32.png",
        )
