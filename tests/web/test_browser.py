"""The first ten minutes in a real browser: what is clicked ends with the numbers of the command line.

Needs Debian's chromium and chromium-driver and the package selenium; without them the test is left out, with
IONWELD_REQUIRE_BROWSER=1 it fails. What the browser saw lies in the folder screenshots/ afterwards.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from command_line import ionweld

ROOT = Path(__file__).parent.parent.parent
SEEN = ROOT / "screenshots"
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
STRICT = os.environ.get("IONWELD_REQUIRE_BROWSER") == "1"
WALKED = (
    "drop",
    "bench",
    "cell",
    "impedance",
    "whatif",
    "compare",
)  # the screens of the walk; every other is looked at
PATIENCE_S = 300  # a loaded machine is no fault of the page
SWITCHES = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--window-size=1400,1000",
)  # fmt: skip
EVERY_RULE = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
OF_LOOKS = {
    "type": "rule",
    "values": ["color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block"],
}
LOOKS = ((1400, "light", EVERY_RULE), (390, "dark", OF_LOOKS))  # the second time what depends on width and colours
HIGHEST = 2600  # of a picture: the first screens of a long list are enough to be looked at
AUDIT = """
const [only, done] = arguments;
axe.run(document, {runOnly: only, resultTypes: ["violations"]}).then((found) => done(found.violations.map((one) =>
  `${one.id}: ${one.help}: ${one.nodes.slice(0, 3).map((node) => node.target + " " + node.failureSummary).join(" | ")}`)));
"""


class Browser:
    """A page in the browser: waits for what is to be seen, and keeps pictures of it."""

    def __init__(self, driver: Any, address: str) -> None:
        self.driver, self.address = driver, address
        self.violations: dict[str, list[str]] = {}

    def wait(self, what: Callable[[], Any]) -> Any:
        from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException
        from selenium.webdriver.support.ui import WebDriverWait

        ignored = (NoSuchElementException, StaleElementReferenceException)
        return WebDriverWait(self.driver, PATIENCE_S, 0.1, ignored).until(lambda _: what())

    def all(self, selector: str) -> list[Any]:
        return self.driver.find_elements("css selector", selector)

    def one(self, selector: str, text: str = "") -> Any:
        """Wait for the element that shows this text."""
        return self.wait(lambda: next((one for one in self.all(selector) if text in one.text), None))

    def click(self, selector: str, text: str = "") -> None:
        self.wait(lambda: self.driver.execute_script("arguments[0].click()", self.one(selector, text)) or True)

    def go(self, place: str) -> None:
        self.driver.execute_script("location.hash = arguments[0]", place)

    def fill(self, selector: str, text: str) -> None:
        script = "arguments[0].value = arguments[1]; arguments[0].dispatchEvent(new Event('change', {bubbles: true}))"
        self.driver.execute_script(script, self.one(selector), text)

    def look(self, name: str) -> None:
        """Look at the screen in light and dark, wide and narrow: nothing sticks out, everybody can use it; keep pictures."""
        for width, scheme, rules in LOOKS:
            self._as(width, scheme)
            audit = self.driver.execute_async_script(AUDIT, rules) if self._has_axe() else ["axe is not there"]
            if audit:
                self.violations[f"{name}, {width} px, {scheme}"] = audit
            reach = self.driver.execute_script("return document.documentElement.scrollWidth")
            self._keep(f"{name}-{width}-{scheme}", width)
            assert reach <= width, f"{name} is {reach} px wide on a screen of {width}"
        self._as(1400, "light")

    def _as(self, width: int, scheme: str) -> None:
        said = {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", said)
        self._size(width, 1000)

    def _size(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        self.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    def _has_axe(self) -> bool:
        if not self.driver.execute_script("return Boolean(window.axe)"):
            self.driver.execute_script(AXE + "; window.axe = axe;")
        return self.driver.execute_script("return Boolean(window.axe)")

    def _keep(self, name: str, width: int) -> None:
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        self._size(width, min(height, HIGHEST))
        self.driver.save_screenshot(str(SEEN / f"{name}.png"))


def _missing() -> str | None:
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "selenium is not installed: pip install 'ionweld[browser]'"
    lacking = [name for name in ("chromium", "chromedriver") if shutil.which(name) is None]
    return f"{' and '.join(lacking)} not found: apt-get install chromium chromium-driver" if lacking else None


class Lab:
    """`ionweld lab` in a process of its own, as a person starts it."""

    def __init__(self, folder: Path, home: Path) -> None:
        begun = monotonic()
        command = [sys.executable, "-m", "ionweld", "lab", str(folder), "--no-browser"]
        told = dict(os.environ, XDG_STATE_HOME=str(home), PYTHONPATH=str(ROOT / "src"))
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=told)
        assert self.process.stdout is not None
        self.address = self.process.stdout.readline().strip()
        self.ready_s = monotonic() - begun

    def end(self) -> str:
        """End it as Ctrl-C does; return what it said on the way."""
        self.process.send_signal(2)
        return self.process.communicate(timeout=30)[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder to work in."""
    (tmp_path / "lab").mkdir()
    return tmp_path / "lab"


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[Any]:
    """Chromium without a window and without a past."""
    missing = _missing()
    if missing:
        pytest.fail(missing) if STRICT else pytest.skip(missing)
    from selenium import webdriver

    options = webdriver.ChromeOptions()
    for switch in (*SWITCHES, f"--user-data-dir={tmp_path / 'chromium'}"):
        options.add_argument(switch)
    options.binary_location = shutil.which("chromium") or ""
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver") or ""))
    driver.set_script_timeout(60)
    yield driver
    driver.quit()


