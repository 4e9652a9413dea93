"""What can be wrong with a request: the codes by which programs tell problems apart."""

from enum import StrEnum
from typing import Self


class ProblemCode(StrEnum):
    """What is wrong with a request: a word for programs, the HTTP status, and what it means.

    A code keeps its meaning; new ones may come. `no_such_...` is about something that the address names, `unknown_...`
    about something that the request's body names.
    """

    status: int
    meaning: str

    def __new__(cls, code: str, status: int = 500, meaning: str = "") -> Self:
        """Return the member for a line below. The defaults are for type checkers, to which a look-up is a call."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.status, member.meaning = status, meaning
        return member

    UNREADABLE_REQUEST = ("unreadable_request", 400, "The address or the body cannot be read.")
    NO_TOKEN = ("no_token", 401, "This needs a token, and none came.")
    INVALID_TOKEN = ("invalid_token", 401, "The token is misspelled, unknown or revoked.")
    WRONG_ROLE = (
        "wrong_role",
        403,
        "This is not for tokens of this `role`: a team's, an organizer's or a runner's.",
    )
    MISSING_SCOPE = ("missing_scope", 403, "The token lacks the scope that `scope` names.")
    OTHER_COMPETITION = ("other_competition", 403, "The token's team takes part in another competition.")
    OTHER_SITE = ("other_site", 403, "A browser sent this from a page of another site.")
    SECRET_LOGS = ("secret_logs", 403, "Teams may read logs on practice phases only.")
    GENERALIZATION_SECRET = (
        "generalization_secret",
        403,
        "What the generalization losses say is for organizers, until one reveals it.",
    )
    NO_SUCH_ADDRESS = ("no_such_address", 404, "The platform has no such address.")
    NO_SUCH_COMPETITION = ("no_such_competition", 404, "There is no competition of this name.")
    NO_SUCH_PHASE = ("no_such_phase", 404, "The competition has no such phase, or you may not see it.")
    NOT_REOPENED = ("not_reopened", 404, "The competition was not reopened as an everlasting benchmark.")
    NO_SUCH_BOARD = ("no_such_board", 404, "The competition has no such board, or you may not see it.")
    NO_SUCH_SUBMISSION = ("no_such_submission", 404, "There is no such submission, or it is another team's.")
    NO_SUCH_TEAM = ("no_such_team", 404, "The competition has no such team.")
    NO_SUCH_TOKEN = ("no_such_token", 404, "No token has this id.")
    NO_SUCH_BLOB = ("no_such_blob", 404, "The platform has no blob of this SHA-256.")
    NO_SUCH_BASELINE = ("no_such_baseline", 404, "There is no baseline set of this name and version.")
    NO_SUCH_EXECUTION = ("no_such_execution", 404, "There is no such execution; its name is `SHARD_ID:ATTEMPT`.")
    NO_SUCH_REPLAY = ("no_such_replay", 404, "The submission is not a replay of an execution.")
    NO_SUCH_INCIDENT = ("no_such_incident", 404, "The shard is not an incident.")
    NO_SUCH_DEAD_LETTER = ("no_such_dead_letter", 404, "This message is not among the oldest that were set aside.")
    NO_SUCH_WEBHOOK = ("no_such_webhook", 404, "There is no such webhook, or it is another's.")
    NO_SUCH_DELIVERY = ("no_such_delivery", 404, "The webhook has no such delivery.")
    NO_SUCH_ANNOUNCEMENT = ("no_such_announcement", 404, "The competition has no such announcement.")
    NO_SUCH_LINK = ("no_such_link", 404, "The link was used already, or is too old.")
    NO_SUCH_PERSON = ("no_such_person", 404, "Nobody of this id has registered for the competition.")
    NO_SUCH_MERGE = ("no_such_merge", 404, "The team does not ask yours to take it in.")
    NO_CANDIDATE = ("no_candidate", 404, "The phase has no rescoring candidate.")
    METHOD_NOT_ALLOWED = ("method_not_allowed", 405, "The address does not take this method.")
    KEY_REUSED = ("key_reused", 409, "The Idempotency-Key came before, with another request.")
    PHASE_NOT_ENDED = ("phase_not_ended", 409, "A phase of the competition has not closed for good.")
    REOPENED = ("reopened", 409, "The phase was reopened, and its final stays frozen.")
    PHASE_CLOSED = ("phase_closed", 409, "The phase is not open now; `opens_at` and `closes_at` say when.")
    PHASE_STILL_OPEN = ("phase_still_open", 409, "The phase is open; it must be closed first.")
    BEST_COUNTS = ("best_counts", 409, "In this phase the best submission counts; teams cannot choose.")
    NOT_SCORED = ("not_scored", 409, "The submission is not scored.")
    NOTHING_SCORED = ("nothing_scored", 409, "The first phase has no scored submission.")
    SUBMISSION_ENDED = ("submission_ended", 409, "The submission has ended already.")
    SUBMISSIONS_UNENDED = ("submissions_unended", 409, "Some submissions must end first; `unended` says how many.")
    COMPETITION_CHANGED = ("competition_changed", 409, "Somebody else has applied a `revision` that you have not seen.")
    NO_PHASE_OPEN = ("no_phase_open", 409, "No phase of the competition is open now.")
    CHANGE_REFUSED = ("change_refused", 409, "The competition cannot be changed like this; `errors` says why.")
    TEAM_EXISTS = ("team_exists", 409, "There is a team of this name already.")
    REGISTRATION_CLOSED = (
        "registration_closed",
        409,
        "People do not sign up for the competition by themselves, or not with an address like this.",
    )
    RULES_CHANGED = ("rules_changed", 409, "The rules have another version by now: `rules_version`.")
    NOT_APPROVED = ("not_approved", 409, "The person is not approved for the competition; `state` says how it stands.")
    IN_NO_TEAM = ("in_no_team", 409, "The person is in no team of the competition.")
    IN_TEAM_ALREADY = ("in_team_already", 409, "The person is in a team of the competition already.")
    LIMIT_REACHED = ("limit_reached", 409, "There are as many of these as there may be: `limit`.")
    MERGING_ENDED = ("merging_ended", 409, "Teams of this competition do not merge, or no longer.")
    PHASE_IN_USE = ("phase_in_use", 409, "The phase has submissions, which were run with other settings.")
    NOTHING_TO_RESCORE = ("nothing_to_rescore", 409, "The phase has no submission that can be run again.")
    OTHER_CANDIDATE = ("other_candidate", 409, "The phase has another rescoring candidate.")
    TEAMS_LEFT_OUT = (
        "teams_left_out",
        409,
        "The candidate has no submission of these `teams`, which have one that counts.",
    )
    ENVIRONMENTS_MISSING = (
        "environments_missing",
        409,
        "The final does not allow the environments of some finalists; `finalists` are their teams by environment.",
    )
    COMPETITION_UNFINISHED = ("competition_unfinished", 409, "A phase is open, or submissions have not ended.")
    TOO_MANY_WEBHOOKS = ("too_many_webhooks", 409, "There are as many webhooks as there may be; remove one first.")
    BACKUP_RUNS = ("backup_runs", 409, "A backup is copying zips, so none may be deleted now.")
    ZIP_DROPPED = ("zip_dropped", 409, "The submission's zip was dropped, so it cannot run again.")
    NO_RESULT = ("no_result", 409, "The execution ended without a result to compare with.")
    REQUEST_TOO_LARGE = ("request_too_large", 413, "The request is larger than `limit_bytes`.")
    INVALID_REQUEST = ("invalid_request", 422, "Parts of the request are invalid; `errors` lists them.")
    INVALID_CURSOR = ("invalid_cursor", 422, "The cursor is not the `next` of a page of this list.")
    INVALID_ZIP = ("invalid_zip", 422, "The zip cannot be accepted.")
    INVALID_COMPETITION = ("invalid_competition", 422, "The competition document is invalid; `errors` says where.")
    INVALID_DATASET = ("invalid_dataset", 422, "The CSV file cannot be a data set; `errors` says why.")
    DATASET_NOT_UPLOADED = (
        "dataset_not_uploaded",
        422,
        "Files of data sets are not uploaded yet; `errors` lists them.",
    )
    INVALID_BASELINE = ("invalid_baseline", 422, "The document cannot be a baseline set.")
    PHASE_NEEDED = ("phase_needed", 422, "The request must name a phase; `open_phases` lists the open ones.")
    UNKNOWN_BLACK_BOX = ("unknown_black_box", 422, "The competition does not have the black boxes in `boxes`.")
    UNKNOWN_ENVIRONMENT = (
        "unknown_environment",
        422,
        "The phase does not allow this environment; `environments` are those that it allows.",
    )
    UNKNOWN_BASELINE = ("unknown_baseline", 422, "There is no baseline set of this name and version.")
    UNKNOWN_SUBMISSION = (
        "unknown_submission",
        422,
        "These `submissions` of the request have not ended, or are not of the phase.",
    )
    BASELINE_LACKS_BOXES = (
        "baseline_lacks_boxes",
        422,
        "The baseline set does not cover the `boxes`.",
    )
    RATE_LIMITED = ("rate_limited", 429, "Too many requests without a token came from this network.")
    TOO_MANY_UPLOADS = ("too_many_uploads", 429, "The team has too many requests under way at once.")
    TOO_MANY_ACTIVE = ("too_many_active", 429, "The team has as many unended submissions as it may have.")
    NO_ATTEMPTS_LEFT = ("no_attempts_left", 429, "The team has used its attempts of 24 hours.")
    NO_SCORES_LEFT = ("no_scores_left", 429, "The team has used its scored submissions of 24 hours.")
    PLATFORM_FAILED = ("platform_failed", 500, "The platform failed; the organizer finds the cause in its log.")
    UNAVAILABLE = ("unavailable", 503, "A part of the platform is unavailable; try again soon.")
