"""What the platform answers: the JSON as it came, and the body of the API that it is."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from arena.failure import Failure

if TYPE_CHECKING:
    from pydantic import ValidationError

    from arena.api.body import Body

BodyT = TypeVar("BodyT", bound="Body")


@dataclass(frozen=True)
class PlatformAnswer:
    """An object that the platform sent; `json` is printed unchanged for scripts."""

    json: dict[str, Any]

    def parse(self, body: type[BodyT]) -> BodyT:
        """Return the answer as this body. A newer platform may send more fields than it has; they are ignored.

        Pydantic is imported with the body, so a command names it after the platform has answered.
        """
        from pydantic import ValidationError  # noqa: PLC0415

        try:
            return body.model_validate(self.json, extra="ignore")
        except ValidationError as error:
            raise explain_mismatch(body.__name__, error) from error


def parse_line(text: str, body: type[BodyT]) -> BodyT:
    """Return a line of a stream as this body, as `PlatformAnswer.parse` does with an answer."""
    from pydantic import ValidationError  # noqa: PLC0415

    try:
        return body.model_validate_json(text, extra="ignore")
    except ValidationError as error:
        raise explain_mismatch(body.__name__, error) from error


def explain_mismatch(name: str, error: "ValidationError") -> Failure:
    """Return the Failure for what the platform sent instead of a body of this name."""
    fault = error.errors(include_url=False)[0]
    place = ".".join(map(str, fault["loc"]))
    return Failure(
        f"Expected the platform to answer with a {name}, got another body ({place}: {fault['msg']}); "
        "is this client of the platform's release?"
    )
