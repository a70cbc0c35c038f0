"""What a diagnosis says, and the contract of its JSON."""

from ionweld.infer.diagnosis import Findings, MechanismOdds, Misfit, PosteriorRow, SeenOutcome

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


def test_not_explained_comes_first():
    from dataclasses import replace

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
