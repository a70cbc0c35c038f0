"""A notebook shows every figure, not the first one alone."""

import os
import subprocess
import sys
from pathlib import Path

BACKEND = """
from matplotlib import rcParams
from matplotlib.backends.backend_agg import FigureCanvasAgg as FigureCanvas

rcParams["interactive"] = True  # as the backend of notebooks does when it is loaded
"""
CELLS = """
import numpy as np
import ionweld as iw

f = np.geomspace(1e6, 1.0, 7)
spectrum = iw.Spectrum(frequency=f, impedance=100.0 - 1j / f)
spectrum.plot()
import matplotlib.pyplot as plt
print(plt.isinteractive(), plt.rcParams["axes.spines.top"], spectrum.plot().spines["top"].get_visible())
"""


def test_a_figure_leaves_the_next_one_to_be_shown(tmp_path: Path) -> None:
    (tmp_path / "like_a_notebook.py").write_text(BACKEND)
    places = os.pathsep.join([str(tmp_path), *sys.path])
    environment = os.environ | {"MPLBACKEND": "module://like_a_notebook", "PYTHONPATH": places}
    ran = subprocess.run([sys.executable, "-c", CELLS], capture_output=True, text=True, check=False, env=environment)
    assert ran.stdout.split() == ["True", "True", "False"], ran.stderr
