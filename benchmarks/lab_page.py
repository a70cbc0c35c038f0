"""How long a person waits for the page of `ionweld lab`, in a real browser: python benchmarks/lab_page.py

Needs chromium, chromium-driver and selenium, as the browser test does. One JSON document, wall times in seconds:

    ready         from the command to the address it prints
    paint         first contentful paint of the page, of the second visit's
    listed        500 files stand in the table, told by their names; thumbnails follow
    first_seen    the first thumbnail of them
    million_rows  a cycling file of 1e6 rows: asked for and drawn
    slider        from a moved slider to the first answer, and to the band of 20; Li2OHCl and LLZO
"""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import numpy as np
from selenium import webdriver

FILES, ROWS, PATIENCE_S = 500, 1_000_000, 120.0
SWITCHES = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--window-size=1400,1000")
MOVE = """
const range = document.querySelector('input[type=range]');
range.value = Number(range.value) + arguments[0];
range.dispatchEvent(new Event('input'));
"""


def spectra(folder: Path) -> None:
    """Write impedance sweeps of a resistor with an arc, no two alike."""
    f = np.geomspace(1e6, 0.1, 40)
    for number in range(FILES):
        z = 100.0 + (1000.0 + number) / (1.0 + 2j * np.pi * f * 1e-4)
        table = np.column_stack([f, z.real, -z.imag])
        np.savetxt(
            folder / f"sweep_{number:03d}.csv",
            table,
            "%.8g",
            ",",
            header="Frequency (Hz),Zre (ohm),-Zim (ohm)",
            comments="",
        )


def long_test(folder: Path) -> None:
    """Write a cycling test of many rows."""
    t = np.arange(ROWS, dtype=float)
    sign = np.where((t // 1800) % 2 == 0, 1.0, -1.0)
    table = np.column_stack([t, sign * (0.05 + 1e-9 * t), sign * 1e-4])
    np.savetxt(folder / "long.csv", table, "%.7g", ",", header="Test Time / s,Voltage / V,Current / A", comments="")


class Page:
    """The page in a browser."""

    def __init__(self, address: str, home: Path) -> None:
        options = webdriver.ChromeOptions()
        for switch in (*SWITCHES, f"--user-data-dir={home}"):
            options.add_argument(switch)
        options.binary_location = shutil.which("chromium") or ""
        self.driver = webdriver.Chrome(options, webdriver.ChromeService(shutil.which("chromedriver") or ""))
        self.driver.get(address)

    def do(self, script: str, *values: Any) -> Any:
        return self.driver.execute_script(script, *values)

    def until(self, said: str, begun: float) -> float:
        """Wait until an expression of the page holds; return the seconds since `begun`."""
        return until(lambda: self.do(f"return Boolean({said})"), begun)


def until(holds: Callable[[], bool], begun: float) -> float:
    """Wait until something holds; return the seconds since `begun`."""
    while not holds():
        if monotonic() - begun > PATIENCE_S:
            raise TimeoutError
        sleep(0.01)
    return round(monotonic() - begun, 2)


def slider(page: Page, electrolyte: str) -> list[float]:
    """Return the seconds from a moved slider to its first answer and to its whole band."""
    page.do("location.hash = 'why'")
    page.do("location.hash = 'whatif'")
    whole = "/20 of 20 cells/.test((document.querySelector('.verdict') || {}).textContent)"
    page.until(whole, monotonic())
    page.do(
        "const one = [...document.querySelectorAll('select')].find((s) => [...s.options].some((o) => o.value === arguments[0]));"
        "one.value = arguments[0]; one.dispatchEvent(new Event('change'))",
        electrolyte,
    )
    page.until(f"document.querySelector('.verdict').textContent.includes('| {electrolyte} |') && {whole}", monotonic())
    page.do("document.querySelector('.verdict').textContent = ''")  # the answer may be what it was
    begun = monotonic()
    page.do(MOVE, 2)
    first = page.until("document.querySelector('.verdict').textContent", begun)
    return [first, page.until(whole, begun)]


def measured(folder: Path, home: Path) -> dict[str, Any]:
    """Return all times."""
    begun = monotonic()
    command = [sys.executable, "-m", "ionweld", "lab", str(folder), "--no-browser"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
        found: dict[str, Any] = {"ready": round(monotonic() - begun, 2)}
        page = Page(address, home)
        begun = monotonic()
        page.do("location.reload()")
        found["listed"] = page.until(f"document.querySelectorAll('.name').length > {FILES}", begun)
        found["first_seen"] = page.until("document.querySelector('img.thumb')", begun)
        paint = "return performance.getEntriesByName('first-contentful-paint')[0].startTime"
        found["paint"] = round(page.do(paint) / 1e3, 2)
        begun = monotonic()
        page.do("location.hash = 'cell?file=long.csv'")
        found["million_rows"] = page.until("document.querySelector('.figure .main-svg')", begun)
        found["slider"] = {name: slider(page, name) for name in ("Li2OHCl", "LLZO")}
        page.driver.quit()
        process.send_signal(2)
        process.wait(30)
    return found


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        bench = Path(made) / "bench"
        bench.mkdir()
        spectra(bench)
        long_test(bench)
        print(json.dumps(measured(bench, Path(made) / "chromium"), indent=1))
