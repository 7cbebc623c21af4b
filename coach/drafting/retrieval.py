"""A pairing's notes as a LangChain retriever, to be used in chains of one's own."""

from collections.abc import Awaitable, Callable, Sequence

from langchain_core.callbacks import AsyncCallbackManagerForRetrieverRun, CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from coach.advice.finding import Stretch


class PairingRetriever(BaseRetriever):
    """Gives what one reader may see, best first; each document is exactly `note.text[start:end]`.

    Metadata: note_id, session_id, held_at (ISO 8601), author_id, start, end, score. Asynchronous alone,
    as the records are: `await retriever.ainvoke(query)`.
    """

    find: Callable[[str], Awaitable[Sequence[Stretch]]]

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        return [_document(stretch) for stretch in await self.find(query)]

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        raise NotImplementedError("the records are read asynchronously; use ainvoke")


def _document(stretch: Stretch) -> Document:
    place = stretch.excerpt
    about = {
        "note_id": place.note_id,
        "session_id": place.session_id,
        "held_at": place.held_at.isoformat(),
        "author_id": place.author_id,
        "start": place.start,
        "end": place.end,
        "score": stretch.score,
    }
    return Document(page_content=place.text, metadata=about)
