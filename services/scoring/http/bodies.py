"""What request bodies share."""

from pydantic import BaseModel, ConfigDict

from shared.runtime.problem import Problem


class Body(BaseModel):
    """A request's body: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")


def invalid(field: str, detail: str, remedy: str) -> Problem:
    """A value that can't be used, with what to do about it."""
    return Problem(422, "Invalid input", detail=detail, field=field, remedy=remedy)
