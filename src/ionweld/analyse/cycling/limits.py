"""The thresholds of all events, each with its reason. None was tuned to make a single published cell come out."""

from dataclasses import dataclass, field

from ionweld.analyse.cycling.events import Thresholds


@dataclass(frozen=True, slots=True)
class Limits:
    """When an event fires. Shares are of 1; half cycles and cycles are counted. False alarms: benchmarks/cycling_events.

    resistance: sudden drops, shorts and hard shorts of symmetric cells, see Thresholds.
    forming: half cycles at the beginning that say nothing yet: interfaces form, liquids solidify.
    smoothing: half cycles of a running median; six are three cycles, so that one odd half cycle moves nothing.
    lasting: half cycles in a row that must agree; four are two cycles in both directions.
    fall: a slow loss of resistance from its highest value. Layers that solidify and compact lose 8 % in the twin's
      welded cell; 15 % is twice that. Real interfaces may activate by more (assumed): hence the rivals.
    steady_wedge: so much may the wedge index grow while the resistance falls: a short flattens plateaus, so a fall
      with growing wedges is something else. Half a percent is the noise of a wedge at 0.1 mV in 50 mV.
    unsure: where the voltage is noisier, so many times what noise makes of a wedge: a chance wedge must not hide a short.
    current: a change of the current by more than this share starts a new reference.
    noise: rise over the cell's own noise at the beginning; five times is far outside of instrument noise (whose
      estimate from 25 points scatters by 15 %); noise_floor: and at least this share of the voltage.
    wedge: growth of the wedge index over the beginning; the twin's healthy bare cells start at 5 % and welded ones
      below 2 %, three percent of the plateau are thirty times the resolution of a cycler.
    certain: a wedge that grew must also be this many times what noise of the voltage makes of it. Six, because a hundred
      cycles are two hundred looks, whose running medians keep a chance deviation for several half cycles.
    rise: contact loss also shows as resistance that rose by this share while the plateau is wedged by `wedge` at least.
    ramp_rise, ramp_wedge: in a current ramp, contact loss shows within one half cycle: the resistance at its end lies by
      this share above that of the half cycles before, and the voltage climbed within it by ramp_wedge at least. 25 % as
      for `rise`; ten percent are three times the wedge of a slow loss, because one half cycle must do.
    worn: a symmetric cell with so many times its first resistance is at its end.
    cycles_forming, cycles_memory, cycles_lasting: the same for cycles of cells that store charge; three cycles for
      interphases to form are assumed.
    excursion: loss of the share of charge that comes back, from the median of the cycles before at the same current, and
      `scatter` times their own spread; what comes back must also be below 100 %.
      A leak of 2.5 % of the current makes five percent; counters that agree to 0.1 % (assumed) make far less.
    step, cycles_steady: a smaller loss of efficiency counts if it stays: 1.5 % (a leak of 0.8 % of the current) and
      `scatter` times the spread, five cycles in a row. Temperature moves the counters together and leaves their ratio.
    excess: charge over discharge; 1.10 is a leak of 5 % of the current: it delays the charge and shortens the discharge.
    polarisation: growth of half the gap between charge and discharge voltage.
    gone: a charge whose mean voltage lies below this share of the first discharge's: it charges nothing.
    life: 80 % of the first capacity at the same current, the usual convention.
    """

    resistance: Thresholds = field(default_factory=Thresholds)
    forming: int = 12
    smoothing: int = 6
    lasting: int = 4
    fall: float = 0.15
    steady_wedge: float = 0.005
    unsure: float = 3.0
    current: float = 0.02
    noise: float = 5.0
    noise_floor: float = 0.005
    wedge: float = 0.03
    certain: float = 6.0
    rise: float = 0.25
    ramp_rise: float = 0.25
    ramp_wedge: float = 0.10
    worn: float = 3.0
    cycles_forming: int = 3
    cycles_memory: int = 10
    cycles_lasting: int = 3
    excursion: float = 0.05
    scatter: float = 6.0
    step: float = 0.015
    cycles_steady: int = 5
    excess: float = 1.10
    polarisation: float = 1.5
    gone: float = 0.5
    life: float = 0.8
