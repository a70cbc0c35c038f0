"""The frame of the reports: verdict first, figures told in words and with their numbers, all in one file."""

import base64
import gzip
import re
from dataclasses import replace

from matplotlib.figure import Figure

from ionweld.numerics.effects import GroupValues, difference, ratio
from ionweld.report.drawing import drawing
from ionweld.report.effects import MOST_DRAWN, caption, clearest, effects_figure, methods
from ionweld.report.numbers import drawn_numbers
from ionweld.report.page import Marked, PageHead, Section, figure, folded, render_page, table


def two_lines() -> Figure:
    drawn = Figure()
    axes = drawn.subplots()
    axes.plot([1.0, 2.0], [10.0, 40.0], label="bare <cell>")
    axes.plot([1.0, 2.0], [5.0, 6.0], label="welded")
    axes.set(xlabel="cycle", ylabel="resistance / $\\mathrm{\\Omega\\,cm^2}$", title="both", xlim=(0, 3), ylim=(0, 50))
    axes.legend()
    return drawn


def page(**more: str) -> str:
    head = PageHead("A & B", "B has half the resistance.", "simulated", **more)
    sections = [Section("Seen", "<p>seen</p>"), Section("Rest", "<p>rest</p>", folded=True)]
    return render_page(head, sections, figure(drawing("lines", two_lines()), "Both."))


def test_the_verdict_stands_before_the_figure_and_the_figure_before_the_rest() -> None:
    text = page()
    order = [
        text.index(one) for one in ("A &amp; B", "B has half the resistance.", "<svg", "<p>seen", "<details", "<p>rest")
    ]
    assert order == sorted(order)


def test_what_is_borrowed_stands_before_all_else() -> None:
    text = page(said_first="9 of 30 parameters are borrowed from LLZO: a picture, not a prediction")
    assert text.index("9 of 30") < text.index("<h1>")
    assert "<header>\n<h1>" in page()


def test_only_what_is_folded_is_closed() -> None:
    text = page()
    assert text.count("<details") == 1
    assert text.index("<details") < text.index("Rest</h2>") < text.index("<p>rest</p>") < text.index("</details>")
    assert folded("why", "") == ""


def test_a_page_asks_nothing_from_outside() -> None:
    assert not re.search(r"""(src|href)=["'](?!#|data:)|@import|url\((?!#)""", page())


def test_the_text_of_a_figure_is_text() -> None:
    text = drawing("lines", two_lines()).svg
    words = re.findall(r"<text[^>]*>([^<]+)</text>", text)
    assert {"cycle", "both", "bare &lt;cell&gt;", "welded"} <= set(words)


def test_a_figure_is_told_in_words_with_what_its_axes_span() -> None:
    said = drawing("lines", two_lines()).said
    for part in ("both", "cycle (0 to 3)", "(0 to 50)", "bare <cell>, welded"):
        assert part in said
    html = figure(drawing("lines", two_lines()), "Both.")
    assert 'role="img" aria-label="both: ' in html
    assert "bare &lt;cell&gt;, welded" in html


def embedded(html: str) -> tuple[str, bytes]:
    name, content = re.findall(r'<a download="([^"]+)" href="data:[^,]*;base64,([^"]*)"', html)[0]
    return name, base64.b64decode(content)


def test_the_numbers_of_a_figure_travel_inside_the_page() -> None:
    name, content = embedded(page())
    assert (name, content.decode()) == ("lines.csv", drawn_numbers(two_lines()))


def test_many_numbers_travel_packed() -> None:
    drawn = Figure()
    drawn.subplots().plot(range(5000), range(5000))
    name, content = embedded(figure(drawing("many", drawn), "Many."))
    assert (name, gzip.decompress(content).decode()) == ("many.csv.gz", drawn_numbers(drawn))


def test_tables_name_their_columns_and_escape_what_they_hold() -> None:
    html = table(("who", "R / ohm"), [("<b>", Marked("3 & 4", "number"))])
    assert '<th scope="col" class="number">R / ohm</th>' in html
    assert "&lt;b&gt;" in html
    assert "3 &amp; 4" in html


def test_sentences_have_room_in_a_table_and_a_few_words_stay_on_one_line() -> None:
    html = table(
        ("row", "why", "R"), [("1 to 2", "a sentence that is longer than forty characters", Marked("3", "number"))]
    )
    assert '<td class="brief">1 to 2</td><td class="long">a sentence' in html
    assert '<td class="number brief">3</td>' in html


BARE, WELDED = GroupValues("bare", (100.0, 120.0, 110.0)), GroupValues("welded", (50.0, 55.0, 60.0))


def test_an_effect_is_said_with_its_interval_and_its_cells() -> None:
    clear = ratio("resistance", BARE, WELDED)
    assert clear.clear
    assert re.fullmatch(
        r"resistance: welded has 0\.5 times that of bare \(95 %: 0\.\d+ to 0\.\d+; n = 3 and 3\)", clear.said
    )
    same = difference("life", "cycles", BARE, GroupValues("other", (90.0, 130.0, 113.0)))
    assert not same.clear
    assert same.said.endswith("the interval holds no difference")
    alone = ratio("resistance", GroupValues("bare", (100.0,)), WELDED)
    assert not alone.clear
    assert "no interval: n = 1" in alone.said


def test_the_effects_are_drawn_with_each_interval_on_its_own_axis() -> None:
    effects = [ratio("resistance", BARE, WELDED), difference("life", "cycles", BARE, WELDED)]
    drawn = effects_figure(effects, 88.0)
    ratios, differences = drawn.axes
    assert (ratios.get_xscale(), differences.get_xscale()) == ("log", "linear")
    interval = ratios.lines[0].get_xdata()
    assert list(interval) == [effects[0].low, effects[0].high]
    assert "n = 3 and 3" in drawn_numbers(drawn)
    assert "Welch's t" in methods(effects)
    assert "3 to 3" in methods(effects)
    assert methods([]) == ""


def test_of_very_many_effects_the_clearest_are_drawn() -> None:
    same = [replace(ratio("resistance", BARE, WELDED), other=f"t{n}", value=1.0) for n in range(MOST_DRAWN)]
    clear = [
        replace(same[0], other="falls", value=0.5, low=0.4, high=0.6),
        replace(same[0], other="rises", value=2.0, low=1.6, high=2.5),
    ]
    alone = replace(same[0], other="alone", value=0.01, low=None, high=None)
    shown = clearest([alone, *same, *clear])
    assert [effect.other for effect in shown] == [*(f"t{n}" for n in range(MOST_DRAWN - 2)), "falls", "rises"]
    assert clearest([alone, *clear]) == [alone, *clear]
    assert f"the {MOST_DRAWN} clearest of {MOST_DRAWN + 3}" in caption([alone, *same, *clear])
    assert "clearest" not in caption(clear)
