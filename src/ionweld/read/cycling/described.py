"""A csv of any origin, described by its owner in a few lines of TOML.

    current_positive = "charge"                  # or "discharge", or "by state": never guessed
    decimal_mark = ","                           # optional, like encoding, delimiter, header_line: found if left out
    clock_format = "%d.%m.%Y %H:%M:%S"           # needed only for a column of clock times

    [columns]                                    # name in the file = name in the Battery Data Format, and the unit
    "Zeit" = { as = "Test Time / s", unit = "min" }
    "U" = { as = "Voltage / V", unit = "mV" }
    "I" = { as = "Current / A", unit = "uA" }
    "Zyklus" = { as = "Cycle Count / 1" }
    "Modus" = { as = "Step Type" }

    [states]                                     # needed when current_positive = "by state"
    "laden" = "charge"                           # or "discharge" or "rest", or a word of the Battery Data Format

A unit may be left out where it is the one in the name. Times may be texts such as "1 02:03:04": unit = "D HH:MM:SS".
Columns that are not described are kept under their own names. Currents per area ("mA/cm^2") need a line with the area
of the cell, area = "0.785 cm^2". Alone, this line or that of current_positive makes the description of a file that is
understood but for that.
"""

from collections.abc import Mapping
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from ionweld.errors import Fault, FileFormatError, SpecError, UnitError
from ionweld.measurement.cycling import CURRENT, REQUIRED, STEP_TYPE
from ionweld.read.cycling.assemble import Recognised
from ionweld.read.cycling.format import UNIX_TIME, Format, FormatColumn, Match, Sign
from ionweld.read.cycling.formats.bdf import LABELS, kind_of
from ionweld.read.cycling.raw import Head, HeaderLine, candidate_headers, head_in, header_at, read_head, read_rows
from ionweld.read.cycling.spelling import factor, factor_per_area, offset, spell, unit_of
from ionweld.read.text import RawFile
from ionweld.spec.faults import in_words, read_toml
from ionweld.units import to_si

_SIGNS: dict[str, Sign] = {"charge": "signed", "discharge": "signed", "by state": "by state"}
_STATES = {"charge": "ANY_CHG", "discharge": "ANY_DCH", "rest": "REST"}
_WRITE = {
    "current_positive": 'Say which way a positive current goes: "charge", "discharge", or "by state" when it has no sign',
    "columns": 'Write a table [columns] with lines such as "U" = { as = "Voltage / V" }',
    "decimal_mark": 'Write "." or ","',
    "states": 'Write lines such as "laden" = "charge"',
}


def _wrong(seen: str, mend: str) -> PydanticCustomError:
    return PydanticCustomError("described", "{seen}", {"seen": seen, "mend": mend})


def _square_metres(text: object) -> float:
    try:
        area = to_si(str(text), "m^2")
    except UnitError:
        area = 0.0
    if not 0.0 < area < inf:
        raise _wrong(f"area = {text!r} is none", 'Write it as "0.785 cm^2"')
    return area


class DescribedColumn(BaseModel):
    """A column of the file: what it is in the Battery Data Format, and its unit where that is another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    target: str = Field(alias="as")
    unit: str = ""

    @field_validator("target")
    @classmethod
    def _is_a_label(cls, target: str) -> str:
        if target not in LABELS:
            known = f"{', '.join(REQUIRED)}, Cycle Count / 1, {STEP_TYPE}"
            raise _wrong(
                f"as = {target!r} is no such name", f"Use a name of the Battery Data Format, for example {known}"
            )
        return target

    @model_validator(mode="after")
    def _has_a_unit(self) -> Self:
        wanted = unit_of(self.target)
        if wanted and not self.is_text and self._factor(wanted) is None:
            raise _wrong(f"{self.unit!r} is no unit of {self.target}", f"Write it as one of the kind of {wanted}")
        return self

    @property
    def is_text(self) -> bool:
        """Whether the column holds times written as D HH:MM:SS."""
        return unit_of(self.target) == "s" and ":" in self.unit

    def match(self, source: str, clock: str | None, sign: float) -> Match:
        """Return how this column of the file is read. clock: the pattern of clock times, where one is described."""
        if self.target == STEP_TYPE:
            return Match(source, FormatColumn(self.target, (), "words"), None)
        if self.target == UNIX_TIME and clock is not None:
            return Match(source, FormatColumn(self.target, (), "clock"), None)
        if self.is_text:
            return Match(source, FormatColumn(self.target, (), "duration"), None)
        wanted = unit_of(self.target) or "1"
        known = (self._factor(wanted) or 1.0) * (sign if self.target == CURRENT else 1.0)
        per_area = factor(self.unit or wanted, wanted) is None
        return Match(
            source, FormatColumn(self.target, (), kind_of(self.target)), known, per_area, offset(self.unit, wanted)
        )

    def _factor(self, wanted: str) -> float | None:
        known = factor(self.unit or wanted, wanted)
        return factor_per_area(self.unit, wanted) if known is None else known


class Description(BaseModel):
    """What the owner of a csv says of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    technique: Literal["cycling"] = "cycling"
    area: Annotated[float, BeforeValidator(_square_metres)] | None = None
    current_positive: Literal["charge", "discharge", "by state"] | None  # None where the file's format says it
    columns: dict[str, DescribedColumn]
    states: dict[str, str] = {}
    encoding: str | None = None
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] | None = None
    decimal_mark: Literal[".", ","] | None = None
    header_line: int | None = None
    clock_format: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _may_leave_out_the_columns(cls, document: dict[str, Any]) -> dict[str, Any]:
        said = document.keys() - {"technique", "states"}
        alone = said and said <= {"area", "current_positive"}
        return {"current_positive": None, "columns": {}} | document if alone else document

    @field_validator("encoding")
    @classmethod
    def _is_known(cls, encoding: str | None) -> str | None:
        try:
            if encoding is not None:
                b" ".decode(encoding, "replace")  # refuses what is no encoding of text, too
            return encoding
        except (LookupError, ValueError):
            raise _wrong(f"{encoding!r} is not known", 'Write for example "utf-8", "gb18030" or "latin-1"') from None

    @field_validator("columns")
    @classmethod
    def _are_complete(cls, columns: dict[str, DescribedColumn], info: ValidationInfo) -> dict[str, DescribedColumn]:
        if not columns and (info.data.get("area") or info.data.get("current_positive")):
            return columns
        targets = [column.target for column in columns.values()]
        if missing := [name for name in REQUIRED if name not in targets]:
            raise _wrong(
                f"no column is described as {' or '.join(missing)}", "Every test needs time, voltage and current"
            )
        if twice := sorted({target for target in targets if targets.count(target) > 1}):
            raise _wrong(f"{', '.join(twice)} stands there twice", "Name each quantity once")
        return columns

    @model_validator(mode="after")
    def _says_what_states_do(self) -> Self:
        if self.current_positive == "by state" and not self.states:
            raise _wrong("states is missing", 'Say what each state does: "charge", "discharge" or "rest"')
        return self


