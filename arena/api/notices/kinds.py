"""What people and programs are told of."""

from enum import StrEnum


class NoticeKind(StrEnum):
    """What has happened; also the `type` of a webhook's body. The sets below say who hears of it how."""

    sentence: str

    def __new__(cls, kind: str, sentence: str = "") -> "NoticeKind":
        """Return the member for a line below."""
        member = str.__new__(cls, kind)
        member._value_ = kind
        member.sentence = sentence
        return member

    SUBMISSION_ENDED = ("submission.ended", "A submission of your team has ended.")
    INCIDENT_OPENED = ("incident.opened", "The platform failed, and an organizer must decide what to do.")
    PHASE_CLOSING = ("phase.closing", "A phase closes within a day.")
    ANNOUNCEMENT = ("announcement", "The organizers announce something.")
    LEADERBOARD_CHANGED = ("leaderboard.changed", "A leaderboard has changed; told once a minute at most.")


EMAIL_KINDS = (
    NoticeKind.SUBMISSION_ENDED,
    NoticeKind.PHASE_CLOSING,
    NoticeKind.ANNOUNCEMENT,
    NoticeKind.INCIDENT_OPENED,
)
"""Of what people may get e-mails; of incidents, organizers alone."""
TEAM_EVENTS = frozenset(NoticeKind) - {NoticeKind.INCIDENT_OPENED}
"""Of what a team's webhook may hear: of submissions, its own."""
