"""Draws of a paper-like cell: from the protocol as measured, the same on any number of workers, and kept."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from ionweld.analyse.cycling import counted_half_cycles
from ionweld.errors import InputError
from ionweld.infer import trees
from ionweld.infer.ablation import Fate, candidates, with_switch_off
from ionweld.infer.discrepancy import with_rival_laws
from ionweld.infer.draws import draws_of, features_of, plan_of, virtual_cell
from ionweld.infer.engine import FEWEST, LOOKS, infer, looks, make_draws
from ionweld.infer.kept import MOST_KEPT, KeptDraws
from ionweld.infer.moments import SpectrumMoment
from ionweld.infer.nuisances import nuisances
from ionweld.infer.observation import observe
from ionweld.infer.prior import HAS_NOTICED, prior_of, widened
from ionweld.infer.protocol import measured_protocol
from ionweld.infer.seen import first_resistance, seen_spectra, seen_test
from ionweld.infer.strata import LEAKING, fault_of, made_to_leak, numbers_of, run_of, weight_of
from ionweld.infer.strata import LOOKS as PER_RUN
from ionweld.simulate.cell import simulate
from ionweld.simulate.cell_spectra import cell_spectrum
from ionweld.simulate.snapshot import BEFORE
from ionweld.simulate.spectra import FrequencySweep
from ionweld.spec.cell import parse_cell
from ionweld.spec.derived import library_parameters
from ionweld.spec.protocol import parse_protocol
from ionweld.spec.quantity import Quantity
from ionweld.twin.pool import workers

LITHIUM = {"material": "Li", "diameter": "6 mm", "thickness": "100 um"}
CELL = {
    "name": "small",
    "temperature": "80 degC",
    "stack_pressure": {"assumed": "0.15 MPa", "range": ["0.05 MPa", "0.5 MPa"], "why": "not measured"},
    "electrolyte": {"material": "Li2OHCl", "diameter": "10 mm", "mass": "0.15 g"},
    "electrodes": {"negative": LITHIUM},
}
TEST = {
    "name": "short",
    "first_half_cycle": "charge",
    "stages": [
        {"current_density": "0.1 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 8, "rest": "5 min"},
        {"current_density": "0.2 mA/cm^2", "half_cycle_time": "0.5 h", "cycles": 4, "rest": "5 min"},
    ],
}
SWEEP = FrequencySweep(1e6, 1.0, 30, 0.003)


@pytest.fixture(scope="module")
def cell():
    return parse_cell(CELL)


@pytest.fixture(scope="module")
def run(cell):
    return simulate(cell, parse_protocol(TEST), library_parameters(cell), "truth", tolerance=1e-4)


@pytest.fixture(scope="module")
def observation(cell, run):
    after = cell_spectrum(run, len(run.snapshots) - 1, SWEEP)
    return observe(cell, [run.measurement], [(SpectrumMoment("after"), after)], "charge")


@pytest.fixture(scope="module")
def plan(cell, observation):
    return plan_of(cell, observation, 0)


@pytest.fixture(scope="module")
def some(plan):
    return [one for run in range(3) for one in draws_of((plan, run))]


def test_the_protocol_is_read_back_from_the_currents(observation):
    first, second = observation.protocol.stages
    assert (first.cycles, second.cycles) == (8, 4)
    assert second.current_A == pytest.approx(2.0 * first.current_A)
    assert first.half_cycle_s == pytest.approx(1800.0)
    assert first.rest_s == pytest.approx(300.0)
    assert observation.protocol.first == "charge"


def test_the_protocol_of_a_cell_carries_the_measured_current_whatever_its_area(observation, plan):
    for number in range(3):
        one = virtual_cell(plan, number)
        amps = one.run().measurement.table["Current / A"].abs()
        assert amps[0] == pytest.approx(observation.protocol.stages[0].current_A, rel=1e-9)


def test_a_protocol_can_be_cut_and_gone_on_with(observation):
    protocol = observation.protocol
    assert [stage.cycles for stage in protocol.lasting(protocol.seconds).stages] == [8, 4]
    assert [stage.cycles for stage in protocol.lasting(0.5 * protocol.seconds).stages] == [6]
    assert [stage.cycles for stage in protocol.lasting(2.0 * protocol.seconds).stages] == [8, 16]


def test_a_last_half_cycle_that_was_cut_short_belongs_to_its_stage(run):
    halves = counted_half_cycles(run.measurement)
    cut = halves.with_columns(duration_s=halves["duration_s"] * pl.Series([1.0] * (halves.height - 1) + [0.3]))
    assert [stage.cycles for stage in measured_protocol(cut, "symmetric", None, "x").stages] == [8, 4]


def test_measured_and_virtual_cells_have_the_same_features(observation, plan, some):
    """Five cells, of which some outlive the first stage: a cell that dies before has no features of its rising current."""
    seen = features_of(observation).keys()
    drawn = [*some, *(one for run in (3, 4) for one in draws_of((plan, run)))]
    assert all(seen & one.features.keys() for one in drawn)
    assert not seen - set.union(*(set(one.features) for one in drawn))


def test_a_draw_is_the_same_on_any_number_of_workers(plan, some):
    with workers(2) as mapper:
        again = make_draws(plan, range(2), mapper, lambda: None)
    assert again == some[: 2 * PER_RUN]


def test_an_interrupted_diagnosis_goes_on_where_it_was(plan, some, tmp_path):
    kept = KeptDraws(tmp_path, plan.key)
    kept.keep(0, some)
    made = []

    def counting(function, tasks):
        made.extend(tasks)
        return map(function, tasks)

    assert make_draws(plan, range(3), counting, lambda: None, kept) == some
    assert made == []
    (tmp_path / plan.key[:32] / "000000.json").write_text("{damaged")
    assert make_draws(plan, range(1), counting, lambda: None, kept) == some[:PER_RUN]
    assert len(made) == 1


def test_the_cache_keeps_the_newest_plans_alone(tmp_path):
    for number in range(MOST_KEPT + 3):
        KeptDraws(tmp_path, f"{number:032d}").keep(0, [None])
    KeptDraws(tmp_path, "0").forget_the_oldest()
    assert len(list(tmp_path.iterdir())) == MOST_KEPT


def test_another_seed_and_another_test_are_other_draws(plan):
    assert plan.key == replace(plan).key
    assert plan.key != replace(plan, seed="diagnose/1").key
    assert plan.key != replace(plan, protocol=plan.protocol.lasting(3600.0)).key
    assert plan.key != replace(plan, doubt=0.0).key
    pressed = {"temperature": "100 degC", "stack_pressure": "25 MPa", "time": "3 h"}
    for other in (with_switch_off(plan.prior.cell, "filament"), parse_cell(CELL | {"formation": [pressed]})):
        assert plan.key != replace(plan, prior=replace(plan.prior, cell=other)).key
    assert virtual_cell(plan, 0).parameters["void_depth"] != virtual_cell(plan, PER_RUN).parameters["void_depth"]


def test_a_sister_of_one_design_and_one_test_shares_its_draws(cell, observation, plan):
    assert plan_of(cell.model_copy(update={"name": "another"}), observation, 0).key == plan.key


def test_the_prior_moves_what_has_a_range_and_nothing_else(cell, plan):
    drawn = [virtual_cell(plan, numbers_of(run)[0]) for run in range(60) if run % LEAKING]
    pressures = [one.cell.stack_pressure.value for one in drawn]
    assert min(pressures) >= 0.05e6
    assert max(pressures) <= 0.5e6
    assert np.std(np.log(pressures)) > 0.3
    assert {one.cell.electrolyte.mass.value for one in drawn} == {cell.electrolyte.mass.value}
    assert np.std([one.cell.temperature.value for one in drawn]) == pytest.approx(1.0, rel=0.4)
    leaks = np.array([one.parameters["soft_short_growth"] for one in drawn])
    assert 0.5 < np.mean(leaks == 0.0) < 0.9


def test_what_is_made_more_often_counts_less_so_that_all_is_as_believed(plan):
    """Shares of faults and of leaks among the draws, as often as each counts, are those of the prior."""
    believed = HAS_NOTICED
    looks, leaks = {"none": 0.0, "leads": 0.0, "ageing": 0.0}, {True: 0.0, False: 0.0}
    for number in range(PER_RUN * 2 * LEAKING):
        for leaking in (True,) if made_to_leak(number) else (True, False):  # of the others as many as are believed to
            often = 1.0 if made_to_leak(number) else believed if leaking else 1.0 - believed
            weight = often * weight_of(number, leaking, believed)
            looks[fault_of(number)] += weight
            leaks[leaking] += weight
    total = sum(looks.values())
    assert total == pytest.approx(2 * LEAKING)
    assert [looks[name] / total for name in looks] == pytest.approx([0.7, 0.15, 0.15])
    assert leaks[True] / total == pytest.approx(believed)
    assert weight_of(0, None, believed) == pytest.approx(0.7)


def test_looks_at_one_cell_differ_by_what_surrounds_it(plan, some):
    sound, faulty, aged = (virtual_cell(plan, number) for number in numbers_of(2))
    assert sound.parameters == faulty.parameters == aged.parameters
    assert sound.seed == faulty.seed == aged.seed
    assert (sound.nuisances.leads, sound.nuisances.ageing) == ("sound", 0.0)
    assert faulty.nuisances.leads != "sound"
    assert aged.nuisances.ageing > 0.0
    assert {one.run for one in some} == {0, 1, 2}
    for one in some:
        assert one.exact == ("discrepancy" not in virtual_cell(plan, one.number).parameters.mechanisms)
    assert [run_of(one.number) for one in some] == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    leaky = [virtual_cell(plan, numbers_of(run)[0]) for run in (0, LEAKING, 2 * LEAKING)]
    assert all(plan.prior.leaks(one.parameters) for one in leaky)


def test_half_of_the_draws_have_laws_that_are_off(plan):
    def off(share):
        doubted = replace(plan, doubt=share)
        drawn = [virtual_cell(doubted, numbers_of(run)[0]) for run in range(200)]
        return np.mean(["discrepancy" in one.parameters.mechanisms for one in drawn])

    assert off(0.0) == 0.0
    assert off(1.0) == 1.0
    assert off(0.5) == pytest.approx(0.5, abs=0.1)


def test_half_of_the_cells_that_doubt_the_laws_have_the_other_set(plan):
    """Of each set of laws half of its own kind, with flaws that an interphase drives and with such that it does not; exact ones never."""
    doubted = [virtual_cell(replace(plan, doubt=1.0), numbers_of(run)[0]).parameters for run in range(300)]
    rival = np.array(["fracture" in one.mechanisms for one in doubted])
    past = np.array([one["opening_exponent"] == 0.0 for one in doubted])
    assert "filament" in plan.prior.parameters.mechanisms
    assert np.mean(rival) == pytest.approx(0.5, abs=0.1)
    assert np.mean(past[rival]) == pytest.approx(np.mean(past[~rival]), abs=0.15)
    assert not any(
        "fracture" in virtual_cell(replace(plan, doubt=0.0), 3 * run).parameters.mechanisms for run in range(50)
    )


def test_the_other_set_of_laws_is_the_other_ones_and_a_pair_without_flaws_keeps_its_own(plan):
    own = plan.prior.parameters
    rival = with_rival_laws(own)
    assert {"voids", "fracture"} <= set(rival.mechanisms)
    assert not {"contact", "filament"} & set(rival.mechanisms)
    of_polymers = {"soft_contact", "salt", "roughening"}
    assert set(with_rival_laws(rival).mechanisms) == {*own.mechanisms, "film", *of_polymers}
    assert with_rival_laws(replace(own, mechanisms=())).mechanisms == with_rival_laws(rival).mechanisms
    for names in (("spot_density", "passivation", "short"), ("voids", "short"), ("fracture", "short")):
        assert with_rival_laws(replace(own, mechanisms=names)).mechanisms == names


def test_cells_under_the_other_laws_are_drawn_and_told_as_others_are(plan):
    """Each of them can be simulated, looked at and ablated; none counts as one of the exact laws."""
    doubted = replace(plan, doubt=1.0)
    runs = [run for run in range(20) if "fracture" in virtual_cell(doubted, 3 * run).parameters.mechanisms][:3]
    found = [one for run in runs for one in draws_of((doubted, run))]
    assert len(found) == 3 * PER_RUN
    for one in found:
        assert one is not None
        assert one.features
        assert not one.exact
        assert {"contact_loss", "filament"} <= one.without.keys() or not one.fate.dead


def test_what_is_borrowed_is_drawn_more_widely():
    known = Quantity(1.0, "ohm*m^2", "1", low=0.5, high=2.0)
    wide = widened(known)
    assert wide.low < known.low
    assert wide.high > known.high
    assert widened(replace(known, unit="1", high=0.9)).high <= 1.0


def test_a_borrowed_share_near_a_whole_is_wider_and_never_the_whole():
    full = Quantity(0.995, "1", "99.5 %", "assumed", 0.98, 0.999)
    wide = widened(full)
    assert wide.low < 0.98
    assert 0.999 < wide.high < 1.0
    assert (1.0 - wide.low) / (1.0 - full.low) == pytest.approx((1.0 - full.high) / (1.0 - wide.high))
    assert widened(replace(full, low=0.1)).low == 0.0
    assert widened(replace(full, high=1.0)).high == 1.0


@pytest.mark.parametrize("cathode", ["NMC811", "LiCoO2", "LiFePO4"])
def test_no_draw_of_a_full_cell_begins_with_a_cathode_that_is_quite_full(cathode):
    """At quite full the potential has no value, and four draws of ten could not be simulated."""
    positive = {"material": cathode, "diameter": "6 mm", "loading": "2 mg/cm^2"}
    pellet = {"material": "Li6PS5Cl", "diameter": "10 mm", "thickness": "1 mm"}
    electrodes = {"negative": LITHIUM, "positive": positive}
    prior = prior_of(parse_cell(CELL | {"electrolyte": pellet, "electrodes": electrodes}))
    drawn = [prior.drawn(f"seed {number}")[1]["initial_lithiation"] for number in range(100)]
    assert max(drawn) < 1.0
    assert len(set(drawn)) > 40
    borrowed = parse_cell(CELL | {"electrolyte": {"material": "Li3InCl6", "diameter": "10 mm", "thickness": "1 mm"}})
    assert len(prior_of(borrowed).parameters.borrowed) > 10


def test_mechanisms_that_would_not_be_missed_are_not_left_out(cell, plan):
    one = virtual_cell(plan, 0)
    assert "layer" not in candidates(cell, one.parameters)
    assert with_switch_off(cell, "filament").switches["filament"] is False
    assert cell.switches["filament"] is True


def test_leads_shift_the_voltage_and_the_spectrum_alike(run, observation, plan):
    sound = replace(nuisances("x"), leads="sound", lead_size=0.0, lead_steady=0.0, ageing=0.0, swing_K=0.0, noise_V=0.0)
    loose = replace(sound, lead_steady=0.5)
    R, whole = first_resistance(run), observation.protocol.seconds
    tables = [seen_test(run, one, observation.sampling, whole).table for one in (sound, loose)]
    shift = (tables[1]["Voltage / V"] - tables[0]["Voltage / V"]).to_numpy()
    assert shift == pytest.approx(0.5 * R * tables[0]["Current / A"].to_numpy(), abs=1e-9)
    spectra = [seen_spectra(run, replace(one, noise_Z=0.0), plan.sweeps, whole)[0][1] for one in (sound, loose)]
    assert (spectra[1].impedance_ohm - spectra[0].impedance_ohm).real == pytest.approx(0.5 * R, rel=1e-6)


@pytest.mark.parametrize("leads", ["drifting", "telegraph"])
def test_a_bad_lead_is_found_by_ablation_to_be_the_cause(plan, leads):
    from ionweld.infer.ablation import cause_of, fate_of

    one = virtual_cell(plan, 0)
    off = one.cell
    for name in ("contact_loss", "interphase", "filament"):
        off = with_switch_off(off, name)
    done = replace(one, cell=off).run()
    faulty, whole = replace(one.nuisances, leads=leads, lead_size=2.0, ageing=0.0, seed="7"), plan.protocol.seconds
    if leads == "telegraph":  # closed at first and at the end, open in between
        course = faulty.lead(np.linspace(0.0, whole, 50), whole)
        assert course[:9].max() == course[-4:].max() < course.max()
    fate = fate_of(done, faulty, whole)
    assert not fate.dead
    assert cause_of(fate, {"leads": fate_of(done, faulty, whole, ("electrolyte",))}) == "leads"


def test_red_noise_remembers_and_white_noise_does_not():
    def kept(red):
        noise = replace(nuisances("x"), noise_V=1e-3, red=red).noise(20_000)
        return np.corrcoef(noise[1:], noise[:-1])[0, 1], noise.std()

    (none, white), (much, both) = kept(0.0), kept(2.0)
    assert abs(none) < 0.03
    assert much == pytest.approx(4.0 * 0.95 / 5.0, abs=0.05)
    assert white == pytest.approx(1e-3, rel=0.03)
    assert both == pytest.approx(1e-3 * 5.0**0.5, rel=0.1)


def test_fewer_draws_for_longer_tests_and_never_too_few():
    assert looks(100) == LOOKS
    assert looks(400)[-1] == LOOKS[-1] // 2
    assert looks(100_000) == (FEWEST,)


def test_a_whole_diagnosis_of_few_draws(cell, observation, monkeypatch):
    monkeypatch.setattr(trees, "GROWN", 15)
    monkeypatch.setattr(trees, "ROUNDS", 20)
    found = infer(cell, observation, map, lambda _title, _total: lambda: None, draws=40)
    said = found.diagnosis
    assert sum(one.odds for one in said.mechanisms) + said.undecided == pytest.approx(1.0)
    assert said.odds("cathode") == 0.0
    assert said.outcome.cycle >= 1
    assert {"critical_current", "contact_at_assembly"} <= {row.parameter for row in said.posterior}
    assert found.posterior.weights.shape == (len(found.table.draws),)
    assert found.causes.held_out.shape[0] == len(found.table.draws)


@pytest.mark.parametrize("dead", [True, False])
def test_fates_survive_being_kept(dead, tmp_path):
    from ionweld.infer.draws import DiagnosisDraw

    told = ({"filament": Fate(False, 2.0, 0.0)}, "none", {"a": 2e-7}, 0.3 / 7, dead, not dead)
    one = DiagnosisDraw(3, {"x": 1 / 3}, Fate(dead, 1e5 / 7, 0.1), *told)
    kept = KeptDraws(tmp_path, "k")
    kept.keep(0, [one, None])
    assert kept.load(0) == [one, None]


# what is refused


def test_a_test_of_another_kind_of_cell_is_refused(cell, run):
    full = CELL | {
        "electrodes": {
            "negative": LITHIUM,
            "positive": {
                "material": "LiFePO4", "diameter": "6 mm", "loading": "2 mg/cm^2", "coat": "10 um",
                "slurry": {"active": "60 %", "binder": "15 %", "salt": "15 %", "carbon": "10 %"},
            },
        }
    }  # fmt: skip
    with pytest.raises(InputError, match="as in a symmetric cell; the cell that is described is full"):
        observe(parse_cell(full), [run.measurement], [])


def test_spectra_alone_twice_one_moment_and_a_cycle_that_never_was(cell, run):
    before = cell_spectrum(run, BEFORE, SWEEP)
    with pytest.raises(InputError) as caught:
        observe(cell, [], [(SpectrumMoment("before"), before), (SpectrumMoment("before"), before)])
    assert len(caught.value.faults) == 2
    with pytest.raises(InputError, match="the test has 12 cycles"):
        observe(cell, [run.measurement], [(SpectrumMoment("cycle", 40), before)])


def test_a_cell_that_stores_is_no_symmetric_one_and_a_test_of_two_half_cycles_no_test(cell, run):
    table = run.measurement.table
    stores = replace(run.measurement, table=table.with_columns(pl.col("Voltage / V").abs() + 0.1))
    with pytest.raises(InputError, match="as in a full cell; the cell that is described is symmetric"):
        observe(cell, [stores], [])
    with pytest.raises(InputError, match="has 2 half cycles"):
        observe(cell, [replace(run.measurement, table=table.filter(pl.col("Cycle Count / 1") == 1))], [])


def test_the_numbers_of_a_protocol_as_measured_are_written_in_units_that_can_be_read_back(cell, observation):
    from ionweld.units import to_si

    full = parse_cell(
        CELL
        | {
            "electrodes": {
                "negative": LITHIUM,
                "positive": {
                    "material": "LiFePO4", "diameter": "6 mm", "loading": "2 mg/cm^2", "coat": "10 um",
                    "slurry": {"active": "60 %", "binder": "15 %", "salt": "15 %", "carbon": "10 %"},
                },
            }
        }
    )  # fmt: skip
    rate = replace(observation.protocol, limits_V=(2.5, 4.0)).of(full, library_parameters(full)).stages[0].c_rate
    assert to_si(rate.text, rate.unit) == pytest.approx(rate.value, rel=1e-5)
    density = observation.protocol.of(cell, library_parameters(cell)).stages[0].current_density
    assert to_si(density.text, density.unit) == pytest.approx(density.value, rel=1e-5)