def read_described(source: RawFile, said: Description, name: str) -> Recognised:
    """Return a text table with its columns understood as its owner describes them. name: of the description's file.

    Raises FileFormatError when the file is not as described.
    """
    sign = -1.0 if said.current_positive == "discharge" else 1.0
    matches = {column.target: column.match(name, said.clock_format, sign) for name, column in said.columns.items()}
    head = _head(source, said)
    header = _header(source, head, said, matches)
    raw = read_rows(source, head, header, mark=said.decimal_mark)
    return Recognised(_format(said, name, matches), raw, matches, {"description": name})


def as_said(table: Recognised, said: Description, name: str) -> Recognised:
    """Return a table of a known format with the direction of its current as its owner says it."""
    if said.current_positive is None:
        return table
    states, said_so = {**table.form.states, **_states(said)}, _convention(said)
    form = replace(table.form, sign=_SIGNS[said.current_positive], states=states, convention=said_so)
    current = table.found.get(CURRENT)
    turned = {CURRENT: replace(current, factor=-(current.factor or 1.0))} if current else {}
    found = {**table.found, **turned} if said.current_positive == "discharge" else table.found
    return replace(table, form=form, found=found, details=(table.details or {}) | {"description": name})


def description_in(path: Path) -> Description:
    """Return what a description says. Raises SpecError with every fault in it, FileFormatError when it is no TOML."""
    document = read_toml(path)
    try:
        return Description.model_validate(document)
    except ValidationError as error:
        raise SpecError([_fault(path, detail) for detail in error.errors()]) from None


def _fault(path: Path, detail: ErrorDetails) -> Fault:
    place = ".".join(str(part) for part in detail["loc"])
    where = f"{path}: {place}" if place else str(path)
    if detail["type"] == "described":
        context = detail.get("ctx", {})
        return Fault(where, context["seen"], context["mend"])
    if detail["type"] == "extra_forbidden":
        known = DescribedColumn.model_json_schema() if len(detail["loc"]) > 1 else Description.model_json_schema()
        return Fault(where, "is not known", f"Known are {', '.join(sorted(known['properties']))}")
    seen = "is missing" if detail["type"] == "missing" else in_words(detail)
    return Fault(where, seen, _WRITE.get(str((detail["loc"] or ("",))[0]), "Write it as the documentation shows"))


def _format(said: Description, name: str, matches: Mapping[str, Match]) -> Format:
    return Format(
        name=f"described by {name}",
        columns=tuple(match.column for match in matches.values()),
        sign=_SIGNS[said.current_positive or "charge"],
        states=_states(said),
        clock_formats=(said.clock_format,) if said.clock_format else (),
        convention=_convention(said),
    )


def _states(said: Description) -> dict[str, str]:
    return {spell(word): _STATES.get(meaning, meaning) for word, meaning in said.states.items()}


def _convention(said: Description) -> str:
    return f"The description says: a positive current is {said.current_positive}"


def _head(source: RawFile, said: Description) -> Head:
    return read_head(source) if said.encoding is None else head_in(source, said.encoding)


def _header(source: RawFile, head: Head, said: Description, matches: Mapping[str, Match]) -> HeaderLine:
    """Return the line that holds the described names. Raises FileFormatError naming those that no line holds."""
    wanted = {match.source for match in matches.values()}
    best: set[str] = wanted
    for header in _candidates(head, said):
        missing = wanted - set(header.cells)
        if not missing:
            return header
        best = min(best, missing, key=len)
    names = ", ".join(map(repr, sorted(best)))
    mend = "Write the names in [columns] exactly as they stand in the file"
    raise FileFormatError(Fault(str(source.path), f"no line of names holds the described columns {names}", mend))


def _candidates(head: Head, said: Description) -> list[HeaderLine]:
    if said.delimiter:
        found = [header_at(head, number, said.delimiter) for number in range(len(head.lines))]
    else:
        found = list(candidate_headers(head))
    return [header for header in found if said.header_line is None or header.line + 1 == said.header_line]
