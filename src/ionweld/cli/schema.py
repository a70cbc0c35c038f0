"""`ionweld schema cell | protocol | study | material | pair`: the JSON Schema of a specification, for editors."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from ionweld.cli.output import emit_json


class Kind(StrEnum):
    """What has a schema."""

    cell = "cell"
    protocol = "protocol"
    study = "study"
    material = "material"
    pair = "pair"


def schema(
    kind: Annotated[Kind, typer.Argument(help="Which specification.")],
    as_json: Annotated[bool, typer.Option("--json", help="The schema is JSON in any case.")] = False,
) -> None:
    """Print the JSON Schema of a cell, a protocol, a study, or a file of the library: a material or a pair."""
    from pydantic import TypeAdapter

    emit_json({"type": "object", **TypeAdapter(_model(kind)).json_schema()})


def _model(kind: Kind) -> Any:
    """Return what says how a specification looks."""
    if kind is Kind.study:  # which brings the twin along
        from ionweld.study.model import Study

        return Study
    from ionweld.spec.cell import CellSpec
    from ionweld.spec.pairs import Material, Pair
    from ionweld.spec.protocol import AnyProtocol

    return {Kind.cell: CellSpec, Kind.protocol: AnyProtocol, Kind.material: Material, Kind.pair: Pair}[kind]
