"""What must agree between the files of a study: every name that one file uses stands in the one that defines it."""

from collections import Counter
from collections.abc import Iterable, Iterator

from ionweld.errors import Fault
from ionweld.study.layout import FULL, NEEDS, OF_TESTS, SAMPLED, SYMMETRIC, ReportBlock
from ionweld.study.published import Study
from ionweld.study.text import PaperNumber


def disagreements(study: Study) -> list[Fault]:
    """Return the faults that lie between the files of a study, or between the fields of one entry."""
    return [
        *_twice([one.id for one in study.numbers] + [one.id for one in study.notes]),
        *_twice(one.id for one in study.observables),
        *_twice(one.name for one in study.tests),
        *_tests(study),
        *_numbers(study),
        *_calibration(study),
        *_pellets(study),
        *_samples(study),
        *_rivals(study),
        *_report(study),
    ]


def _twice(names: Iterable[str]) -> Iterator[Fault]:
    for name, count in Counter(names).items():
        if count > 1:
            yield Fault(name, f"stands {count} times", "Give each its own id")


def _unknown(where: str, what: str, names: Iterable[str], known: Iterable[str]) -> Iterator[Fault]:
    """Return a fault for each name that is used at `where` and defined nowhere."""
    listed = list(known)
    for name in names:
        if name not in listed:
            yield Fault(where, f"there is no {what} {name!r}", f"Known: {', '.join(sorted(listed)) or 'none'}")


def _tests(study: Study) -> Iterator[Fault]:
    tests = [one.name for one in study.tests]
    for one in study.tests:
        yield from _unknown(f"study.toml: {one.name}", "cell", [one.cell], study.cells)
        yield from _unknown(f"study.toml: {one.name}", "protocol", [one.protocol], study.protocols)
    for one in study.observables:
        pellet = one.quantity == "activation energy"
        kind, known = ("pellet", study.pellets) if pellet else ("test", tests)
        yield from _unknown(f"study.toml: {one.id}", kind, [one.test], known)
        if pellet and study.impedance is None:
            yield Fault(f"study.toml: {one.id}", "nothing measures it", "Write impedance.toml, which says how")


def _numbers(study: Study) -> Iterator[Fault]:
    notes, observables = [one.id for one in study.notes], [one.id for one in study.observables]
    for number in study.numbers:
        where = f"numbers.toml: {number.id}"
        yield from _unknown(where, "note", filter(None, [number.note]), notes)
        yield from _unknown(where, "observable", filter(None, [number.observable]), observables)
        yield from _number(number, where)


def _number(number: PaperNumber, where: str) -> Iterator[Fault]:
    if (number.relation == "=") != (number.precision is not None):
        seen = f"relation {number.relation!r}, precision {number.precision!r}"
        yield Fault(where, seen, "A value (=) has a precision, a bound (< or >) has none")
    if number.role in ("calibrated", "predicted") and number.observable is None:
        yield Fault(where, f"is {number.role}, but by nothing", "Name the observable, or make it context")


def _calibration(study: Study) -> Iterator[Fault]:
    settings = study.calibration
    if settings is None:
        if study.calibrated is not None:
            yield Fault("calibrated.toml", "stands there without calibration.toml", "Add it, or take both away")
        return
    drawn = [one.name for one in settings.test]
    yield from _unknown("calibration.toml: test", "test of study.toml", drawn, [one.name for one in study.tests])
    told = {number.id: number for number in study.numbers}
    asked = {one.id: one.test for one in study.observables}
    for row in settings.row:
        where = f"calibration.toml: {row.number}"
        yield from _unknown(where, "number", [row.number], told)
        if row.number not in told:
            continue
        number = told[row.number]
        if number.role != "calibrated":
            yield Fault(where, f"is told, but its role is {number.role!r}", "Only a calibrated number may be told")
        elif number.observable in asked:
            yield from _unknown(where, "[[test]] of calibration.toml for", [asked[number.observable]], drawn)


def _pellets(study: Study) -> Iterator[Fault]:
    if study.impedance is not None:
        names = [study.impedance.before, study.impedance.after]
        yield from _unknown("impedance.toml", "pellet", names, study.pellets)


def _samples(study: Study) -> Iterator[Fault]:
    samples = study.characterisation
    if samples is None:
        return
    where = "characterisation.toml"
    joined, soaking = samples.interface, samples.soaking
    numbers = [one.number for one in (*samples.sem.values(), *samples.claim)]
    numbers += [soaking.hump, soaking.host_band, soaking.residue_band, joined.cycles]
    yield from _unknown(where, "number", numbers, [one.id for one in study.numbers])
    yield from _unknown(where, "[sem] section", [samples.eds.section, joined.section], samples.sem)
    yield from _unknown(where, "[xps] surface", [joined.surface], samples.xps)
    yield from _unknown(where, "test", [joined.test], [one.name for one in study.tests])


def _rivals(study: Study) -> Iterator[Fault]:
    settings = study.rivals
    if settings is not None:
        yield from _unknown(
            "rivals.toml", "test", [settings.test, settings.full_test], [one.name for one in study.tests]
        )
        yield from _unknown("rivals.toml", "number", [settings.efficiency], [one.id for one in study.numbers])


def _report(study: Study) -> Iterator[Fault]:
    layout = study.report
    if layout is None:
        return
    tests = [one.name for one in study.tests]
    yield from _unknown("report.toml: cells", "test", layout.cells, tests)
    blocks = [block for section in layout.section for block in section.block]
    yield from _twice(block.figure for block in blocks if block.figure)
    for section in layout.section:
        for place, block in enumerate(section.block):
            where = f"report.toml: {section.heading}, block {place + 1}"
            yield from _block(study, block, where)


def _block(study: Study, block: ReportBlock, where: str) -> Iterator[Fault]:
    tests = [one.name for one in study.tests]
    yield from _unknown(where, "test", [*block.tests, *filter(None, [block.stages]), *block.placeholders], tests)
    marked = [one.number for one in (*block.levels, *block.moments)]
    yield from _unknown(where, "number", marked, [one.id for one in study.numbers])
    needed = NEEDS.get(block.shows)
    if needed is not None and getattr(study, needed) is None:
        yield Fault(where, f"{block.shows!r} has nothing to show", f"Write {needed}.toml, or take it out")
    elif block.shows in SAMPLED and study.characterisation is not None:
        samples = getattr(study.characterisation, SAMPLED[block.shows])
        yield from _unknown(where, f"[{SAMPLED[block.shows]}] sample", [block.sample], samples)
    if block.shows in OF_TESTS:
        yield from _cells(study, block, where)


def _cells(study: Study, block: ReportBlock, where: str) -> Iterator[Fault]:
    """Return the faults of a block that shows cells of another kind than it can, or none."""
    if not block.tests:
        yield Fault(where, f"{block.shows!r} names no test", 'Add tests = ["..."]')
    known = [study.test(name) for name in block.tests if name in [one.name for one in study.tests]]
    for test in known:
        cell = study.cells.get(test.cell)
        full = cell is not None and cell.cathode is not None
        if block.shows in (SYMMETRIC if full else FULL):
            yield Fault(where, f"{block.shows!r} cannot show the cell of {test.name}", "Name another test or kind")
        if block.shows in ("nyquist", "reading") and not study.protocols[test.protocol].impedance:
            yield Fault(where, f"no spectrum is taken of {test.name}", "Add [[impedance]] to its protocol")
