"""What a drafter raises when it has nothing to give."""


class DraftingFailed(Exception):
    """The model gave nothing that can be used; `reason` is fit to be shown."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
