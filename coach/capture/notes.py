"""A note comes in, is replaced, changes who may see it, is erased."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from coach import access
from coach.domain.ids import new_id
from coach.domain.notes import IndexState, Note, NoteKind, Passage, Session, Visibility
from coach.domain.visibility import Actor
from coach.errors import Conflict, Invalid, TooLarge
from coach.ports import Records, Splitter


@dataclass(frozen=True, slots=True)
class NewNote:
    text: str
    visibility: Visibility = Visibility.PAIR
    kind: NoteKind = NoteKind.NOTE

    def fingerprint(self, session_id: str) -> str:
        """The same for the same request, to tell a repeat from another note under the same key."""
        parts = (session_id, self.visibility.value, self.kind.value, self.text)
        return sha256("\0".join(parts).encode()).hexdigest()


def require_text(text: str) -> None:
    """A text that can be kept exactly, on any database: not blank, no NUL, no half of a surrogate pair."""
    if not text.strip():
        raise Invalid("must hold more than white space", "text")
    if "\0" in text:
        raise Invalid("holds a NUL character; remove it", "text")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise Invalid("holds half of a surrogate pair, which is no character; remove it", "text")


def require_size(text: str, most: int) -> None:
    """At most so many characters."""
    if len(text) > most:
        raise TooLarge(
            f"holds {len(text)} characters, the most is {most}; split it into several notes", "text"
        )


def make_note(
    session: Session, author_id: str, new: NewNote, now: datetime, note_id: str | None = None
) -> Note:
    """The note of a session as it is first recorded, not indexed yet."""
    return Note(
        id=note_id or new_id(),
        session_id=session.id,
        pairing_id=session.pairing_id,
        author_id=author_id,
        held_at=session.held_at,
        text=new.text,
        visibility=new.visibility,
        kind=new.kind,
        index_state=IndexState.PENDING,
        created_at=now,
        updated_at=now,
    )


def passages_of(note_id: str, text: str, kind: NoteKind, splitter: Splitter) -> list[Passage]:
    return [
        Passage(new_id(), note_id, part.start, part.end, part.speaker) for part in splitter.split(text, kind)
    ]


async def record_note(
    records: Records,
    actor: Actor,
    now: datetime,
    splitter: Splitter,
    *,
    session_id: str,
    new: NewNote,
    idempotency_key: str | None = None,
) -> tuple[Note, int]:
    """The note and its number of passages; a repeat under the same key answers the first one."""
    author = access.require_person(actor)
    session, _ = await access.session(records, actor, session_id)
    require_text(new.text)
    if idempotency_key is not None:
        earlier = await _earlier(records, author.id, idempotency_key, new.fingerprint(session_id))
        if earlier is not None:
            return earlier
    note = make_note(session, author.id, new, now)
    passages = await asyncio.to_thread(passages_of, note.id, note.text, note.kind, splitter)
    await records.notes.add_note(note, passages, splitter.format)
    if idempotency_key is not None:
        await records.notes.remember_key(
            {
                "participant_id": author.id,
                "key": idempotency_key,
                "request_sha256": new.fingerprint(session_id),
                "note_id": note.id,
                "created_at": now,
            }
        )
    return note, len(passages)


async def _earlier(records: Records, author_id: str, key: str, fingerprint: str) -> tuple[Note, int] | None:
    remembered = await records.notes.note_with_key(author_id, key)
    if remembered is None:
        return None
    note_id, first_fingerprint = remembered
    if first_fingerprint != fingerprint:
        raise Conflict("this Idempotency-Key was used for another note; give each note its own key")
    note = (await records.notes.notes([note_id]))[note_id]
    return note, len(await records.notes.passage_ids([note_id]))


async def replace_note(
    records: Records,
    actor: Actor,
    now: datetime,
    splitter: Splitter,
    note_id: str,
    *,
    text: str,
    visibility: Visibility | None = None,
) -> tuple[Note, Sequence[Passage], Sequence[str]]:
    """The note as it is now, its passages, and the ids of passages that are no more.

    Suggestions that were drafted from the old text go with it.
    """
    note = await access.own_note(records, actor, note_id)
    require_text(text)
    changed = replace(
        note,
        text=text,
        visibility=visibility or note.visibility,
        index_state=IndexState.PENDING,
        updated_at=now,
    )
    await records.erasure.suggestions_from([note_id])
    await records.notes.save_note(changed)
    passages = await asyncio.to_thread(passages_of, note.id, text, note.kind, splitter)
    gone = await records.notes.replace_passages(note_id, passages, splitter.format)
    return changed, passages, gone


async def erase_note(records: Records, actor: Actor, note_id: str) -> Sequence[str]:
    """The ids of the passages that are no more."""
    await access.own_note(records, actor, note_id)
    gone = await records.notes.passage_ids([note_id])
    await records.erasure.notes([note_id])
    return gone


async def notes_of_session(records: Records, actor: Actor, session_id: str) -> list[Note]:
    """Those that the actor may read, oldest first."""
    reader = access.require_person(actor)
    session, pairing = await access.session(records, actor, session_id)
    readable = await records.notes.readable_notes(pairing.id, reader.id)
    return [note for note in readable if note.session_id == session.id]
