"""How the API says that something is wrong: RFC 9457 problem details."""

from pydantic import BaseModel, ConfigDict

PROBLEM_TYPE = "application/problem+json"


class InvalidField(BaseModel):
    """One part of a request that is not what the route takes."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"where": "body.name", "what": "Field required"}]}
    )
    where: str
    what: str


class ProblemBody(BaseModel):
    """RFC 9457 problem details. A problem may have members of its own beside these."""

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "There is no competition 'spring'.",
                }
            ]
        },
    )
    type: str
    title: str
    status: int
    detail: str
    errors: list[InvalidField] | None = None
    """Of a 422: each part of the request that is wrong."""
