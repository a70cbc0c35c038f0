"""Cells and protocols in code: what their files say, any field of it changed, and checked whole each time."""

from collections.abc import Callable
from copy import deepcopy
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from ionweld.api.quantities import Place, as_text, is_list, is_table, path_of
from ionweld.errors import Fault, InputError, SpecError
from ionweld.spec.cell import parse_cell
from ionweld.spec.faults import read_toml
from ionweld.spec.fields import Field, cell_fields, find, protocol_fields, replaced
from ionweld.spec.protocol import WindowStage, parse_protocol
from ionweld.spec.quantities import quantities
from ionweld.wording import many

if TYPE_CHECKING:
    import polars as pl

_NUMBERS = ("path", "as_written", "value", "low", "high", "unit", "range", "status", "source")


class Cell:
    """A cell at given conditions, in the structure of its TOML file; never changed after it was made.

    Parameters
    ----------
    folder : path, optional
        Where the files lie that the cell names (materials of one's own).
    **document
        The fields of the file. Quantities are text with a unit, parts are dictionaries.

    Attributes
    ----------
    document : dict
        What was written.
    spec
        What was understood, in SI units.

    Raises
    ------
    SpecError
        With every fault of the cell at once, each with its path and how to mend it.

    Examples
    --------
    >>> import ionweld as iw
    >>> lithium = {"material": "Li", "diameter": "6 mm", "thickness": "100 um", "interface": {"gap": "10 um"}}
    >>> cell = iw.Cell(
    ...     name="my cell",
    ...     temperature="80 degC",
    ...     stack_pressure="0.15 MPa",
    ...     electrolyte={"material": "Li2OHCl", "diameter": "10 mm", "mass": "0.15 g"},
    ...     electrodes={"negative": lithium},
    ... )
    >>> cell.with_(stack_pressure="0.5 MPa")
    <Cell: my cell, 80 degC, 0.5 MPa>
    """

    def __init__(self, *, folder: Place | None = None, **document: Any) -> None:
        self.document: dict[str, Any] = as_text(document)
        self.folder: Path | None = None if folder is None else path_of(folder, "folder")
        self.spec = parse_cell(self.document, "cell", self.folder)

    @classmethod
    def load(cls, path: Place) -> Self:
        """Read a cell from a TOML file at `path`. Raises SpecError with every fault, or FileFormatError."""
        place = path_of(path, "cell")
        document = read_toml(place)
        parse_cell(document, place.name, place.parent)  # so that faults name the file
        return cls(folder=place.parent, **document)

    def with_(self, **changes: Any) -> Self:
        """Return the cell with other values of some fields (`changes`), checked whole.

        A field is named by its path or an ending of it that means no other: ``stack_pressure="0.5 MPa"``,
        ``**{"negative.interface.volume": "0 uL"}``; without a side, both electrodes are meant.
        Raises SpecError for a name that is no field or means several, and for a value that cannot be.
        """
        return type(self)(folder=self.folder, **_changed(self.document, changes, cell_fields))

    def numbers(self) -> "pl.DataFrame":
        """Return every number of the cell, one row each: path, as written, value and range in the SI `unit`, status, source."""
        import polars as pl

        rows = [
            (path, one.text, one.value, one.low, one.high, one.unit, one.range_text, one.status, one.source)
            for path, one in quantities(self.spec)
        ]
        kinds = {name: pl.Float64 if name in ("value", "low", "high") else pl.String for name in _NUMBERS}
        return pl.DataFrame(rows, schema=kinds, orient="row")

    def to_dict(self) -> dict[str, Any]:
        """Return the cell as its file says it."""
        return deepcopy(self.document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Cell) and self.spec == other.spec

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Cell: {self.spec.name}, {self.spec.temperature.text}, {self.spec.stack_pressure.text}>"

    def _repr_html_(self) -> str:
        return _as_html(self.document)


