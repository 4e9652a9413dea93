"""What a token allows."""

from enum import StrEnum
from typing import Literal

TokenRole = Literal["team", "organizer", "runner"]
"""Whose a token is."""
PersonRole = Literal["member", "judge", "organizer"]
"""What somebody may do: what their team may, see what organizers see, or everything."""
RegistrationState = Literal["waiting", "approved", "refused"]


class Scope(StrEnum):
    """A permission that a token gives. What those of each role may have, the sets below say."""

    READ = "read"
    SUBMIT = "submit"
    MANAGE = "manage"
    ACCOUNTS = "accounts"
    BLOBS_READ = "blobs:read"


TEAM_SCOPES = frozenset({Scope.READ, Scope.SUBMIT})
ORGANIZER_SCOPES = frozenset({Scope.READ, Scope.MANAGE, Scope.ACCOUNTS})
RUNNER_SCOPES = frozenset({Scope.BLOBS_READ})
