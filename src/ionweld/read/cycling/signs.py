"""The sign of the current: positive charges the object, whatever the instrument writes."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import polars as pl

from ionweld.errors import Fault, FileFormatError
from ionweld.measurement.charge import REST_FRACTION, begins, directions, directions_of_words, floats
from ionweld.measurement.cycling import CURRENT, STEP_TYPE, VOLTAGE
from ionweld.read.cycling.format import Format
from ionweld.read.cycling.notes import IngestNotes

_RESTING = ("REST", "OCV")
_NOISE_V = 1e-4  # a shorted cell shows no more than this, and its noise tells nothing
_MOSTLY = 0.5  # of what the counters count
_COUNTERS = tuple((f"{of}Charging Capacity / Ah", f"{of}Discharging Capacity / Ah") for of in ("", "Cycle ", "Step "))
SURE = 0.6  # of 1: so much of what the voltage does when the current turns has to agree


def signed(frame: pl.DataFrame, form: Format, notes: IngestNotes) -> pl.DataFrame:
    """Give the current the sign of the Battery Data Format, where the format does not have it already.

    What the steps called charge and discharge carry on the whole decides; a single sample with another sign, at rest or
    in noise, changes nothing. Raises FileFormatError when the sign cannot be known.
    """
    if CURRENT not in frame.columns:
        return frame
    if form.sign == "signed":
        return _as_two_witnesses_say(frame, notes)
    direction = directions_of_words(frame)
    if form.sign == "by voltage" and (direction is None or _has_two_signs(frame)):
        return _by_voltage(frame, notes)
    if direction is None:
        return _without_states(frame)
    charging, discharging = (float(frame[CURRENT].filter(direction == way).sum() or 0.0) for way in (1, -1))
    if charging >= 0.0 >= discharging:
        if discharging == 0.0:
            _require_known_states(frame, direction)
        return frame
    if charging < 0.0 < discharging:
        notes.derived[CURRENT] = "sign changed: in this file the steps called discharge have positive current"
        return _with_current(frame, -frame[CURRENT])
    _require_known_states(frame, direction)
    notes.derived[CURRENT] = "the file's current has no sign: it is taken from the step's state, charge positive"
    contrary = [way for way, total in ((1, charging), (-1, discharging)) if way * total < 0.0]
    return _with_current(frame, (-frame[CURRENT]).zip_with(direction.is_in(contrary), frame[CURRENT]))


def _as_two_witnesses_say(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Change the sign of a format that has one where the file's own words or counters and the voltage contradict it."""
    direction = directions_of_words(frame)
    named = _named_against(frame, direction) or _counted_against(frame)
    flowing = pl.Series(np.sign(np.nan_to_num(floats(frame[CURRENT]))).astype(np.int8))
    if not named or (voltage_follows(frame, flowing) or 0.0) > -SURE:
        return frame
    notes.derived[CURRENT] = f"sign changed: {named}, and the voltage falls when the current turns positive"
    notes.warnings.append(
        f"The sign of the current was changed: {notes.derived[CURRENT].removeprefix('sign changed: ')}"
    )
    return _with_current(frame, -frame[CURRENT])


def _named_against(frame: pl.DataFrame, direction: pl.Series | None) -> str:
    if direction is None:
        return ""
    charging, discharging = (float(frame[CURRENT].filter(direction == way).sum() or 0.0) for way in (1, -1))
    return "the steps called discharge have positive current" if charging < 0.0 < discharging else ""


def _counted_against(frame: pl.DataFrame) -> str:
    """Say that the file's own counters of charge and discharge count against its current, "" where they do not."""
    pair = next((pair for pair in _COUNTERS if set(pair) <= set(frame.columns)), ())
    if not pair:
        return ""
    gained = [frame[name].diff().clip(lower_bound=0.0).fill_null(0.0) for name in pair]
    counted = gained[0] - gained[1]
    along = float((frame[CURRENT].sign() * counted).sum())
    if along >= -_MOSTLY * float(counted.abs().sum()):
        return ""
    return "the file's own counters count positive current as discharge"


def _has_two_signs(frame: pl.DataFrame) -> bool:
    current = floats(frame[CURRENT])
    return bool(np.nanmin(current, initial=0.0) < 0.0 < np.nanmax(current, initial=0.0))


