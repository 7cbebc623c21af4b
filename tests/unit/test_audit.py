"""What the audit of dependencies says: clean, vulnerable, or that nobody could be asked."""

from typing import Any

from tests.audit import verdict

FINE: dict[str, Any] = {"name": "click", "version": "8.5.1", "vulns": []}
UNKNOWN = {"name": "torch", "skip_reason": "Dependency not found"}
FAULTY = {
    "name": "h11",
    "version": "0.15",
    "vulns": [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["0.16"]}],
}


def test_all_asked_about_and_nothing_known_is_clean() -> None:
    assert verdict([FINE], "") == (0, "Clean: no vulnerability is known of 1 packages.")


def test_a_known_fault_is_told_with_the_version_that_mends_it() -> None:
    status, printed = verdict([FINE, FAULTY], "")
    assert status == 1
    assert "VULNERABLE h11 0.15: PYSEC-1, mended in 0.16" in printed
    assert "Clean" not in printed


def test_an_accepted_fault_is_still_told() -> None:
    status, printed = verdict([FAULTY], "", {"CVE-1": "we never parse such a head"})
    assert status == 0
    assert printed == "accepted h11 0.15: PYSEC-1"


def test_who_could_not_be_asked_about_is_not_clean() -> None:
    for found, wrong in (([FINE, UNKNOWN], ""), ([], ""), ([], "the service did not answer")):
        status, printed = verdict(found, wrong)
        assert status == 2
        assert "COULD NOT BE ASKED" in printed
        assert "Clean" not in printed


def test_a_fault_counts_though_others_could_not_be_asked_about() -> None:
    status, printed = verdict([FAULTY, UNKNOWN], "")
    assert status == 1
    assert "COULD NOT BE ASKED: 1 of 2" in printed