def test_the_first_ten_minutes(browser: Any, folder: Path, tmp_path: Path) -> None:
    shutil.rmtree(SEEN, ignore_errors=True)
    SEEN.mkdir()
    lab = Lab(folder, tmp_path / "state")
    seen = Browser(browser, lab.address)
    try:
        browser.get(lab.address)
        assert "token" not in browser.current_url
        sample_by_one_click(seen)
        a_file_dropped_in(seen, folder, tmp_path)
        the_first_fit(seen, folder)
        cells_and_treatments(seen, folder)
        verdict_of_a_cell(seen)
        one_slider_moved(seen)
        the_other_screens(seen)
        lab = restarted(seen, lab, folder, tmp_path / "state")
        nothing_came_from_elsewhere(seen)
    finally:
        said = lab.end()
    assert "Traceback" not in said
    assert seen.violations == {}, json.dumps(seen.violations, indent=1)


def sample_by_one_click(seen: Browser) -> None:
    seen.one("h2", "Nothing is here yet")
    seen.look("0-empty")
    seen.click("button", "Make the sample project")
    seen.one(".name", "bare_1.xlsx")


def a_file_dropped_in(seen: Browser, folder: Path, tmp_path: Path) -> None:
    """A file with a hostile name and a note beside it: the file is drawn, the note folded, the name is text."""
    name = "<img src=x onerror=document.title=1>.csv"  # where the disk allows it
    frequency = [10 ** (6 - 0.2 * step) for step in range(31)]
    impedance = [100 + 1000 / (1 + 2j * 3.14159265 * f * 1e-4) for f in frequency]
    rows = "".join(f"{f:.6g},{z.real:.6g},{-z.imag:.6g}\n" for f, z in zip(frequency, impedance, strict=True))
    (folder / name).write_text("Frequency (Hz),Zre (ohm),-Zim (ohm)\n" + rows)
    (tmp_path / "mine.csv").write_text((folder / name).read_text() + "0.5,1100,0.3\n")
    (tmp_path / "note.txt").write_text("cell 3 smelled of solvent\n")
    chosen = seen.driver.find_element("css selector", "input[type=file]")
    chosen.send_keys(f"{tmp_path / 'mine.csv'}\n{tmp_path / 'note.txt'}")
    seen.one(".name", "dropped/mine.csv")
    seen.one(".name", name)
    seen.wait(lambda: len(seen.all("img.thumb")) >= 40 and not seen.all("td.quietly"))
    seen.one("summary", "no data of an instrument")
    assert seen.driver.title == "Drop · ionweld lab"
    seen.look("1-drop")


def the_first_fit(seen: Browser, folder: Path) -> None:
    seen.go("impedance?file=sample/files/bare_1_before_eis.txt")
    card = seen.one(".fit")
    seen.one(".light", "Kramers-Kronig")
    name, value = (cell.text for cell in card.find_elements("css selector", "tbody tr:nth-child(2) td")[:2])
    theirs = told_below(seen, ".fit")["spectra"][0]["parameters"]
    assert name == theirs[1]["name"]
    assert float(value) == pytest.approx(theirs[1]["value"], rel=1e-3)
    seen.wait(lambda: len(seen.all(".figure .main-svg")) >= 8)
    seen.look("2-impedance")
    seen.click(".fit button.ask")
    story = seen.one("dialog.why-box", "bare_1_before_eis.txt").text
    assert "95 % interval" in story
    assert "fitted" in story
    seen.click("dialog.why-box button", "Close")
    seen.wait(lambda: not seen.all("dialog"))


