"""A note comes in, is replaced, changes who may see it, is erased."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256

from coach import access
from coach.auditing import did
from coach.domain.audit import AuditAction, Place, PlaceKind, of_notes
from coach.domain.erasing import Erased
from coach.domain.ids import new_id
from coach.domain.notes import IndexState, Note, NoteKind, Passage, Session, Visibility
from coach.domain.visibility import Actor, may_give_note, may_read_note
from coach.errors import Conflict, Invalid, TooLarge
from coach.ports import Records, Splitter

Listed = tuple[Sequence[Note], str | None]
Changed = tuple[Note, Sequence[Passage], Sequence[str]]


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


def require_kept(session: Session, kind: NoteKind, since: datetime | None) -> None:
    """No transcript that would be erased as soon as it is there; `since`: see `Program.kept_since`."""
    if kind is NoteKind.TRANSCRIPT and since is not None and session.held_at < since:
        raise Invalid(
            f"transcripts of sessions held before {since:%Y-%m-%d %H:%M} UTC are kept no more in this "
            "program; write what matters of it as a note",
            "kind",
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
    retention_days: int | None = None,
) -> tuple[Note, int]:
    """The note and its number of passages; a repeat under the same key answers the first one.

    `retention_days`: of transcripts, in programs that name none of their own.
    """
    author = access.require_person(actor)
    session, pairing = await access.session(records, actor, session_id)
    require_text(new.text)
    if idempotency_key is not None:
        earlier = await _earlier(records, author.id, idempotency_key, new.fingerprint(session_id))
        if earlier is not None:
            return earlier
    access.require_open(pairing)
    program = await access.program(records, actor, pairing.program_id)
    require_kept(session, new.kind, program.kept_since(now, retention_days))
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
    await _audited(records, actor, AuditAction.CREATED_NOTE, [note])
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
) -> Changed:
    """The note as it is now, its passages, and the ids of passages that are no more.

    Suggestions that were drafted from the old text go with it.
    """
    note = await access.own_note(records, actor, note_id)
    require_text(text)
    if visibility is not None:
        await _require_to_give(records, actor, note, visibility)
    return await _replaced(records, actor, now, splitter, note, text, visibility or note.visibility)


async def change_visibility(
    records: Records, actor: Actor, now: datetime, splitter: Splitter, note_id: str, visibility: Visibility
) -> Changed:
    """The same note seen by others than before; answers as for another text.

    Its passages are made anew, so that one on its way into the index can't arrive where it was to go
    before. Suggestions that were drawn from it go: they may hold its words, and were told to others.
    """
    note = await access.authored_note(records, actor, note_id)
    if visibility is not Visibility.PRIVATE:
        await access.own_note(records, actor, note_id)
    await _require_to_give(records, actor, note, visibility)
    return await _replaced(records, actor, now, splitter, note, note.text, visibility)


async def _require_to_give(records: Records, actor: Actor, note: Note, visibility: Visibility) -> None:
    pairing = await records.people.pairing(note.pairing_id)
    if pairing is None or not may_give_note(actor, note, pairing, visibility):
        raise Invalid("must be private: you have left the pairing, and share nothing with it", "visibility")


async def _replaced(
    records: Records,
    actor: Actor,
    now: datetime,
    splitter: Splitter,
    note: Note,
    text: str,
    visibility: Visibility,
) -> Changed:
    changed = replace(note, text=text, visibility=visibility, index_state=IndexState.PENDING, updated_at=now)
    await records.erasure.suggestions_from([note.id])
    await records.notes.save_note(changed)
    passages = await asyncio.to_thread(passages_of, note.id, text, note.kind, splitter)
    gone = await records.notes.replace_passages(note.id, passages, splitter.format)
    for action in _changes(note, changed):
        await _audited(records, actor, action, [changed])
    return changed, passages, gone


async def erase_note(records: Records, actor: Actor, note_id: str) -> Erased:
    """By its author, a member of the pairing or not."""
    note = await access.authored_note(records, actor, note_id)
    await _audited(records, actor, AuditAction.ERASED_NOTE, [note])
    return await records.erasure.notes([note_id])


async def read_note(records: Records, actor: Actor, note_id: str) -> Note:
    note = await access.note(records, actor, note_id)
    await _audited(records, actor, AuditAction.READ_NOTE, [note])
    return note


async def notes_of_session(
    records: Records, actor: Actor, session_id: str, cut: Callable[[Sequence[Note]], Listed]
) -> Listed:
    """Those that the actor may read, oldest first: the page that `cut` takes of them."""
    reader = access.require_person(actor)
    session, pairing = await access.session(records, actor, session_id)
    readable = await records.notes.readable_notes(pairing.id, reader.id)
    page, following = cut(
        [n for n in readable if n.session_id == session.id and may_read_note(actor, n, pairing)]
    )
    if page:
        await _audited(records, actor, AuditAction.LISTED_NOTES, page)
    return page, following


async def own_notes(records: Records, actor: Actor) -> list[Note]:
    """What the actor wrote and may read, in whatever pairing, oldest session first.

    Of a pairing that they have left these are the private ones.
    """
    author = access.require_person(actor)
    written = await records.notes.notes_by(author.id)
    homes = {i: await records.people.pairing(i) for i in {note.pairing_id for note in written}}
    return [n for n in written if (home := homes[n.pairing_id]) and may_read_note(actor, n, home)]


def _changes(before: Note, after: Note) -> list[AuditAction]:
    """What a replacement changed; the text, where it left everything as it was."""
    hidden = [AuditAction.CHANGED_VISIBILITY] if before.visibility is not after.visibility else []
    return [AuditAction.CHANGED_NOTE, *hidden] if before.text != after.text or not hidden else hidden


async def _audited(records: Records, actor: Actor, action: AuditAction, notes: Sequence[Note]) -> None:
    """Notes of one session."""
    place = Place(PlaceKind.SESSION, notes[0].session_id)
    touched = of_notes((note.author_id, note.id) for note in notes)
    await records.audit.record(did(actor, action, place, touched))
