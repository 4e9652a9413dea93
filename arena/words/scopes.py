"""What a token allows."""

from enum import StrEnum


class Scope(StrEnum):
    """A permission that a token gives. A team's may have `read` and `submit`, an organizer's all but `submit`."""

    READ = "read"
    SUBMIT = "submit"
    MANAGE = "manage"
    ACCOUNTS = "accounts"


TEAM_SCOPES = frozenset({Scope.READ, Scope.SUBMIT})
ORGANIZER_SCOPES = frozenset({Scope.READ, Scope.MANAGE, Scope.ACCOUNTS})
