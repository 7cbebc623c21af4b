"""`counterpart eval` as it is called: a run, its continuation, a comparison, and a gate that breaks."""

import json
from pathlib import Path

import pytest

from tests.e2e.processes import COUNTERPART, environment, run

_PAIR = "stonebridge/jun-callista"


@pytest.mark.timeout(240)
async def test_a_run_is_reported_resumed_compared_and_gated(tmp_path: Path) -> None:
    env = environment(tmp_path / "data", "unused")
    first, baseline = tmp_path / "first", tmp_path / "baseline.json"
    command = (COUNTERPART, "eval", "--fixtures", _PAIR, "--jobs", "1", "--out", str(first))
    status, told = await run((*command, "--write-baseline", str(baseline)), env)
    assert status == 0, told
    assert "agenda coverage@6" in told
    answered = (first / "log.jsonl").read_text("utf-8")
    assert json.loads(answered.splitlines()[0])["run"]["engine"] == "offline"
    assert "<svg" in (first / "report.html").read_text("utf-8")

    lines = answered.splitlines(keepends=True)
    (first / "log.jsonl").write_text("".join(lines[: len(lines) // 2]) + '{"cut', "utf-8")
    status, told = await run((*command, "--baseline", str(baseline)), env)
    assert status == 0, told
    resumed = (first / "log.jsonl").read_text("utf-8").splitlines()
    assert [json.loads(line).get("answer", {}).get("task") for line in resumed[: len(lines) // 2]] == [
        json.loads(line).get("answer", {}).get("task") for line in lines[: len(lines) // 2]
    ]
    assert len(resumed) == len(lines)

    held = json.loads(baseline.read_text("utf-8"))
    held["metrics"] = {"reflection touch": {"other/pair": 1.0}}
    baseline.write_text(json.dumps(held), "utf-8")
    status, told = await run((*command, "--baseline", str(baseline)), env)
    assert status == 1
    assert "BROKEN the baseline and this run share no pair" in told

    status, told = await run((*command[:-1], "/proc/nowhere"), env)
    assert status == 2
    assert "can't write /proc/nowhere" in told
    assert "Traceback" not in told

    status, told = await run((COUNTERPART, "eval", "compare", str(first), str(first)), env)
    assert status == 0, told
    assert "no difference beyond chance" in told

    status, told = await run(
        (COUNTERPART, "eval", "--fixtures", "nobody/*", "--out", str(tmp_path / "n")), env
    )
    assert status == 2
    assert "no fixture is named 'nobody/*'" in told
    assert "Traceback" not in told
