"""What can go wrong, in the words of the domain.

CounterpartError
├── NotFound            it does not exist, or the actor may not know of it
├── NotAuthenticated    no token, or one that is over
│   └── UnknownToken    one that nobody was given: it may be a guess
├── ScopeMissing        the token itself may not do this, whatever its holder may
├── TooMany             more requests, or wrong tokens, than are taken in so short a time
├── Invalid             the request can't be carried out as it stands; says what to change
├── Conflict            it contradicts what is already recorded
├── TooLarge            more than the settings allow
└── NotReady            the service can't answer yet
    ├── IndexMismatch   the index was built by another model or passage format
    ├── DataInUse       another process serves this data directory
    ├── SettingUnusable what a setting names can't be opened
    ├── NoVectors       the embedding endpoint gives none that can be used now
    └── NoKeys          the issuer of single sign-on gives no keys now
"""


class CounterpartError(Exception):
    """`detail` says what to do; `field` names the offending input where there is one."""

    def __init__(self, detail: str, field: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class NotFound(CounterpartError):
    pass


class NotAuthenticated(CounterpartError):
    pass


class UnknownToken(NotAuthenticated):
    pass


class ScopeMissing(CounterpartError):
    """`scope` is the one that it lacks."""

    def __init__(self, detail: str, scope: str) -> None:
        super().__init__(detail)
        self.scope = scope


class TooMany(CounterpartError):
    """`wait`: whole seconds after which it may be tried again."""

    def __init__(self, detail: str, wait: int) -> None:
        super().__init__(detail)
        self.wait = wait


class Invalid(CounterpartError):
    pass


class Conflict(CounterpartError):
    pass


class TooLarge(CounterpartError):
    pass


class NotReady(CounterpartError):
    pass


class IndexMismatch(NotReady):
    pass


class DataInUse(NotReady):
    pass


class SettingUnusable(NotReady):
    pass


class NoVectors(NotReady):
    pass


class NoKeys(NotReady):
    pass
