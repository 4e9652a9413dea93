"""The API's errors: RFC 9457 problem details with a code."""

from pydantic import BaseModel, ConfigDict, Field

from arena.words.problems import ProblemCode

PROBLEM_TYPE = "application/problem+json"


class InvalidField(BaseModel):
    """One invalid part of a request."""

    model_config = ConfigDict(
        frozen=True, json_schema_extra={"examples": [{"where": "body.name", "what": "Field required"}]}
    )
    where: str
    what: str


class ProblemBody(BaseModel):
    """RFC 9457 problem details. A problem may have further members."""

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "code": "no_such_competition",
                    "detail": "There is no competition 'spring'.",
                }
            ]
        },
    )
    type: str
    title: str
    status: int
    code: ProblemCode
    detail: str
    errors: list[InvalidField] | None = Field(default=None, description="Each invalid part of the request.")
