"""The wavelength of a diffractogram, as a person says it."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ionweld.measurement.pattern import Radiation


def parse_radiation(text: str, where: str = "wavelength") -> "Radiation":
    """Return the radiation that a person names: a tube, one wavelength, or a doublet, in angstrom. Raises UnitError."""
    from ionweld.errors import Fault, UnitError
    from ionweld.measurement.pattern import Radiation
    from ionweld.spec.crystal import tube_of, tubes

    table = tubes()
    if text in table:
        tube = table[text]
        return Radiation(tube["kalpha1_angstrom"], tube["kalpha2_angstrom"], tube["kalpha2_ratio"], f"given: {text}")
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if not 1 <= len(numbers) <= 2 or not all(0.05 < number < 5.0 for number in numbers):
        mend = f"Write a tube ({', '.join(table)}) or angstrom, such as 1.540593 or 1.540593,1.544414"
        raise UnitError(Fault(where, f"{text!r} is no X-ray wavelength", mend))
    if len(numbers) == 1:
        return Radiation(numbers[0], numbers[0], 0.0, "given: one wavelength")
    if not 0.0 < numbers[1] / numbers[0] - 1.0 < 0.02:
        raise UnitError(Fault(where, f"{text!r} is no K-alpha doublet", "Give K-alpha-1 first, then K-alpha-2"))
    tube = tube_of(numbers[0])
    if tube is None:
        mend = "Give one wavelength; the strength of the second is only known for the tubes in the library"
        raise UnitError(Fault(where, f"{text!r} is the doublet of no known tube", mend))
    return Radiation(numbers[0], numbers[1], table[tube]["kalpha2_ratio"], "given: doublet")
