"""Problems of the API, worded for somebody at the command line: by options and settings instead of requests."""

from collections.abc import Callable, Mapping
from typing import Any

from arena.words.problems import ProblemCode

PROBLEM = Mapping[str, Any]
PLACES = {"slug": "the competition", "submission_id": "the submission", "token_id": "the token"}
"""What people call the parts of a request whose name in the API is another."""


def word_problem(problem: PROBLEM) -> str:
    """Return what is wrong and what to do; the API's own words where they suit, and for a code that is new."""
    word = WORDS.get(str(problem.get("code")))
    return str(problem["detail"]) if word is None else word(problem)


def _wrong_role(problem: PROBLEM) -> str:
    if problem.get("role") == "team":
        return "This is for organizers, and your token is a team's."
    if problem.get("role") == "runner":
        return "Your token is a runner's, which is for fetching blobs alone: set ARENA_TOKEN to another."
    return "This is for teams, and your token is an organizer's: set ARENA_TOKEN to a team's."


def _missing_scope(problem: PROBLEM) -> str:
    scope = problem["scope"]
    return f"Your token lacks the scope '{scope}'. An organizer makes one with 'arena token create --scope {scope}'."


def _phase_needed(problem: PROBLEM) -> str:
    return f"Several phases are open: {', '.join(problem['open_phases'])}. Say which with --phase."


def _unknown_environment(problem: PROBLEM) -> str:
    names = ", ".join(entry.partition("@")[0] for entry in problem["environments"])
    return f"The phase does not allow this environment. Name one that it does with --environment: {names}."


def _invalid_request(problem: PROBLEM) -> str:
    faults = problem.get("errors") or []
    return " ".join(f"{_place(each['where'])}: {each['what']}" for each in faults) or str(problem["detail"])


def _place(where: str) -> str:
    name = where.removeprefix("path.").removeprefix("query.").removeprefix("body.")
    return PLACES.get(name, name.replace("_", " "))


def _and(more: str) -> Callable[[PROBLEM], str]:
    return lambda problem: f"{problem['detail']} {more}"


def _instead(sentence: str) -> Callable[[PROBLEM], str]:
    return lambda _: sentence


WORDS: dict[str, Callable[[PROBLEM], str]] = {
    ProblemCode.NO_TOKEN: _instead("This needs a token. Log in with 'arena login', or set ARENA_TOKEN."),
    ProblemCode.INVALID_TOKEN: _instead(
        "The platform does not know your token: it is misspelled, or was revoked. "
        "Check ARENA_TOKEN, or log in again with 'arena login'."
    ),
    ProblemCode.WRONG_ROLE: _wrong_role,
    ProblemCode.MISSING_SCOPE: _missing_scope,
    ProblemCode.SECRET_LOGS: _and("'arena check' shows everything that it writes on your own machine."),
    ProblemCode.NO_SUCH_COMPETITION: _and("'arena competitions' lists those there are."),
    ProblemCode.NO_SUCH_EXECUTION: _and("'arena executions' lists those there are."),
    ProblemCode.NO_SUCH_ADDRESS: _instead(
        "The platform does not know this request. Check ARENA_URL, and the release of this client."
    ),
    ProblemCode.TEAM_EXISTS: _instead(
        "There is a team of this name already. 'arena team token' revokes its tokens and prints a new one."
    ),
    ProblemCode.PHASE_NEEDED: _phase_needed,
    ProblemCode.NO_PHASE_OPEN: _and("To look at one of them, name it with --phase."),
    ProblemCode.UNKNOWN_ENVIRONMENT: _unknown_environment,
    ProblemCode.INVALID_REQUEST: _invalid_request,
    ProblemCode.RATE_LIMITED: _instead(
        "Too many requests without a token came from your network. Log in with 'arena login', or wait a minute."
    ),
}
