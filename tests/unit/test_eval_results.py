"""Figures with their uncertainty, gates, comparisons and reports of runs."""

import json
from pathlib import Path

import pytest

from coach.errors import Invalid
from coach.settings import Settings
from evals.answers import Answer, Line, Task
from evals.cases.schema import Split
from evals.comparing import compare, compared_text
from evals.gates import drops, read_baseline, violations, write_baseline
from evals.metrics import BY_NAME, Score
from evals.report import report_of, write_report
from evals.results import Scored, by_pair, estimates, unscored, worst
from evals.runs import LOG, Header, Log, header_for, read_log
from evals.statistics import estimate, paired_difference
from tests.unit.evaluated_pair import ANSWERS, CASE

COVERAGE, LEAKS = "agenda coverage@6", "no leaks"


def scored_pair(
    pair: str, value: float | None, metric: str = COVERAGE, split: Split = Split.TUNING
) -> Scored:
    task = Task(
        id=f"p/{pair}/agenda/{metric}", program="p", pair=pair, reader="maya", kind="agenda", split=split
    )
    return Scored(Answer(task=task, lines=(Line(text="<b>A topic</b>"),)), (Score(metric, value, "why not"),))


def run_of(*values: float, metric: str = COVERAGE) -> list[Scored]:
    return [scored_pair(f"pair-{n}", value, metric) for n, value in enumerate(values)]


@pytest.fixture
def header() -> Header:
    return header_for(Settings(), "offline", "*", None, 1, "abc")


def test_an_estimate_holds_its_mean_and_narrows_with_more_pairs() -> None:
    few, many = estimate([0.0, 1.0] * 3), estimate([0.0, 1.0] * 60)
    assert few.mean == many.mean == 0.5
    assert 0 <= few.low < 0.5 < few.high <= 1
    assert many.high - many.low < few.high - few.low
    assert estimate([0.4]) == estimate([0.4])
    with pytest.raises(ValueError, match="no pair"):
        estimate([])


def test_a_difference_is_told_from_chance() -> None:
    before = [0.5 + 0.01 * (n % 7) for n in range(20)]
    sure = paired_difference(before, [value + 0.2 for value in before])
    assert sure.p < 0.01
    assert sure.low > 0
    mixed = paired_difference(before, [value + (0.2 if n % 2 else -0.2) for n, value in enumerate(before)])
    assert mixed.p > 0.2
    assert mixed.low < 0 < mixed.high
    assert paired_difference(before, before).p == 1.0


def test_a_pair_counts_once_however_much_is_scored_of_it() -> None:
    scored = [*run_of(1.0), *[scored_pair("pair-1", 0.0)] * 9]
    assert by_pair(scored)[COVERAGE] == {"p/pair-0": 1.0, "p/pair-1": 0.0}
    assert estimates(scored)[COVERAGE]["all"].mean == 0.5


def test_what_is_unscored_counts_neither_way() -> None:
    scored = [*run_of(1.0), scored_pair("pair-1", None)]
    assert estimates(scored)[COVERAGE]["all"].mean == 1.0
    assert unscored(scored) == {COVERAGE: 1}


def test_splits_are_told_apart_and_held_out_cases_are_not_read() -> None:
    scored = [*run_of(1.0), scored_pair("hidden", 0.0, split=Split.HELD_OUT)]
    told = estimates(scored)[COVERAGE]
    assert (told["tuning"].mean, told["held_out"].mean, told["all"].mean) == (1.0, 0.0, 0.5)
    assert not list(worst(scored, BY_NAME[COVERAGE], 3, "tuning"))


def test_a_broken_hard_rule_is_told_with_an_example() -> None:
    (told,) = violations([*run_of(1.0, 0.0, metric=LEAKS), *run_of(0.2)])
    assert told == "no leaks: 1 times, such as p/pair-1/agenda/no leaks: why not"


def test_a_drop_beyond_chance_is_told_and_a_small_one_is_not(tmp_path: Path, header: Header) -> None:
    before = [0.8 + 0.02 * (n % 5) for n in range(12)]
    file = tmp_path / "baseline.json"
    write_baseline(file, header, run_of(*before))
    baseline = read_baseline(file)
    assert list(drops(baseline, run_of(*before))) == []
    assert list(drops(baseline, run_of(*before[:-1], before[-1] - 0.02))) == []
    (told,) = drops(baseline, run_of(*(value - 0.1 for value in before)))
    assert told.startswith("agenda coverage@6: 0.735, it was 0.835 (change -0.100")
    assert list(drops(baseline, run_of(*(value + 0.1 for value in before)))) == []


def test_of_few_pairs_no_drop_is_told_from_chance(tmp_path: Path, header: Header) -> None:
    file = tmp_path / "baseline.json"
    write_baseline(file, header, run_of(*[1.0] * 4))
    assert list(drops(read_baseline(file), run_of(*[0.2] * 4))) == []


def test_a_baseline_of_other_pairs_compares_nothing_and_says_so(tmp_path: Path, header: Header) -> None:
    file = tmp_path / "baseline.json"
    write_baseline(file, header, run_of(*[1.0] * 6))
    (told,) = drops(read_baseline(file), [scored_pair("elsewhere", 1.0)])
    assert told == "the baseline and this run share no pair: nothing was compared"


@pytest.mark.parametrize("cut", ["", '{"run": {"engine"'])
def test_a_log_cut_off_in_its_first_line_is_begun_anew(tmp_path: Path, header: Header, cut: str) -> None:
    (tmp_path / LOG).write_text(cut)
    Log(tmp_path, header).close()
    assert read_log(tmp_path) == (header, [])


