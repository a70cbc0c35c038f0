"""What every model of a specification is."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of a specification: nothing that is not known here may stand in it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
