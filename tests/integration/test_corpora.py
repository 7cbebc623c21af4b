"""A corpus of conversations measured through a real service."""

import json
from pathlib import Path

import pytest

from coach.errors import Invalid
from coach.settings import Settings
from evals.corpora import Found, corpus_text, measure, read_corpus
from tests.fakes import WordEmbedder

_TOLD = {
    "id": "lena-marc",
    "sessions": [
        {
            "held_at": "2026-01-14T18:30:00Z",
            "turns": [
                ["Lena", "Hello Marc, how is the bakery?"],
                ["Marc", "The new oven takes 40 loaves at once."],
            ],
        },
        {"held_at": "2026-02-14T18:30:00Z", "turns": [["Lena", "I found a flat by the harbour in Malmo."]]},
    ],
    "questions": [
        {"query": "How many loaves does the oven take?", "evidence": [[1, 2]]},
        {"query": "Where is the flat by the harbour?", "evidence": [[2, 1]]},
    ],
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "corpus.jsonl"
    made.write_text(json.dumps(_TOLD) + "\n", "utf-8")
    return made


async def test_every_question_is_measured(settings: Settings, file: Path) -> None:
    embedder = WordEmbedder()
    found = await measure(read_corpus(file, "conversations"), settings, lambda _: embedder)
    assert len(found) == 2
    assert all(one.shares[-1] > 0.8 for one in found)
    assert all((one.hit is None) == (not one.answered) for one in found)


def test_a_table_tells_shares_of_all_questions_and_of_those_answered() -> None:
    told = corpus_text([Found((0.5,) * 4, True, True, 0.25), Found((1.0,) * 4, False, None, None)])
    assert "| gold found in 1,000 characters | 75.0 % | 2 |" in told
    assert "| questions answered | 50.0 % | 2 |" in told
    assert "| answers that cite gold | 100.0 % | 1 |" in told
    assert "| share of what answers cite that is gold | 25.0 % | 1 |" in told
    assert corpus_text([]) == "No question to measure.\n"


@pytest.mark.parametrize("evidence", [[], [[0, 1]], [[1, 3]], [[3, 1]], [[1, 2, 1]]])
def test_evidence_that_is_not_there_is_told_with_its_line(tmp_path: Path, evidence: list[list[int]]) -> None:
    file = tmp_path / "corpus.jsonl"
    asked = {**_TOLD, "questions": [{"query": "How many loaves?", "evidence": evidence}]}
    file.write_text(f"\n{json.dumps(asked)}\n", "utf-8")
    with pytest.raises(Invalid, match=r"line 2: .*How many loaves\?"):
        read_corpus(file, "conversations")


@pytest.mark.parametrize("content", ["not json", "{}", '{"id": "x", "sessions": [{"turns": 3}]}', "[1]"])
def test_what_is_no_corpus_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_text(content, "utf-8")
    for form in ("conversations", "qmsum"):
        with pytest.raises(Invalid, match="can't be read as"):
            read_corpus(file, form)