def test_the_worst_cases_are_of_different_answers() -> None:
    twice = [*run_of(0.1, 0.2), *run_of(0.3, 0.4)]
    found = list(worst(twice, BY_NAME[COVERAGE], 3, "tuning"))
    assert [failure.score.value for failure in found] == [0.1, 0.2]


def test_of_scores_of_one_answer_that_are_as_bad_the_last_is_shown() -> None:
    (one,) = run_of(0.0)
    several = Scored(
        one.answer,
        tuple(Score(COVERAGE, value, why) for value, why in [(0.5, "better"), (0.0, "first"), (0.0, "last")]),
    )
    (found,) = worst([several], BY_NAME[COVERAGE], 3, "tuning")
    assert found.score.why == "last"


def test_less_is_better_where_it_is(tmp_path: Path, header: Header) -> None:
    file = tmp_path / "baseline.json"
    write_baseline(file, header, run_of(*[0.2] * 6, metric="agenda repetition"))
    baseline = read_baseline(file)
    assert list(drops(baseline, run_of(*[0.1] * 6, metric="agenda repetition"))) == []
    assert list(drops(baseline, run_of(*[0.5] * 6, metric="agenda repetition")))


def test_a_metric_that_is_scored_no_more_is_told(tmp_path: Path, header: Header) -> None:
    file = tmp_path / "baseline.json"
    write_baseline(file, header, run_of(0.8, 0.9))
    assert list(drops(read_baseline(file), [scored_pair("pair-0", None), scored_pair("pair-1", 0.9)])) == [
        "agenda coverage@6: no longer scored for p/pair-0"
    ]


def test_sizes_are_no_part_of_a_baseline(tmp_path: Path, header: Header) -> None:
    file = tmp_path / "baseline.json"
    write_baseline(file, header, run_of(3.0, metric="latency"))
    assert read_baseline(file) == {}


@pytest.mark.parametrize("content", ["", "[]", '{"metrics": 3', "{}"])
def test_what_is_no_baseline_is_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "baseline.json"
    file.write_text(content)
    with pytest.raises(Invalid, match="no baseline of counterpart eval"):
        read_baseline(file)


def test_two_runs_are_compared_over_the_pairs_they_share() -> None:
    first = run_of(*[0.5] * 12)
    second = [*run_of(*[0.7] * 12), scored_pair("other", 0.0)]
    (told,) = compare(first, second)
    assert (told.first, round(told.second, 3), told.difference.pairs) == (0.5, 0.7, 12)
    assert told.verdict == "better"
    (worse,) = compare(second, first)
    assert worse.verdict == "worse"
    assert "| agenda coverage@6 | 0.500 | 0.700 | +0.200" in compared_text([told], ("old", "new"))


def test_a_log_is_resumed_and_forgets_a_line_that_was_cut_off(tmp_path: Path, header: Header) -> None:
    log = Log(tmp_path, header)
    for one in run_of(0.5, 1.0):
        log.add(one)
    log.close()
    with (tmp_path / LOG).open("a") as file:
        file.write('{"answer": {"task"')
    again = Log(tmp_path, header)
    again.add(scored_pair("later", 0.25))
    again.close()
    read, scored = read_log(tmp_path)
    assert read == header
    assert [one.scores[0].value for one in scored] == [0.5, 1.0, 0.25]
    assert scored[0] == run_of(0.5)[0]


def test_what_failed_is_asked_again(tmp_path: Path, header: Header) -> None:
    log = Log(tmp_path, header)
    failed = scored_pair("pair-0", None)
    log.add(Scored(failed.answer.model_copy(update={"failed": "busy"}), failed.scores))
    log.close()
    again = Log(tmp_path, header)
    again.close()
    assert again.scored == []


def test_another_runs_log_is_kept(tmp_path: Path, header: Header) -> None:
    Log(tmp_path, header).close()
    with pytest.raises(Invalid, match="is of another run; name another --out or remove it"):
        Log(tmp_path, header.model_copy(update={"engine": "llm"}))


def test_what_is_no_log_is_told(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="there is no run's log"):
        read_log(tmp_path)
    (tmp_path / LOG).write_text(json.dumps({"other": 1}))
    with pytest.raises(Invalid, match="is no log of counterpart eval"):
        read_log(tmp_path)


def test_the_log_names_what_the_figures_depend_on(header: Header) -> None:
    assert header.revision
    assert {"python", "chromadb", "onnxruntime", "openai"} <= header.versions.keys()
    assert {"en", "de", "fr", "es"} <= header.prompts.keys()
    asked = header_for(Settings(llm_model="m"), "llm", "*", None, 1, "abc")
    assert asked.settings["llm_model"] == "m"
    assert {"agenda", "ask"} <= asked.prompts.keys()
    assert asked.fingerprint != header.fingerprint


def test_a_report_shows_the_worst_beside_what_was_wanted(tmp_path: Path, header: Header) -> None:
    agenda = ANSWERS[1].model_copy(update={"lines": (Line(text="<b>Nothing</b>", section="focus"),)})
    scored = [Scored(agenda, (Score(COVERAGE, 0.25, "missed: the threshold"), Score("latency", 0.2)))]
    write_report(tmp_path, report_of(header, scored, [CASE], ["no leaks: 2 times"]))
    markdown, page = (tmp_path / "report.md").read_text(), (tmp_path / "report.html").read_text()
    for told in (markdown, page):
        assert "missed: the threshold" in told
        assert "We ran out of time for the alarm threshold." in told
        assert "no leaks: 2 times" in told
    assert "| agenda coverage@6 | 0.25 | 0.25 | – | 1 | 0 |" in markdown
    assert "<b>Nothing" not in page
    assert "&lt;b&gt;Nothing" in page
    assert "http" not in page.replace("http-equiv", "")
