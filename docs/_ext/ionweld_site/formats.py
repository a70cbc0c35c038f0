"""Reference: the file formats that are registered, with what each reader maps."""

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from types import ModuleType

from ionweld.read import cif
from ionweld.read.cycling.format import Format
from ionweld.read.cycling.formats import known_formats
from ionweld.read.eis import binary_formats, immittance, text_formats, unnamed, workbook
from ionweld.read.technique import Technique
from ionweld.rooms import names, part
from ionweld_site.markdown import blocks, doc, escaped, page, table

_OWN_PAGE = ("cycling", "eis")  # their formats are registered one by one


def pages(_: Path) -> dict[str, str]:
    """Return an overview and one page per technique."""
    found = {name: part("read", name) for name in names("read")}
    techniques = {
        name: import_module(f"ionweld.read.{name}.technique").TECHNIQUE
        for name, module in found.items()
        if module is not None and hasattr(module, "__path__")
    }
    texts = {"cycling": _cycling(), "eis": _impedance()}
    texts |= {name: _plain(name, techniques[name]) for name in techniques if name not in _OWN_PAGE}
    return {"formats/index.md": _overview(techniques)} | {f"formats/{name}.md": text for name, text in texts.items()}


def _overview(techniques: dict[str, Technique]) -> str:
    rows = [[f"[{name}]({name}.md)", escaped(one.kind), f"`{one.next}`"] for name, one in techniques.items()]
    return page(
        "File formats",
        "Files are recognised by their content, never by their ending. Each is answered with a report of what was read, "
        "mapped, dropped and not understood. These are the formats that are registered:",
        table(["technique", "one file holds", "what goes on with it"], rows),
        "```{toctree}\n:hidden:\n\n" + "\n".join(techniques) + "\n```",
    )


def _cycling() -> str:
    said = (
        "Every format becomes the columns of the Battery Data Format; a positive current charges the cell, whatever the "
        "instrument writes. `ionweld cycling read FILE` shows what was mapped. Any other csv is described in a few lines of "
        "TOML, which `ionweld cycling describe FILE` drafts."
    )
    parts = [said]
    for form in known_formats():
        parts += [f"## {escaped(form.name)}", *_of_cycler(form)]
    return page("Cycling files", *parts)


def _of_cycler(form: Format) -> list[str]:
    module = next(one for one in _modules("ionweld.read.cycling.formats") if form in one.FORMATS)
    rows = [
        [f"`{column.target}`", ", ".join(f"`{name}`" for name in column.names), column.kind, escaped(column.unit or "")]
        for column in form.columns
    ]
    said = [form.convention] if form.convention else []
    counter = f"{form.counter.restarts.replace('never', 'nothing')} ({form.counter.known})"
    sign = f"Sign of the current: {form.sign}. What sets its counter of charge to zero: {counter}."
    words = [f"`{written}` is {meant}" for written, meant in form.states.items()]
    states = [f"Its words for a step: {escaped('; '.join(words))}."] if words else []
    return [
        *blocks(doc(module)),
        *map(escaped, said),
        escaped(sign),
        *states,
        table(["becomes", "as the instrument spells it", "kind", "unit if the head has none"], rows),
    ]


def _modules(package: str) -> list[ModuleType]:
    folder = import_module(package)
    return [import_module(f"{package}.{info.name}") for info in iter_modules(folder.__path__)]


def _impedance() -> str:
    parts = ["`ionweld look FILE` and `ionweld eis fit FILE` read any of them.", *blocks(doc(immittance))]
    for module in (*text_formats(), *binary_formats(), workbook, unnamed):
        title = getattr(module, "NAME", "Tables of numbers without names")
        parts += [f"## {escaped(title)}", *blocks(doc(module))]
    return page("Impedance files", *parts)


def _plain(name: str, technique: Technique) -> str:
    """Return the page of a technique whose readers say in their own docstrings what they map."""
    package = import_module(f"ionweld.read.{name}")
    parts = [*blocks(doc(package)), f"Goes on with `{technique.next}`."]
    readers = [one for one in _modules(package.__name__) if not one.__name__.endswith((".technique", ".names"))]
    for module in (*readers, *((cif,) if name == "xrd" else ())):
        first, _, rest = doc(module).partition("\n\n")
        parts += [f"## {module.__name__.rpartition('.')[2].replace('_', ' ')}", *blocks(first), *blocks(rest)]
    return page(f"{technique.kind.capitalize()} files ({name})", *parts)
