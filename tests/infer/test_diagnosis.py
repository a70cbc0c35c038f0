"""What a diagnosis says, and the contract of its JSON."""

from dataclasses import replace

from ionweld.infer.diagnosis import Findings, MechanismOdds, Misfit, PosteriorRow, RankedExperiment, SeenOutcome, Tie

FOUND = Findings(
    cell="a",
    explained=True,
    outcome=SeenOutcome("hard short", 37),
    mechanisms=(MechanismOdds("contact_loss", 0.83), MechanismOdds("filament", 0.12), MechanismOdds("none", 0.0)),
    undecided=0.04,
    posterior=(PosteriorRow("critical_current", "A/m^2", (1.0, 9.0), 2.0, 3.0, 4.0),),
    misfit=(),
    seconds=1.0,
)


def test_the_verdict_names_cause_odds_and_rival():
    assert FOUND.verdict == "contact loss kills this cell (odds 0.83); rival: a filament (0.12)"


def test_a_filament_that_crosses_a_cell_is_named_beside_what_limits_it():
    crossed = replace(FOUND, bridged=0.93)
    said = "contact loss kills this cell (odds 0.83), and a filament bridges it (0.93); rival: a filament (0.12)"
    assert crossed.verdict == said
    assert crossed.to_dict()["bridged"] == 0.93
    assert replace(FOUND, bridged=0.49).verdict == FOUND.verdict
    for limit in ("filament", "none"):
        odds = (MechanismOdds(limit, 0.9),)
        assert "bridges" not in replace(crossed, mechanisms=odds, undecided=0.1).verdict


def test_what_stays_undecided_is_a_rival_by_name():
    often = replace(FOUND, undecided=0.2)
    assert often.verdict == f"{FOUND.verdict}, undecided (0.20)"
    tied = replace(often, ties=(Tie(("contact_loss", "filament"), 0.15),))
    assert tied.verdict == f"{FOUND.verdict}, contact loss and a filament alike (0.15)"
    assert replace(often, undecided=0.04).verdict == FOUND.verdict
    assert tied.to_dict()["ties"] == [{"mechanisms": ["contact_loss", "filament"], "odds": 0.15}]


def test_a_tie_names_both_and_their_odds():
    odds = (MechanismOdds("filament", 0.25), MechanismOdds("contact_loss", 0.1))
    found = replace(FOUND, mechanisms=odds, undecided=0.65, ties=(Tie(("contact_loss", "filament"), 0.4),))
    assert found.verdict == (
        "undecided between contact loss and a filament: without either this cell would fare alike (odds 0.40); "
        "contact loss by itself: 0.10; a filament by itself: 0.25"
    )
    for ties in ((), (Tie(("contact_loss", "filament"), 0.3),)):  # less than half of what is undecided
        assert replace(found, ties=ties).verdict.startswith("no single cause stands out (undecided: 0.65)")


def test_an_experiment_that_teaches_nothing_is_not_called_the_next():
    rest = RankedExperiment("a rest", 0.2, 25.0, 0.05, 0.35)
    cold = RankedExperiment("a colder spectrum", 0.009, 4.0, 0.0, 0.12)
    found = replace(FOUND, experiments=(rest, cold))
    assert found.telling == (rest,)
    assert found.deciding.startswith("a rest: 0.20 bits of information on the cause are expected, in 25 h")
    assert found.deciding.endswith("between 0.05 and 0.35.")
    assert replace(FOUND, experiments=(cold,)).deciding.endswith("0.12 bits could go unseen.")
    assert "None was ranked" in FOUND.to_dict()["deciding"]


def test_nothing_does_not_kill_a_cell():
    odds = (MechanismOdds("none", 0.6), MechanismOdds("leads", 0.3))
    ended = replace(FOUND, outcome=SeenOutcome("end of life", 13), mechanisms=odds, undecided=0.0)
    rival = "rival: a bad lead or contact outside of the cell (0.30)"
    assert (
        ended.verdict
        == f"the test ends (end of life), but most likely by no mechanism of this cell (odds 0.60); {rival}"
    )
    alive = replace(ended, outcome=SeenOutcome("alive", 13))
    assert alive.verdict == f"nothing limits this cell within 13 cycles (odds 0.60); {rival}"


def test_not_explained_comes_first():
    misfit = Misfit("noise", 9.0, 1.0, 2.0, 0.0)
    found = replace(FOUND, explained=False, misfit=(misfit,))
    assert found.verdict.startswith("not explained")
    assert found.to_dict()["misfit"][0]["said"] == "noise is 9; 95 % of the virtual cells lie between 1 and 2"


def test_the_json_holds_what_the_contract_asks_for():
    document = FOUND.to_dict()
    asked = "cell explained outcome mechanisms undecided posterior experiments advice misfit seconds"
    assert set(asked.split()) <= set(document)
    assert document["outcome"] == {"kind": "hard short", "cycle": 37}
    assert document["mechanisms"][0] == {"mechanism": "contact_loss", "odds": 0.83}
    row = document["posterior"][0]
    assert row == {
        "parameter": "critical_current", "unit": "A/m^2", "prior": [1.0, 9.0], "low": 2.0, "median": 3.0, "high": 4.0,
    }  # fmt: skip
