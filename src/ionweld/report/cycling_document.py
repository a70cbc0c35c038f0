"""A cycling test as plain data: the document that `--json` prints and that a summary's `to_dict` returns."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ionweld.analyse.cycling import DEFINITIONS, Analysis, Subject
from ionweld.analyse.cycling.joined import JoinedPart


def summary_document(
    files: Sequence[Path | str],
    subject: Subject,
    found: tuple[Analysis, ...],
    parts: tuple[JoinedPart, ...],
    said: tuple[str, ...],
) -> dict[str, Any]:
    """Return the JSON document of `cycling summary`: what every test has, and what the program of this one gives."""
    measurement, made = subject.measurement, subject.summary
    ingest = measurement.ingest.said if measurement.ingest else ()
    own = [text for analysis in found for text in analysis.warnings]
    return {
        "file": " + ".join(str(file) for file in files),
        "reader": measurement.provenance.software,
        "rows": measurement.table.height,
        "cycles": made.cycles.to_dicts(),
        "half_cycles": made.half_cycles.to_dicts(),
        "events": subject.findings,
        "warnings": [*ingest, *said, *made.warnings, *own],
        **{analysis.name: analysis.document for analysis in found},
        "parts": parts,
        "asks": made.asks,
        "definitions": DEFINITIONS,
        "context": measurement.context,
        "ingest": measurement.ingest,
    }