def told_below(seen: Browser, selector: str) -> Any:
    """Run the command line that stands below a panel."""
    text = seen.driver.execute_script(f"return document.querySelector('{selector} .recipe pre').textContent")
    answer = ionweld(*shlex.split(text)[1:], "--json")
    assert answer.status == 0, answer.err
    return answer.document


def cells_and_treatments(seen: Browser, folder: Path) -> None:
    seen.go("bench")
    seen.one(".card h3", "welded 3")
    seen.look("3-bench")
    cells = folder / "sample/project/cells.toml"
    before = cells.read_text("utf-8")
    seen.fill('[data-field="bare 1 area"]', "28,3 mm^2")
    seen.wait(lambda: 'area = "28.3 mm^2"' in cells.read_text("utf-8"))
    seen.click(".card button[aria-label='Take bare_1_xrd.xy away']")
    select = seen.one("select[aria-label='Cell of bare_1_xrd.xy']")
    assert [one.text for one in select.find_elements("css selector", "option")][1] == "bare 1"
    seen.fill("select[aria-label='Cell of bare_1_xrd.xy']", "welded 1")
    seen.wait(lambda: not seen.all("select[aria-label^='Cell of']"))
    for left in (2, 1, 0):
        seen.click("button", "Undo")
        seen.wait(lambda left=left: seen.one("button", "Undo").is_enabled() == (left > 0))
    seen.wait(lambda: cells.read_text("utf-8") == before)


def verdict_of_a_cell(seen: Browser) -> None:
    seen.go("cell?cell=bare%201")
    verdict = seen.one(".verdict").text
    seen.wait(lambda: len(seen.all(".figure .main-svg")) >= 3)
    found = re.fullmatch(r"(.+) likely from cycle (\d+)", verdict)
    assert found is not None, verdict
    theirs = [(one["kind"], one["cycle"]) for one in told_below(seen, ".panel")["events"]]
    assert (found[1].lower(), int(found[2])) in theirs
    assert len(seen.all(".events > li")) == len(theirs)
    seen.look("4-cell")


def one_slider_moved(seen: Browser) -> None:
    """A slider is moved with the keyboard, and the twin answers for the cell as it is then."""
    from selenium.webdriver.common.keys import Keys

    seen.go("whatif")
    seen.one(".verdict", "cells completed")
    slider = seen.one("input[type=range]")
    before = slider.get_attribute("aria-valuetext")
    slider.send_keys(Keys.ARROW_RIGHT)
    moved = slider.get_attribute("aria-valuetext")
    assert moved != before
    shown = "return document.querySelector('.recipe').textContent"
    seen.wait(lambda: moved in seen.driver.execute_script(shown))
    seen.wait(lambda: len(seen.all(".figure .main-svg")) >= 4)
    seen.look("5-whatif")


def the_other_screens(seen: Browser) -> None:
    """Whatever stands in the row, a screen of tomorrow too, can be used by everybody."""
    seen.go("compare")
    seen.one(".verdict")
    seen.wait(lambda: len(seen.all(".figure .main-svg")) >= 2)
    seen.look("6-compare")
    row = [link.get_attribute("data-name") for link in seen.all("#nav a")]
    for number, name in enumerate([one for one in row if one not in WALKED], 7):
        seen.go(name)
        seen.one(".panel")
        seen.wait(lambda: not seen.all(".busy-box"))
        seen.look(f"{number}-{name}")


def restarted(seen: Browser, lab: Lab, folder: Path, home: Path) -> Lab:
    """The page says that nobody answers, and goes on with the next server of the same folder."""
    lab.end()
    seen.one("#line", "does not answer")
    again = Lab(folder, home)
    assert again.address == lab.address
    seen.one(".notice", "restarted")
    seen.go("drop")
    seen.one(".name", "bare_1.xlsx")
    return again


def nothing_came_from_elsewhere(seen: Browser) -> None:
    origin = seen.address.partition("/?")[0]
    asked = seen.driver.execute_script("return performance.getEntries().map((one) => one.name)")
    assert [one for one in asked if "://" in one and not one.startswith((origin, "data:", "blob:"))] == []
    log = [one["message"] for one in seen.driver.get_log("browser")]
    grave = [one for one in log if "net::ERR" not in one and "the server responded with a status" not in one]
    assert grave == []
