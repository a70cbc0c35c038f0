"""What cannot be in a cell or a pellet though each of its fields can: faults that lie between the fields."""

from typing import Any

from ionweld.errors import Fault
from ionweld.spec.discs import diameter_in, faults_of_disc
from ionweld.spec.faults import at, readable
from ionweld.spec.library import Library, assumption
from ionweld.spec.own_files import is_file

# fields of the conduction whose unit is easily mistaken: their unit, and the assumptions that say what is possible
CONDUCTION_LIMITS = {
    "conductivity_activation_energy": ("J/mol", "least_activation_energy", "greatest_activation_energy"),
    "conductivity_temperature": ("K", "lowest_temperature", "highest_conduction_temperature"),
    "transition_temperature": ("K", "lowest_temperature", "highest_conduction_temperature"),
}
CONDUCTION = (
    "conductivity", "conductivity_temperature", "conductivity_activation_energy", "transition_temperature", "grain_boundary_share",
)  # fmt: skip
SLURRY = ("active", "binder", "salt", "carbon", "electrolyte")
SLURRY_TOLERANCE = 1e-3  # a recipe is weighed and rounded to a tenth of a per cent


def pellet_faults(document: dict[str, Any], library: Library) -> list[Fault]:
    """Return the faults that lie between the fields of a bare pellet."""
    materials = _unknown_material(document, "electrolyte", ["solid electrolyte"], library)
    return [*_pellet(document), *faults_of_disc(document, "electrode"), *_conduction(document, library), *materials]


def cell_faults(document: dict[str, Any], library: Library) -> list[Fault]:
    """Faults that lie between the fields; looked for even where single fields have faults of their own."""
    faults = [*_pellet(document), *_conduction(document, library), *_materials(document, library)]
    faults += _pairs(document, library)
    for side in ("negative", "positive"):
        if at(document, "electrodes", side) is not None:
            faults += [*_foil(document, side), *_liquid(document, side, library), *_interlayer(document, side, library)]
    return [*faults, *_slurry(document), *_surface(document, library), *_unlike(document, library)]


def _pellet(document: dict[str, Any]) -> list[Fault]:
    mass, thickness = at(document, "electrolyte", "mass"), at(document, "electrolyte", "thickness")
    faults = faults_of_disc(document, "electrolyte")
    if at(document, "electrolyte") is not None and (mass is None) == (thickness is None):
        seen = "neither mass nor thickness is given" if mass is None else "mass and thickness are both given"
        faults.append(Fault("electrolyte", seen, 'Give one of them, for example mass = "0.15 g"'))
    relative = readable(document, ("electrolyte", "relative_density"), "1")
    if relative is not None and relative.value > 1.0:
        seen = f"{relative.text!r} is above 100 %"
        faults.append(Fault("electrolyte.relative_density", seen, 'Write the part that is solid, for example "90 %"'))
    return faults


def _conduction(document: dict[str, Any], library: Library) -> list[Fault]:
    """Return the faults of what is said about the pellet's conduction."""
    given = at(document, "conduction")
    if not isinstance(given, dict):
        return []
    faults = [*_without_temperature(given), *_all_boundaries(document), *_without_law(document, given, library)]
    return [*faults, *(fault for name in CONDUCTION_LIMITS for fault in _beyond_limits(document, name))]


def _without_temperature(given: dict[str, Any]) -> list[Fault]:
    pair = ("conductivity", "conductivity_temperature")
    if sum(name in given for name in pair) != 1:
        return []
    missing = next(name for name in pair if name not in given)
    mend = 'Write both, for example conductivity = "2e-4 S/cm" and conductivity_temperature = "80 degC"'
    return [Fault(f"conduction.{missing}", "a conductivity and its temperature belong together", mend)]


def _all_boundaries(document: dict[str, Any]) -> list[Fault]:
    path = ("conduction", "grain_boundary_share")
    share = readable(document, path, "1", "not negative")
    if share is None or share.value < 1.0:
        return []
    seen = f"{share.text!r} of the pellet's resistance would leave nothing for its grains"
    return [Fault(".".join(path), seen, 'Write a part of it, for example "40 %"')]


