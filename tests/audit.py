"""Ask for known vulnerabilities of the pinned dependencies, and say clearly when nobody could be asked.

    python -m tests.audit [--strict]

Exit status 1 for a finding that is not in `ACCEPTED`; 2 with --strict when a package could not be asked
about. Not to be asked is not to be clean, and is never said so.
"""

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
ACCEPTED: Mapping[str, str] = {}
"""Vulnerabilities by id, each with the reason why it does not reach us."""
_PATIENCE = 600


def main(told: Sequence[str]) -> int:
    status, printed = verdict(*asked())
    print(printed)
    return 0 if status == 2 and "--strict" not in told else status


def asked() -> tuple[list[dict[str, Any]], str]:
    """What is told of each pin, and what went wrong instead."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", "constraints.txt", "--format", "json"]
    quiet = ["--no-deps", "--disable-pip", "--progress-spinner", "off"]
    try:
        answer = subprocess.run(
            [*command, *quiet], cwd=ROOT, capture_output=True, text=True, timeout=_PATIENCE, check=False
        )
        found: list[dict[str, Any]] = json.loads(answer.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, json.JSONDecodeError, KeyError, TypeError) as error:
        return [], f"the service of vulnerabilities did not answer ({type(error).__name__})"
    return found, ""


def verdict(
    found: Sequence[Mapping[str, Any]], wrong: str, accepted: Mapping[str, str] = ACCEPTED
) -> tuple[int, str]:
    """Exit status and what to print: 0 clean, 1 vulnerable, 2 not asked about all."""
    known = [
        (f"{each['name']} {each['version']}", fault)
        for each in found
        if "version" in each
        for fault in each.get("vulns", ())
    ]
    faults = [(name, fault) for name, fault in known if not {fault["id"], *fault["aliases"]} & set(accepted)]
    unasked = [str(each["name"]) for each in found if "skip_reason" in each]
    lines = [f"VULNERABLE {name}: {fault['id']}, mended in {_mended(fault)}" for name, fault in faults]
    lines += [f"accepted {name}: {fault['id']}" for name, fault in known if (name, fault) not in faults]
    if wrong or unasked or not found:
        why = wrong or f"{len(unasked)} of {len(found)} packages are unknown to it"
        lines.append(f"COULD NOT BE ASKED: {why}. This is no clean bill; ask again where it is reached.")
    if not faults and not lines:
        lines.append(f"Clean: no vulnerability is known of {len(found)} packages.")
    return (1 if faults else 2 if wrong or unasked or not found else 0), "\n".join(lines)


def _mended(fault: Mapping[str, Any]) -> str:
    return ", ".join(fault.get("fix_versions", ())) or "no version yet"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
