from ionweld.api.advice import advise as advise
from ionweld.api.arrhenius import arrhenius as arrhenius
from ionweld.api.cells import Cell as Cell
from ionweld.api.cells import Protocol as Protocol
from ionweld.api.cycling import summarise as summarise
from ionweld.api.diagnosis import diagnose as diagnose
from ionweld.api.eds import profile_eds as profile_eds
from ionweld.api.ftir import fit_ftir as fit_ftir
from ionweld.api.impedance import check as check
from ionweld.api.impedance import drt as drt
from ionweld.api.impedance import fit as fit
from ionweld.api.looking import look as look
from ionweld.api.materials import material as material
from ionweld.api.materials import materials as materials
from ionweld.api.measurements import Cycling as Cycling
from ionweld.api.measurements import Spectrum as Spectrum
from ionweld.api.project import Project as Project
from ionweld.api.reading import read as read
from ionweld.api.reading import read_one as read_one
from ionweld.api.sem import measure_sem as measure_sem
from ionweld.api.studies import reproduce as reproduce
from ionweld.api.studies import validate as validate
from ionweld.api.sweep import sweep as sweep
from ionweld.api.twin import ensemble as ensemble
from ionweld.api.twin import simulate as simulate
from ionweld.api.verdicts import compatibility as compatibility
from ionweld.api.verdicts import interface_verdict as interface_verdict
from ionweld.api.xps import fit_xps as fit_xps
from ionweld.api.xps import fit_xps_levels as fit_xps_levels
from ionweld.api.xrd import fit_xrd as fit_xrd
from ionweld.api.xrd import fit_xrd_series as fit_xrd_series

__version__: str
PUBLIC: dict[str, str]
__all__: list[str]
