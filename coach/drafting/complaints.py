"""What an endpoint's error says is wrong with a request as it is, in the words of many servers."""

import re

from openai import APIStatusError

_TOO_LONG = re.compile(
    r"context[_ ](?:length|window|size|limit)|maximum (?:context|number of tokens)"
    r"|maximum (?:prompt|input|model) length"
    r"|(?:prompt|input) (?:is )?too long|too many tokens|exceeds? the (?:limit|available context)"
    r"|reduce the length of the messages|must have less than \d+ tokens|max_new_tokens\W+must be",
    re.IGNORECASE,
)
_FILTERED = re.compile(r"content[_ ](?:filter|policy|management)", re.IGNORECASE)
_TOO_LARGE, _TOO_MANY = 413, 429


def is_too_long(error: BaseException) -> bool:
    """Whether it is longer than the model reads; of too many requests a limit is told in the same words."""
    status = error.status_code if isinstance(error, APIStatusError) else None
    return status == _TOO_LARGE or (status != _TOO_MANY and _TOO_LONG.search(str(error)) is not None)


def is_filtered(error: BaseException) -> bool:
    """Whether the provider's filter holds it back."""
    return _FILTERED.search(str(error)) is not None
