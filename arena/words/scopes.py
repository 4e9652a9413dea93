"""What a token lets its bearer do."""

from enum import StrEnum


class Scope(StrEnum):
    """A permission of a token. Teams may have `read` and `submit`, organizers all but `submit`."""

    READ = "read"
    SUBMIT = "submit"
    MANAGE = "manage"
    ACCOUNTS = "accounts"


TEAM_SCOPES = frozenset({Scope.READ, Scope.SUBMIT})
ORGANIZER_SCOPES = frozenset({Scope.READ, Scope.MANAGE, Scope.ACCOUNTS})
