"""What several screens are asked about."""

from typing import Annotated

from pydantic import BaseModel, Field

Name = Annotated[str, Field(max_length=500)]


class AskedFile(BaseModel):
    """A file of the folder."""

    file: Name


class AskedProject(BaseModel):
    """A project of the folder; None for the nearest."""

    project: Name | None = None