def _beyond_limits(document: dict[str, Any], name: str) -> list[Fault]:
    """Return the fault of a number that no pellet has, nor its range: it would pass in silence, and be far off."""
    unit, *edges = CONDUCTION_LIMITS[name]
    given = readable(document, ("conduction", name), unit)
    low, high = (assumption(edge) for edge in edges)
    if given is None or all(low.value <= one <= high.value for one in (given.low, given.value, given.high) if one):
        return []
    what = repr(given.text) if given.low is None else f"{given.text!r}, or an end of its range,"
    seen = f"{what} lies outside of {low.text} to {high.text}"
    return [Fault(f"conduction.{name}", seen, "Check the number and its unit")]


def _without_law(document: dict[str, Any], given: dict[str, Any], library: Library) -> list[Fault]:
    material = at(document, "electrolyte", "material")
    if material not in library.names("solid electrolyte"):
        return []
    known = library.entry(material).properties
    unknown = [name for name in CONDUCTION if name in given and name not in known]
    seen = f"the library's law for {material} has no such number"
    return [Fault(f"conduction.{name}", seen, "Remove it") for name in unknown]


def _materials(document: dict[str, Any], library: Library) -> list[Fault]:
    paths = [
        ("electrolyte", ["solid electrolyte"]),
        ("electrodes.negative", ["metal"]),
        ("electrodes.positive", ["metal", "cathode material"]),
    ]
    return [fault for path, kinds in paths for fault in _unknown_material(document, path, kinds, library)]


def _unknown_material(document: dict[str, Any], path: str, kinds: list[str], library: Library) -> list[Fault]:
    name, known = at(document, *path.split("."), "material"), library.names(*kinds)
    if not isinstance(name, str) or name in known or is_file(name):
        return []
    seen = f"{name!r} is no {' or '.join(kinds)} of the library"
    return [Fault(f"{path}.material", seen, f'Known: {", ".join(known)}; or name a file: "./my_material.toml"')]


def _pairs(document: dict[str, Any], library: Library) -> list[Fault]:
    """Return the faults of materials that are known each by itself, but not against each other."""
    electrolyte = at(document, "electrolyte", "material")
    if electrolyte not in library.names("solid electrolyte"):
        return []
    faults = []
    for side in ("negative", "positive"):
        material, where = at(document, "electrodes", side, "material"), f"electrodes.{side}.material"
        if material in library.names("metal"):
            faults += _unknown_pair(where, material, electrolyte, library) or _no_lithium(document, where, library)
        elif material in library.names("cathode material"):
            faults += _unknown_pair(where, electrolyte, material, library)
    return faults


def _no_lithium(document: dict[str, Any], where: str, library: Library) -> list[Fault]:
    """Return the fault of a collector that brings no lithium, in a cell in which nothing else does."""
    metal, other = at(document, *where.split(".")), at(document, "electrodes", "positive", "material")
    pair = library.pair(metal, at(document, "electrolyte", "material"))
    if pair is None or "inventory" not in pair.mechanisms or other in library.names("cathode material"):
        return []
    seen = f"{metal} brings no lithium, and the cell has none elsewhere"
    return [Fault(where, seen, 'Give it a cathode, which brings some, or take material = "Li"')]


def _unknown_pair(where: str, one: str, other: str, library: Library) -> list[Fault]:
    if library.pair(one, other) is not None:
        return []
    sides, pairs = f'sides = ["{one}", "{other}"]', library.names("anode interface")
    if one in library.names("metal") and not any(one in (library.entry(pair).sides or ()) for pair in pairs):
        seen = f"the twin knows no electrode of {one} against any electrolyte: its laws are those of lithium foil"
        return [Fault(where, seen, f'Take material = "Li", or put a file with {sides} into materials/ beside the cell')]
    known = f"Known: {', '.join(library.names('anode interface', 'cathode interface'))}"
    seen = f"the library has no interface of {one} with {other}"
    return [Fault(where, seen, f"{known}; or put a file with {sides} into materials/ beside the cell")]


def _foil(document: dict[str, Any], side: str) -> list[Fault]:
    foil, pellet = diameter_in(document, "electrodes", side), diameter_in(document, "electrolyte")
    if foil is None or pellet is None or foil.value <= pellet.value:
        return faults_of_disc(document, "electrodes", side)
    seen = f"the electrode ({foil.text}) is wider than the pellet ({pellet.text})"
    said = "area" if at(document, "electrodes", side, "area") is not None else "diameter"
    wrong = Fault(f"electrodes.{side}.{said}", seen, "Check both sizes: the electrode must lie on the pellet")
    return [*faults_of_disc(document, "electrodes", side), wrong]


