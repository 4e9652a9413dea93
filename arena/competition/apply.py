"""Applying a competition file: read against what the platform has, compared with what is applied, applied."""

from pathlib import Path

from arena.api.competitions import CompetitionDiff
from arena.api.planning import BaselinePage
from arena.client.answer import PlatformAnswer
from arena.client.http import Client
from arena.competition.file import CompetitionFile, InvalidCompetitionFile, read_competition
from arena.failure import Failure
from arena.rules.competition_document import DocumentFault


def read_file(client: Client, file: Path) -> CompetitionFile:
    """Read a competition file against the baseline sets that are there. Raises InvalidCompetitionFile."""
    baselines = client.get_all("/api/v1/admin/baselines", "baselines").parse(BaselinePage).baselines
    names = {name for each in baselines for name in (each.name, f"{each.name}@{each.version}")}
    return read_competition(file, names)


def diff_file(client: Client, found: CompetitionFile) -> PlatformAnswer:
    """Return what applying a file would change, a CompetitionDiff.

    Raises InvalidCompetitionFile with the lines of what is refused.
    """
    try:
        answer = client.post(f"/api/v1/admin/competitions/{found.slug}/diff", found.document)
    except Failure as failure:
        raise found.refuse(failure) from failure
    if answer.json["refusals"]:
        raise found.refuse(Failure("refused", {"errors": answer.json["refusals"]}))
    return answer


def apply_file(client: Client, found: CompetitionFile, diff: CompetitionDiff) -> PlatformAnswer:
    """Upload the data sets that are missing, then apply the document; either may be repeated after a break.

    Raises Failure if somebody else has applied another revision since `diff`.
    """
    places = {each["name"]: index for index, each in enumerate(found.document["datasets"])}
    for name in diff.datasets_missing:
        try:
            client.upload_dataset(found.slug, name, found.contents[name])
        except Failure as failure:
            line = found.line_of(("datasets", places[name], "file"))
            causes = failure.problem.get("errors") or [{"what": str(failure)}]
            faults = [(line, DocumentFault((), f"{name}: {each['what']}")) for each in causes]
            raise InvalidCompetitionFile(found.file, faults) from failure
    try:
        path = f"/api/v1/admin/competitions/{found.slug}"
        return client.put(path, found.document, compared_with=diff.revision or 0)
    except Failure as failure:
        raise found.refuse(failure) from failure
