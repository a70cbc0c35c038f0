"""Damaged files by the thousand through every reader: `python benchmarks/reader_fuzz.py [READERS [MUTATIONS [SECONDS [BATCH]]]]`.

MUTATIONS (2,000) of the files of one kind of reader (all, when none is named): a technique, of cycling "cycling text", "cycling
workbook", "cycling binary" or "cycling own tables"; spread over real files and files that the tests write. It stops after SECONDS (55) of processor
time, and says how many were done: another BATCH (a number) damages them in other ways. A file under 1 MB may take 2 s, and gives
measurements or an InputError; "traceback" counts everything else. The peak of memory is that of the whole process up to there.
Real files: the folder that IONWELD_TEST_DATA names.
"""

import os
import random
import resource
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import process_time

ROOT = Path(__file__).parents[1]
sys.path += [str(ROOT / "src"), str(ROOT / "tests")]

from cycread import mutations
from cycread.generators import FORMATS, truth
from cycread.test_cycread_named_columns import TABLES
from cycread.test_cycread_people import APART, OTHERS, PER_AREA
from eds.test_eds_spectrum import emsa, spx
from eisread import generators
from eisread.test_eisread_instruments import counted, dfr, ivium, palmsens
from ftir.test_ftir_readers import GOOD, X, Y, opus, rows
from xrd.test_xrd_formats import RIGAKU, UDF, brml, fields, fxye, ras, raw, uxd

from ionweld.errors import InputError
from ionweld.read import techniques

SLOW_S, LARGEST = 2.0, 2**20
REAL = {"eis": "eis", "xrd": "xrd", "xps": "xps", "sem": "sem"}
DAMAGE: list[Callable[[bytes, random.Random], bytes]] = [
    mutations.truncated, mutations.flipped, mutations.noise_inside, mutations.piece_lost, mutations.piece_twice,
    mutations.nulls_at_the_end, mutations.sign_swapped, mutations.quoted, mutations.cell_replaced,
    mutations.lines_shuffled, mutations.recoded, mutations.headed_by,
]  # fmt: skip


@dataclass
class Outcome:
    """What a technique made of its damaged files."""

    done: int = 0
    read: int = 0
    refused: int = 0
    tracebacks: int = 0
    slow: int = 0
    slowest_s: float = 0.0


CYCLING = {
    "cycling text": (),
    "cycling workbook": ("xlsx", "xls"),
    "cycling binary": ("parquet", "ndax", "mpr", "nda", "res"),
}


OWN_TABLES = "cycling own tables"


def cycling_samples(readers: str) -> list[bytes]:
    """Return whole files of a class of cycling readers: those that the tests write, real ones, and those with faults."""
    binary = {suffix for suffixes in CYCLING.values() for suffix in suffixes}
    with tempfile.TemporaryDirectory() as folder:
        made = {
            name: make(Path(folder, "seed"), truth(cycles=2, points=6)).read_bytes()
            for name, (make, _) in FORMATS.items()
        }
    place = Path(os.environ.get("IONWELD_TEST_DATA", ""))
    files = [path for part in ("cycling", "faults/cycling") for path in sorted((place / part).glob("*"))]
    made |= {path.name: path.read_bytes() for path in files if path.is_file() and path.stat().st_size < LARGEST}
    kinds = {name: name.replace(".", " ").split()[-1] for name in made}
    wanted = CYCLING[readers]
    return [data for name, data in made.items() if (kinds[name] in wanted if wanted else kinds[name] not in binary)]


def samples(technique: str) -> list[bytes]:
    """Return whole files of a technique, written by the tests or real, none of more than 1 MB."""
    if technique == OWN_TABLES:
        return [text.encode() for text in (TABLES | OTHERS | APART | PER_AREA).values()]
    if technique in CYCLING:
        return cycling_samples(technique)
    sweep = [generators.spectrum(15)]
    made: dict[str, list[bytes | str]] = {
        "eis": [
            counted(),
            dfr(),
            ivium({"a": 1.0}),
            palmsens(),
            *(make(sweep) for make in generators.EVERY_LAYOUT.values()),
        ],
        "xrd": [ras(), brml(), raw(), fxye(), fields("STD"), fields("ESD"), uxd(), UDF, RIGAKU],
        "ftir": [GOOD, opus(Y), "cm-1,absorbance\n" + rows(X, Y), "cm-1;absorbance\n" + rows(X, Y, ";", ",")],
        "eds_spectrum": [emsa(), emsa("XY"), spx()],
    }
    whole = [data if isinstance(data, bytes) else data.encode() for data in made.get(technique, [])]
    folder = Path(os.environ.get("IONWELD_TEST_DATA", "")) / REAL.get(technique, technique)
    real = [path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.stat().st_size < LARGEST]
    faults = Path(os.environ.get("IONWELD_TEST_DATA", "")) / "faults" / "characterisation"
    real += [path.read_bytes() for path in sorted(faults.glob(f"{technique}_*")) if path.stat().st_size < LARGEST]
    return whole + real


def fuzz(technique: str, count: int, seconds: float, folder: Path, batch: int) -> Outcome:
    """Read so many damaged files, or as many as the time allows."""
    outcome, known, rng = Outcome(), techniques()[technique.split()[0]], random.Random(f"{technique}{batch or ''}")
    whole, began = samples(technique), process_time()
    while whole and outcome.done < count and process_time() - began < seconds:
        data = whole[outcome.done % len(whole)]
        for _ in range(rng.choice((1, 1, 2))):
            data = rng.choice(DAMAGE)(data, rng) if data else b"\x00"
        path = folder / f"F_Ka{outcome.done % 7}"
        path.write_bytes(data)
        _attempt(known.read, path, outcome)
    return outcome


def _attempt(read: Callable[[Path], object], path: Path, outcome: Outcome) -> None:
    began = process_time()
    try:
        read(path)
        outcome.read += 1
    except InputError:
        outcome.refused += 1
    except Exception as error:
        outcome.tracebacks += 1
        kept = Path(tempfile.gettempdir()) / f"ionweld-fuzz-{outcome.done}"
        kept.write_bytes(path.read_bytes())
        print(f"  {type(error).__name__}: {str(error)[:120]} ({kept})")
    took = process_time() - began
    outcome.done += 1
    outcome.slow += took > SLOW_S
    outcome.slowest_s = max(outcome.slowest_s, took)


def peak_megabytes() -> float:
    """Return the most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(technique: str = "", count: int = 2000, seconds: float = 55.0, batch: int = 0) -> None:
    names = [technique] if technique else [*CYCLING, OWN_TABLES, "eis", "xrd", "ftir", "xps", "sem", "eds_spectrum"]
    print(
        f"{'readers':16} {'done':>6} {'read':>6} {'refused':>8} {'traceback':>10} {'over 2 s':>9} {'slowest / s':>12} {'peak / MB':>10}"
    )
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            got = fuzz(name, count, seconds / len(names), Path(folder), batch)
            print(
                f"{name:16} {got.done:6} {got.read:6} {got.refused:8} {got.tracebacks:10} {got.slow:9} {got.slowest_s:12.2f} {peak_megabytes():10.0f}"
            )


if __name__ == "__main__":
    arguments = sys.argv[1:]
    main(
        *arguments[:1],
        *(int(text) for text in arguments[1:2]),
        *(float(text) for text in arguments[2:3]),
        *(int(text) for text in arguments[3:4]),
    )
