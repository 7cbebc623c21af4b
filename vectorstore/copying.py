"""One index copied into another of the same model, without embedding anything."""

from collections.abc import Collection

from vectorstore.index import VectorIndex


async def copy(source: VectorIndex, target: VectorIndex, wanted: Collection[str]) -> int:
    """What the source holds of the ids and the target does not; answers how many there were."""
    missing = set(wanted) - await target.ids()
    copied = 0
    async for entries, vectors in source.entries(missing):
        await target.add(entries, vectors)
        copied += len(entries)
    return copied


async def require_copied(source: VectorIndex, target: VectorIndex, wanted: Collection[str]) -> None:
    """RuntimeError when the target lacks any of the ids that the source holds, or holds any other."""
    there = await target.ids()
    lacking, other = (await source.ids() & set(wanted)) - there, there - set(wanted)
    if lacking or other:
        raise RuntimeError(f"the copied index lacks {len(lacking)} passages and has {len(other)} too many")