class Protocol:
    """What is done to a cell, in the structure of its TOML file; never changed after it was made.

    Parameters
    ----------
    **document
        The fields of the file. Quantities are text with a unit, stages a list of dictionaries.

    Raises
    ------
    SpecError
        With every fault at once.

    Examples
    --------
    >>> import ionweld as iw
    >>> iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=40)
    <Protocol: 0.1 mA/cm^2, 0.5 h, 40 cycles>
    """

    def __init__(self, **document: Any) -> None:
        self.document: dict[str, Any] = as_text(document)
        self.spec = parse_protocol(self.document)

    @classmethod
    def load(cls, path: Place) -> Self:
        """Read a protocol from a TOML file at `path`. Raises SpecError with every fault, or FileFormatError."""
        place = path_of(path, "protocol")
        document = read_toml(place)
        parse_protocol(document, place.name)
        return cls(**document)

    @classmethod
    def symmetric(cls, *, current_density: Any, half_cycle_time: Any, cycles: int, **further: Any) -> Self:
        """Return `cycles` of two half cycles of a symmetric cell, at one current_density and of one half_cycle_time.

        Both are text with a unit ("0.1 mA/cm^2", "0.5 h"). The first half cycle plates the negative electrode
        (``first_half_cycle="charge"``) unless it is said otherwise. further: fields of a stage (``rest="5 min"``) or of
        the protocol (``voltage_limit="5 V"``, ``name=...``). Raises SpecError.
        """
        stage = {"current_density": current_density, "half_cycle_time": half_cycle_time, "cycles": cycles}
        return cls(**_of_stages(stage, further, ("rest",)))

    @classmethod
    def strip(cls, *, current_density: Any, half_cycle_time: Any, steps: int, **further: Any) -> Self:
        """Return steps in one direction alone: the positive electrode is stripped on and on, the negative one plated.

        current_density and half_cycle_time (of one step) are text with a unit ("0.1 mA/cm^2", "0.5 h").
        ``first_half_cycle="discharge"`` strips the negative one instead. further: as for `symmetric`. Raises SpecError.
        """
        stage = {"current_density": current_density, "half_cycle_time": half_cycle_time, "cycles": steps}
        return cls(**_of_stages(stage, {"one_way": True} | further, ("rest",)))

    @classmethod
    def ramp(cls, *, start: Any, stop: Any, **further: Any) -> Self:
        """Return one cycle at each of rising current densities, until a short: how a critical current is measured.

        start, stop: first current density, and where the ramp ends at the latest; besides, ``step="0.05 mA/cm^2"`` or
        ``factor=1.25``, and ``half_cycle_time="0.5 h"`` or ``half_cycle_charge="0.5 mAh/cm^2"``; further: fields of the
        protocol (``name``, ``voltage_limit``). Raises SpecError.
        """
        of_ramp = ("step", "factor", "half_cycle_time", "half_cycle_charge", "rest")
        ramp = {name: further.pop(name) for name in of_ramp if name in further}
        document = {"first_half_cycle": "charge", "ramp": {"start": start, "highest": stop, **ramp}} | further
        return cls(**{"name": _usual_name(document)} | document)

    @classmethod
    def full(
        cls,
        *,
        lower_voltage: Any,
        upper_voltage: Any,
        cycles: int,
        c_rate: str | None = None,
        current_density: Any = None,
        **further: Any,
    ) -> Self:
        """Return cycles of a full cell between two voltages, at a part of its nominal capacity per hour or at a current density.

        lower_voltage, upper_voltage: "2.5 V", "3.8 V"; c_rate: "0.2 C", or current_density: "0.5 mA/cm^2"; further: fields of
        a stage (``discharge_c_rate``, ``rest``, ``longest_half_cycle`` ...) or of the protocol. Raises SpecError.
        """
        window = {"lower_voltage": lower_voltage, "upper_voltage": upper_voltage}
        said = {"c_rate": c_rate, "current_density": current_density}
        stage = {name: one for name, one in said.items() if one is not None} | {"cycles": cycles}
        return cls(**_of_stages(stage, window | further, tuple(WindowStage.model_fields)))

    @classmethod
    def from_measured(
        cls,
        test: Any,
        *,
        area: Any = None,
        first: Literal["charge", "discharge"] | None = None,
        cell: "Cell | Place | None" = None,
        **further: Any,
    ) -> Self:
        """Return the protocol behind a measured test: its currents, times or voltages, rests and number of cycles.

        Parameters
        ----------
        test : Cycling or path
            A cycling test.
        area : str, optional
            What the current flows through ("0.2827 cm^2"), where the test does not know it.
        first : {"charge", "discharge"}, optional
            Which half cycle opens a cycle; the first of the test without it.
        cell : Cell or path, optional
            The cell that was tested: needed for a full cell, whose cathode says what 1 C is.
        **further
            Fields of the protocol (``name``, ``voltage_limit``) that are to be other than measured.

        Raises
        ------
        InputError
            For a test without current, an area or a cathode that nobody said, and a test whose steps no protocol has: held
            voltages, two currents within a half cycle.

        Examples
        --------
        >>> import ionweld as iw
        >>> protocol = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=2, rest="5 min")
        >>> run = iw.simulate("examples/bare.toml", protocol)
        >>> iw.Protocol.from_measured(run.test).to_dict()["stages"]
        [{'current_density': '0.1 mA/cm^2', 'half_cycle_time': '1800 s', 'cycles': 2, 'rest': '300 s'}]
        """
        from ionweld.api.measured_protocol import document_of

        of_cell = None if cell is None else as_cell(cell).spec
        return cls(**document_of(test, area, first, of_cell) | further)

    def with_(self, **changes: Any) -> Self:
        """Return the protocol with other values of some fields (changes): ``cycles=100``, ``**{"stages.1.rest": "1 h"}``.

        A name that only says the numbers says the new ones; a name of one's own stays. Raises SpecError, as `Cell.with_` does.

        Examples
        --------
        >>> import ionweld as iw
        >>> ten = iw.Protocol.symmetric(current_density="0.1 mA/cm^2", half_cycle_time="0.5 h", cycles=10)
        >>> ten.with_(cycles=40)
        <Protocol: 0.1 mA/cm^2, 0.5 h, 40 cycles>
        """
        changed = _changed(self.document, as_text(changes), protocol_fields)
        if "name" not in changes and self.document.get("name") == _usual_name(self.document):
            changed = changed | {"name": _usual_name(changed)}
        return type(self)(**changed)

    def to_dict(self) -> dict[str, Any]:
        """Return the protocol as its file says it."""
        return deepcopy(self.document)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Protocol) and self.spec == other.spec

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<Protocol: {self.spec.name}>"

    def _repr_html_(self) -> str:
        return _as_html(self.document)