def voltage_follows(frame: pl.DataFrame, direction: pl.Series) -> float | None:
    """Return how surely the voltage says that positive current charges: 1 surely, -1 surely not, None without a turn.

    A cell takes up more than it gives back: whenever the current turns from charge to discharge, the voltage falls, and
    the other way round, whatever the cell is. The end of each half cycle is compared with the middle of the next; where
    all current flows one way, with the rest before and after it.
    """
    way, voltage = direction.to_numpy(), floats(frame[VOLTAGE])
    edges = np.append(np.flatnonzero(begins(direction)), way.size)
    parts = [(int(way[start]), voltage[start:end]) for start, end in pairwise(edges)]
    known = [(sign, finite) for sign, volts in parts if (finite := volts[np.isfinite(volts)]).size]
    rises = _rises([part for part in known if part[0] != 0])
    rises = rises if rises.size else _rises(known)
    if not rises.size:
        return None
    most = float(np.abs(rises).sum())
    return float(rises.sum()) / most if most > _NOISE_V * rises.size else 0.0


def _rises(parts: Sequence[tuple[int, np.ndarray]]) -> np.ndarray:
    """Return by how much the voltage rose at each turn to more charge, and fell at each turn to less, V."""
    turns = [(then, now) for then, now in pairwise(parts) if then[0] != now[0]]
    return np.array([(np.median(now[1]) - then[1][-1]) * np.sign(now[0] - then[0]) for then, now in turns])


def _by_voltage(frame: pl.DataFrame, notes: IngestNotes) -> pl.DataFrame:
    """Sign the current so that the voltage rises when it turns to charge; of a file that does not say which way it goes."""
    if not (frame[CURRENT].fill_nan(None).fill_null(0.0) != 0.0).any():
        return frame  # at rest all the time: nothing has a sign
    follows = voltage_follows(frame, directions(frame))
    if follows is None or abs(follows) < SURE:
        why = "the current never turns" if follows is None else "the voltage does not follow the turns of the current"
        seen = f"does not say whether positive current charges or discharges, and {why}"
        mend = 'Say it in a description (--description): a line current_positive = "charge", or "discharge"'
        raise FileFormatError(Fault("", seen, mend))
    if follows > 0.0:
        notes.derived[CURRENT] = "positive current charges here: the voltage rises when the current turns positive"
        return frame
    said = "positive current discharges in this file: the voltage falls when the current turns positive"
    notes.derived[CURRENT] = f"sign changed: {said}"
    notes.warnings.append(f"The sign of the current was changed: {said}")
    return _with_current(frame, -frame[CURRENT])


def _without_states(frame: pl.DataFrame) -> pl.DataFrame:
    """Return a table without known states as it is when its current shows both signs, or none at all."""
    current = frame[CURRENT].fill_nan(None)
    lowest, highest = float(current.min() or 0.0), float(current.max() or 0.0)  # pyright: ignore[reportArgumentType]
    if lowest < -REST_FRACTION * highest or highest <= 0.0:
        return frame
    if STEP_TYPE in frame.columns:
        raise _unknown_states(frame[STEP_TYPE].filter(current > 0.0).unique().drop_nulls().to_list())
    raise _no_sign("no column says whether a step charges or discharges")


def _require_known_states(frame: pl.DataFrame, direction: pl.Series) -> None:
    """Raise FileFormatError when a row has a current and no state that gives its sign."""
    least = REST_FRACTION * float(frame[CURRENT].fill_nan(None).abs().max() or 0.0)  # pyright: ignore[reportArgumentType]
    words = frame.filter((direction == 0) & (frame[CURRENT] > least))[STEP_TYPE].unique().drop_nulls()
    unknown = words.filter(~words.is_in(_RESTING))
    if unknown.len():
        raise _unknown_states(unknown.to_list())


def _unknown_states(words: Sequence[str]) -> FileFormatError:
    return _no_sign(f"these states are not known: {', '.join(map(repr, sorted(words)[:5]))}")


def _no_sign(reason: str) -> FileFormatError:
    mend = "Describe the file: give --description a TOML file with [columns] and [states]"
    return FileFormatError(Fault("", f"the current has no sign, and {reason}", mend))


def _with_current(frame: pl.DataFrame, current: pl.Series) -> pl.DataFrame:
    """Put another current in the place of the old one; with_columns would copy every column of a large table."""
    return pl.DataFrame([current.alias(CURRENT) if name == CURRENT else frame[name] for name in frame.columns])
