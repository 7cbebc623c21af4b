"""A run's log: JSON lines, the first of which names everything that the figures depend on."""

import json
import platform
import subprocess
from collections.abc import Iterator
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TextIO

from pydantic import BaseModel, ConfigDict

from coach.drafting.phrases import phrases
from coach.errors import Invalid
from coach.language.detection import languages
from coach.settings import Settings
from evals.answers import Answer
from evals.metrics import Score
from evals.results import Scored
from prompts import prompt_versions

LOG = "log.jsonl"
_PACKAGES = (
    "counterpart", "chromadb", "langchain-openai", "numpy", "onnxruntime", "openai", "pystemmer", "py3langid",
)  # fmt: skip
_SETTINGS = ("llm_model", "llm_base_url", "llm_timeout", "embedding_model", "embedding_int8")


class Header(BaseModel):
    """What a run was made with. Runs with the same `fingerprint` have the same tasks and may be resumed."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    engine: str
    judge: str | None = None
    fixtures: str
    split: str | None
    repeat: int
    revision: str
    fixtures_hash: str
    versions: dict[str, str]
    settings: dict[str, str | None]
    prompts: dict[str, str]

    @property
    def fingerprint(self) -> str:
        told = self.model_dump_json(exclude={"versions"})
        return sha256(told.encode()).hexdigest()[:16]


def header_for(
    settings: Settings,
    engine: str,
    fixtures: str,
    split: str | None,
    repeat: int,
    fixtures_hash: str,
    judge: str | None = None,
) -> Header:
    told = {name: getattr(settings, name) for name in _SETTINGS} if engine == "llm" else {}
    return Header(
        engine=engine,
        judge=judge,
        fixtures=fixtures,
        split=split,
        repeat=repeat,
        revision=_revision(),
        fixtures_hash=fixtures_hash,
        versions={"python": platform.python_version(), **{name: _version(name) for name in _PACKAGES}},
        settings={name: None if value is None else str(value) for name, value in told.items()},
        prompts=prompt_versions()
        if engine == "llm"
        else {lang: phrases(lang).version for lang in languages()},
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _revision() -> str:
    """The commit of this checkout, with a hash of what differs from it."""
    root = Path(__file__).parents[1]
    try:
        commit = _git(root, "describe", "--always", "--abbrev=12")
        changes = _git(root, "diff", "HEAD")
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}+{sha256(changes.encode()).hexdigest()[:8]}" if changes else commit


def _git(root: Path, *asked: str) -> str:
    told = subprocess.run(["git", *asked], cwd=root, capture_output=True, text=True, check=True)
    return told.stdout.strip()


class Log:
    """Appends answers to a run's log, and knows which it holds already."""

    def __init__(self, folder: Path, header: Header) -> None:
        """Invalid when the folder holds another run's log; one that was cut off in its first line is none."""
        file = folder / LOG
        folder.mkdir(parents=True, exist_ok=True)
        self.scored: list[Scored] = []
        if file.exists() and b"\n" in file.read_bytes():
            before, scored = read_log(folder)
            if before.fingerprint != header.fingerprint:
                raise Invalid(f"{file} is of another run; name another --out or remove it")
            self.scored = [one for one in scored if one.answer.failed is None]
        begun = file.with_suffix(".new")
        with begun.open("w", encoding="utf-8") as out:
            _put(out, {"run": header.model_dump(mode="json")})
            for one in self.scored:
                _put(out, _line(one))
        begun.replace(file)
        self._out = file.open("a", encoding="utf-8")

    def add(self, scored: Scored) -> None:
        self.scored.append(scored)
        _put(self._out, _line(scored))
        self._out.flush()

    def close(self) -> None:
        self._out.close()


def _line(scored: Scored) -> dict[str, Any]:
    told: dict[str, Any] = {
        "answer": scored.answer.model_dump(mode="json", exclude_defaults=True),
        "scores": [asdict(score) for score in scored.scores],
    }
    return {**told, "marks": dict(scored.marks)} if scored.marks else told


def _put(out: TextIO, told: dict[str, Any]) -> None:
    out.write(json.dumps(told, ensure_ascii=False) + "\n")


def read_log(folder: Path) -> tuple[Header, list[Scored]]:
    """A run's header and scored answers; a last line that was cut off is left out."""
    file = folder / LOG if folder.is_dir() else folder
    if not file.is_file():
        raise Invalid(f"there is no run's log at {file}")
    lines = list(_lines(file))
    if not lines or "run" not in lines[0]:
        raise Invalid(f"{file} is no log of counterpart eval; name another --out or remove it")
    return Header.model_validate(lines[0]["run"]), [_scored(line) for line in lines[1:]]


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    with file.open(encoding="utf-8") as told:
        for line in told:
            try:
                yield json.loads(line)
            except json.JSONDecodeError:
                return


def _scored(line: dict[str, Any]) -> Scored:
    marks = {aspect: (int(mark), str(reason)) for aspect, (mark, reason) in line.get("marks", {}).items()}
    scores = tuple(Score(**score) for score in line["scores"])
    return Scored(Answer.model_validate(line["answer"]), scores, marks)