def as_cell(cell: Cell | Place) -> Cell:
    """Return a cell, read from its file where a path is given. Raises InputError."""
    return cell if isinstance(cell, Cell) else Cell.load(cell)


def as_protocol(protocol: Protocol | Place) -> Protocol:
    """Return a protocol, read from its file where a path is given. Raises InputError."""
    return protocol if isinstance(protocol, Protocol) else Protocol.load(protocol)


def _of_stages(stage: dict[str, Any], further: dict[str, Any], of_stage: tuple[str, ...]) -> dict[str, Any]:
    """Return the document of a protocol of one stage."""
    also = {key: value for key, value in further.items() if key in of_stage}
    rest = {key: value for key, value in further.items() if key not in of_stage}
    document = {"first_half_cycle": "charge", **rest, "stages": [stage | also]}
    return {"name": _usual_name(document)} | document


def _usual_name(document: dict[str, Any]) -> str | None:
    """Return the name that says the numbers of a protocol of one stage or a ramp; None where a line does not hold it."""
    said = as_text(document)
    if ramp := said.get("ramp"):
        return f"ramp from {ramp.get('start')} to {ramp.get('highest')}"
    if len(stages := said.get("stages") or []) != 1:
        return None
    stage = stages[0]
    if "half_cycle_time" not in stage:
        return f"{stage.get('c_rate') or stage.get('current_density')}, {many(stage.get('cycles'), 'cycle')}"
    j, time, count = (stage.get(name) for name in ("current_density", "half_cycle_time", "cycles"))
    return (
        f"one way, {j}, {many(count, 'time')} {time}" if said.get("one_way") else f"{j}, {time}, {many(count, 'cycle')}"
    )


def _changed(
    document: dict[str, Any], changes: dict[str, Any], fields: Callable[[dict[str, Any]], list[Field]]
) -> dict[str, Any]:
    """Return a document with other values. Raises SpecError with every name that is no field."""
    known = fields(document)
    faults: list[Fault] = []
    for asked, value in changes.items():
        try:
            for field in find(asked, known, asked):
                document = replaced(document, field.path, value)
        except InputError as error:
            faults += error.faults
    if faults:
        raise SpecError(faults)
    return document


def _as_html(document: dict[str, Any]) -> str:
    rows = "".join(f"<tr><td>{escape(path)}</td><td>{escape(text)}</td></tr>" for path, text in _leaves(document))
    return f"<table><tr><th>field</th><th>value</th></tr>{rows}</table>"


def _leaves(value: Any, path: str = "") -> list[tuple[str, str]]:
    """Return every value of a document with its path."""
    if is_table(value):
        return [leaf for key, one in value.items() for leaf in _leaves(one, f"{path}.{key}" if path else str(key))]
    if is_list(value) and any(is_table(one) for one in value):
        return [leaf for place, one in enumerate(value) for leaf in _leaves(one, f"{path}.{place}")]
    return [(path, str(value))]
