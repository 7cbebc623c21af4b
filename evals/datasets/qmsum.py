"""QMSum product meetings (Zhong et al., NAACL 2021) as lines of the import format.

    python -m evals.datasets.qmsum MEETINGS.jsonl [TEAM ...] | counterpart import -

A team is a pairing of kind group, a meeting a session a week after the one before, a transcript a note
by the team's first speaker. The project manager stands on the mentors' side, the others on the mentees'.
"""

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from coach.capture.import_lines import line_of

_FIRST = datetime(2026, 1, 5, 10, 0, tzinfo=UTC)
_WEEK = timedelta(weeks=1)
_MENTOR = "Project Manager"

Meeting = dict[str, Any]


def meetings_by_team(path: Path) -> dict[str, list[Meeting]]:
    """Each team's meetings in the order they were held."""
    teams: dict[str, list[Meeting]] = defaultdict(list)
    for line in path.read_text("utf-8").splitlines():
        meeting = json.loads(line)
        teams[meeting["team"]].append(meeting)
    return {team: sorted(held, key=lambda m: str(m["meeting_id"])) for team, held in sorted(teams.items())}


def transcript(meeting: Meeting) -> str:
    """One line a turn, "Speaker: text"."""
    return "\n".join(f"{turn['speaker']}: {turn['text']}" for turn in meeting["turns"])


def import_lines(path: Path, teams: Iterable[str] = ()) -> Iterator[bytes]:
    """A program with these teams, all without any named."""
    chosen = set(teams)
    yield line_of("program", key="qmsum", name="QMSum product teams", objectives=[])
    for team, held in meetings_by_team(path).items():
        if not chosen or team in chosen:
            yield from _team_lines(team, held)


def _team_lines(team: str, held: list[Meeting]) -> Iterator[bytes]:
    speakers = sorted({turn["speaker"] for meeting in held for turn in meeting["turns"]})
    mentors = [speaker for speaker in speakers if speaker == _MENTOR] or speakers[:1]
    mentees = [speaker for speaker in speakers if speaker not in mentors]
    for role, people in (("mentor", mentors), ("mentee", mentees)):
        for name in people:
            yield line_of("participant", key=f"qmsum/{team}/{name}", program="qmsum", name=name, role=role)
    sides = {
        side: [f"qmsum/{team}/{name}" for name in names]
        for side, names in (("mentors", mentors), ("mentees", mentees))
    }
    yield line_of("pairing", key=f"qmsum/{team}", program="qmsum", kind="group", **sides)
    for week, meeting in enumerate(held):
        key = f"qmsum/{meeting['meeting_id']}"
        at = (_FIRST + week * _WEEK).isoformat()
        yield line_of("session", key=key, pairing=f"qmsum/{team}", held_at=at, format="group")
        author = sides["mentors"][0]
        yield line_of(
            "note", key=key, session=key, author=author, kind="transcript", text=transcript(meeting)
        )


if __name__ == "__main__":
    for told in import_lines(Path(sys.argv[1]), sys.argv[2:]):
        print(told.decode())
