"""When a spectrum was taken, where the lines before its rows can mean one moment only."""

import pytest
from data_files import real_file

from ionweld.read.eis import read_spectra
from ionweld.read.eis.taken import TAKEN, taken_at


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (["Acquisition started on : 02/04/2018 10:02:46.123"], "2018-02-04T10:02:46"),
        (["DATE\tLABEL\t4/23/2018\tDate", "TIME\tLABEL\t16:43:15\tTime"], "2018-04-23T16:43:15"),
        (["DATE\tLABEL\t23/4/2018\tDate", "TIME\tLABEL\t04:43:15 PM\tTime"], "2018-04-23T16:43:15"),
        (["starttime=25.01.2018 12:00:00 AM"], "2018-01-25T00:00:00"),
        (["Datum: 03.04.2018", "Uhrzeit: 7:05:09"], "2018-04-03T07:05:09"),
        (["Date: 2018-04-03", "Time: 07:05:09"], "2018-04-03T07:05:09"),
        (["Date: 4/4/2018", "Time: 07:05:09"], "2018-04-04T07:05:09"),
        (["Date: 10-12-2018", "Time: 11:04:34"], None),  # the tenth of December, or the twelfth of October
        (["Date: 2018-04-03"], None),
        (["Time: 07:05:09"], None),
        (["Date: 45.13.2018", "Time: 07:05:09"], None),
        (["Updated on 2018-04-03 at 07:05:09"], None),  # of the program, perhaps
        ([], None),
    ],
)
def test_one_moment_is_read_and_a_doubtful_one_is_none(lines: list[str], said: str | None) -> None:
    found = taken_at(lines)
    assert (found and found.isoformat()) == said


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("biologic_peis.mpt", "2018-02-04T10:02:46"),
        ("gamry_eispot.DTA", "2018-04-23T16:43:15"),
        ("zplot.z", None),
    ],
)
def test_real_files_say_when_they_were_taken(name: str, said: str | None) -> None:
    (spectrum,) = read_spectra(real_file(f"eis/{name}"))
    assert spectrum.provenance.details.get(TAKEN) == said
