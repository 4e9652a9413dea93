"""What the e-mails say. Pure. Names and titles in it are what strangers chose; `queue_email` takes them as they are."""

from dataclasses import dataclass
from urllib.parse import urlencode

from arena.api.notices.kinds import NoticeKind
from arena.words.states import SubmissionState
from arena.words.verdicts import VERDICTS, Verdict
from services.gateway.notices.tables import NoticeRow, Recipient


@dataclass(frozen=True)
class Letter:
    """The subject and the text of an e-mail."""

    subject: str
    text: str


def write_letter(notice: NoticeRow, public_url: str, incidents: int) -> Letter:
    """Return the e-mail of a notice; of `incidents` shards the organizer must decide."""
    name, page = notice.competition_name, f"{public_url}/c/{notice.competition}"
    match notice.kind:
        case NoticeKind.SUBMISSION_ENDED:
            return _write_ended(notice, public_url)
        case NoticeKind.PHASE_CLOSING:
            closes = f"{notice.closes_at:%A, %d %B %Y, %H:%M UTC}"
            text = f"The phase {notice.phase} of {name} closes on {closes}.\n\nSubmit here: {page}/submissions\n"
            return Letter(f"{name}: the phase {notice.phase} closes soon", text)
        case NoticeKind.INCIDENT_OPENED:
            many = "A shard is an incident" if incidents == 1 else f"{incidents} shards are incidents"
            text = (
                f"{many} in {name}: the platform failed too often, or no runner can take them. They wait for you.\n\n"
                f"The reasons, and a button to retry: {page}/console/operation\n"
            )
            return Letter(f"{name}: {many[0].lower()}{many[1:]}", text)
        case _:
            return Letter(f"{name}: {notice.title}", f"{notice.text}\n\nAll announcements: {page}/announcements\n")


def _write_ended(notice: NoticeRow, public_url: str) -> Letter:
    verdict = VERDICTS[Verdict(notice.verdict)].sentence if notice.verdict else ""
    what = f"The submission {notice.filename} of {notice.team} in the phase {notice.phase} of {notice.competition_name}"
    if notice.state == SubmissionState.SCORED and notice.score is not None:
        end, subject = f"is scored: {notice.score:.2f}.", f"scored: {notice.score:.2f}"
    else:
        end, subject = f"has ended: {notice.state}. {verdict}", f"{notice.state}"
    link = f"{public_url}/submissions/{notice.submission_id}"
    return Letter(
        f"{notice.competition_name}: {notice.filename} {subject}", f"{what} {end}\n\nEverything about it: {link}\n"
    )


def stop_link(public_url: str, recipient: Recipient, kind: str) -> str:
    """Return the address at which a kind of e-mail is switched off without signing in."""
    query = {"person": recipient.person_id, "kind": kind, "secret": recipient.secret}
    return f"{public_url}/notices/stop?{urlencode(query)}"


def sign_off(text: str, stop: str, public_url: str) -> str:
    """Return the text of a letter with how to get no more of its kind."""
    return (
        f"{text}\n-- \nNo more e-mails of this kind: {stop}\nChoose which ones you get: {public_url}/account/notices\n"
    )
