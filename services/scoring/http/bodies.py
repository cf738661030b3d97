"""What request bodies share."""

from pydantic import BaseModel, ConfigDict


class Body(BaseModel):
    """A request's body: an unknown field is an error."""

    model_config = ConfigDict(extra="forbid")