def _liquid(document: dict[str, Any], side: str, library: Library) -> list[Fault]:
    path = ("electrodes", side, "interface")
    where = ".".join(path)
    liquid = at(document, *path, "liquid")
    volume = readable(document, (*path, "volume"), "m^3", "not negative")
    faults, known = [], library.names("liquid electrolyte")
    if isinstance(liquid, str) and liquid not in known and not is_file(liquid):
        faults.append(
            Fault(
                f"{where}.liquid", f"{liquid!r} is no liquid electrolyte of the library", f"Known: {', '.join(known)}"
            )
        )
    if volume is not None and volume.value > 0.0 and liquid is None:
        faults.append(Fault(where, "a volume is given, but no liquid", "Name the liquid, or remove the volume"))
    if liquid is not None and at(document, *path, "gap") is None:
        seen, mend = "a liquid is given, but not the gap that it fills", 'Add it, for example gap = "10 um"'
        faults.append(Fault(where, seen, mend))
    if liquid is not None and at(document, *path, "volume") is None:
        faults.append(Fault(where, "a liquid is given, but no volume", 'Add its volume, for example volume = "3 uL"'))
    return faults


def _interlayer(document: dict[str, Any], side: str, library: Library) -> list[Fault]:
    path = ("electrodes", side, "interface", "interlayer")
    name, known = at(document, *path), library.names("interlayer")
    if not isinstance(name, str) or name in known or is_file(name):
        return []
    return [Fault(".".join(path), f"{name!r} is no interlayer of the library", f"Known: {', '.join(known)}")]


def _surface(document: dict[str, Any], library: Library) -> list[Fault]:
    """Return the fault of a treatment that the file of the pair does not know."""
    path = ("electrodes", "negative", "interface", "surface")
    state = at(document, *path)
    sides = (at(document, "electrodes", "negative", "material"), at(document, "electrolyte", "material"))
    if state is None or any(not isinstance(one, str) for one in (state, *sides)):
        return []
    pair = library.pair(*sides)
    if pair is None or state in pair.surfaces:
        return []
    seen = f"{pair.name} has no numbers for a surface that is {state!r}"
    known = f"Known: {', '.join(pair.surfaces)}" if pair.surfaces else "It knows the surface as received only"
    return [Fault(".".join(path), seen, f"{known}; a file of your own may add [surfaces.{state}]")]


def _unlike(document: dict[str, Any], library: Library) -> list[Fault]:
    """Return the faults of two electrodes of metal that differ, in it or in their surfaces: one set of numbers describes both."""
    materials = [at(document, "electrodes", side, "material") for side in ("negative", "positive")]
    if None not in materials and materials[0] != materials[1] and not {*materials} - {*library.names("metal")}:
        seen = f"one electrode is of {materials[0]}, the other of {materials[1]}"
        return [Fault("electrodes.positive.material", seen, "Write the same for both, or a cathode")]
    negative, positive = (at(document, "electrodes", side, "interface") for side in ("negative", "positive"))
    if not isinstance(positive, dict):
        return []
    own = negative if isinstance(negative, dict) else {}
    return [
        Fault(f"electrodes.positive.interface.{name}", "the two electrodes differ in it", "Write the same for both")
        for name in ("surface", "interlayer")
        if positive.get(name) != own.get(name)
    ]


def _slurry(document: dict[str, Any]) -> list[Fault]:
    path = ("electrodes", "positive", "slurry")
    said = [name for name in SLURRY if at(document, *path, name) is not None]
    parts = [readable(document, (*path, name), "1", "not negative") for name in said]
    if said in ([], ["active"]) or None in parts:
        return []
    whole = sum(part.value for part in parts if part is not None)
    if abs(whole - 1.0) < SLURRY_TOLERANCE:
        return []
    seen = f"the parts add up to {100 * whole:.4g} %"
    return [Fault(".".join(path), seen, "Check the recipe: mass fractions of all solids, together 100 %")]
