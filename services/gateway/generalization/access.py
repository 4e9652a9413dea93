"""Who may see what the generalization losses say."""

from arena.words.problems import ProblemCode
from arena.words.scopes import Scope
from services.gateway.accounts.callers import Caller
from services.gateway.problems import Problem


def may_see_generalization(caller: Caller, *, is_revealed: bool) -> bool:
    """Return whether a caller may see it: an organizer who may read, or anyone once it is revealed."""
    return is_revealed or (caller.role == "organizer" and Scope.READ in caller.scopes)


def check_may_see_generalization(caller: Caller, phase: str, *, is_revealed: bool) -> None:
    """Raise Problem 401 without a token, or 403, unless a caller may see it."""
    if may_see_generalization(caller, is_revealed=is_revealed):
        return
    raise Problem(
        ProblemCode.NO_TOKEN if caller.role == "anyone" else ProblemCode.GENERALIZATION_SECRET,
        f"What the generalization losses of {phase} say is for organizers, until one reveals it at the end.",
    )
