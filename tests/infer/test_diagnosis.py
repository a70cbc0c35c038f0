"""What a diagnosis says, and the contract of its JSON."""

from dataclasses import replace

from ionweld.infer.diagnosis import Findings, MechanismOdds, Misfit, PosteriorRow, SeenOutcome, Tie

FOUND = Findings(
    cell="a",
    explained=True,
    outcome=SeenOutcome("hard short", 37),
    mechanisms=(MechanismOdds("contact_loss", 0.83), MechanismOdds("filament", 0.12), MechanismOdds("none", 0.0)),
    undecided=0.05,
    posterior=(PosteriorRow("critical_current", "A/m^2", (1.0, 9.0), 2.0, 3.0, 4.0),),
    misfit=(),
    seconds=1.0,
)


def test_the_verdict_names_cause_odds_and_rival():
    assert FOUND.verdict == "contact loss kills this cell (odds 0.83); rival: a filament (0.12)"


def test_a_cause_that_acts_through_another_says_so():
    likely, unlikely = (replace(FOUND, ties=(Tie(("contact_loss", "filament"), odds),)) for odds in (0.6, 0.4))
    said = "; without a filament it would have lived as long (odds 0.60): one acts through the other"
    assert likely.verdict == FOUND.verdict + said
    assert unlikely.verdict == FOUND.verdict
    assert likely.to_dict()["ties"] == [{"mechanisms": ["contact_loss", "filament"], "odds": 0.6}]
    others = replace(FOUND, ties=(Tie(("filament", "interphase"), 0.6),))
    assert others.verdict == FOUND.verdict


def test_a_tie_names_both_and_their_odds():
    odds = (MechanismOdds("filament", 0.25), MechanismOdds("contact_loss", 0.1))
    found = replace(FOUND, mechanisms=odds, undecided=0.65, ties=(Tie(("contact_loss", "filament"), 0.7),))
    assert found.verdict == (
        "undecided between contact loss and a filament: without either this cell would fare alike (odds 0.70); "
        "contact loss by itself: 0.10; a filament by itself: 0.25"
    )
    assert replace(found, ties=()).verdict.startswith("no single cause stands out (undecided: 0.65)")


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
