"""A submission as a table."""

from collections.abc import Iterator

from arena.api.submissions import Submission
from arena.client.answer import PlatformAnswer
from arena.table import facts_table, show_tables
from arena.terminal import remaining_text, score_text, show_json
from arena.words.cut_off import cut_off_text


def show_submission(answer: PlatformAnswer, *, as_json: bool) -> None:
    """Print a submission's state, verdict and score."""
    if as_json:
        show_json(answer.json)
        return
    show_tables(facts_table(_facts(answer.parse(Submission))))


def _facts(submission: Submission) -> Iterator[tuple[str, str]]:
    """Yield what is known of a submission; empty fields are left out."""
    yield "submission", str(submission.id)
    yield "competition", f"{submission.competition} / {submission.phase}"
    yield "team", submission.team
    yield "environment", submission.environment
    yield from (("image", image) for image in submission.optimizer_images)
    if submission.publish_zip:
        yield "zip", "may be published with the competition's archive"
    yield "state", submission.state
    if submission.queue_position:
        yield "queue position", str(submission.queue_position)
    if submission.remaining_s:
        yield "remaining", remaining_text(submission.remaining_s)
    yield "studies", f"{submission.studies_done} of {submission.studies_total}"
    provisional = " (provisional)" if submission.provisional else ""
    yield "score", score_text(submission.score, submission.interval) + provisional
    if submission.chosen:
        yield "chosen", "to count for the team"
    for cut_off in submission.cut_offs:
        yield f"cut off ({cut_off.limit})", cut_off_text(cut_off.studies, cut_off.limit, cut_off.seconds)
    for count in ("suggest_errors", "observe_errors"):
        if number := getattr(submission, count):
            yield count.replace("_", " "), str(number)
    if submission.verdict:
        yield "verdict", f"{submission.verdict}: {submission.verdict_sentence}"
    if submission.verdict_stage:
        yield "where", f"in {submission.verdict_stage}, iteration {submission.verdict_iteration}"
    if submission.verdict_detail:
        yield "detail", submission.verdict_detail
