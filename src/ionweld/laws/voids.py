"""Voids between lithium and a solid electrolyte: two stores of missing lithium, and the contact that they leave.

Every column of an interface keeps books. h_o is the lithium missing in open voids, at the interface, where contact is
lost; h_c that in occluded voids, which plating has covered; both are volumes per apparent area (m).

    what happens     open store h_o                       occluded store h_c                 law
    stripping        + v j                                                                   (charge)
    stripping        + v j h_c/(m + lambda_r)             - the same                         reopening_rate
    plating          - v j h_o/lambda_r                   + the same                         bridging_rate
    plating          - (1 - f) v j h_o/(h + lambda_r)     - (1 - f) v j h_c/(h + lambda_r)   filling_rate
    creep            - v j_rep (1 - theta/theta_a)                                           returned_rate
    creep            - k_c h_o                            - k_c h_c                          contact.void_closure_rate

with h = h_o + h_c. So h = v (stripped - plated) + lifted - returned, to the last atom, where `lifted` is the plated
lithium that found no void and moved the foil instead (lifted_rate), and `returned` what creep and diffusion brought.
Nothing here runs by the clock except creep: a microampere heals no more than its lithium.

m is the mean depth of what is occluded: stripping has to remove what was plated on top before it reaches a void again.
That is the hysteresis behind a wedge-shaped plateau: plating restores contact within the charge of one thin skin,
stripping gives it up over the whole half cycle.
"""

import numpy as np

from ionweld.numerics.compiled import law


@law
def void_contact(theta_a, h_open, depth, residual):
    """Return the contact fraction that open voids leave.

    theta = theta_a [rho + (1 - rho) exp(-h_o / ((1 - rho) lambda theta_a))]

    theta_a: contact at assembly, in (0, 1]; h_open: h_o (m); depth: lambda, of a void when it has lost contact (m);
    residual: rho, the part of theta_a that is never lost (1). A first void of volume h_o takes h_o/lambda of the area;
    as contact is lost the voids that are left to grow are deeper. Valid: voids much wider than deep. Reversible in h_o;
    all hysteresis is in the stores.
    Source: void area per volume stripped after Spencer-Jolly et al. 2021, 10.1021/acsami.1c06706 (its abstract was
    read); the exponential and the residual are assumed.
    """
    lost = 1.0 - residual
    return theta_a * (residual + lost * np.exp(-h_open / (lost * depth * theta_a)))


@law
def bridging_rate(h_open, j, skin, v):
    """Return the rate (m/s) at which plating covers open voids without filling them: v j h_o / lambda_r.

    h_open (m); j: plating current density through the contact, at least 0 (A/m2); skin: lambda_r, thickness of lithium
    that bridges a void (m), much below the depth of a void; v: volume of lithium per charge (m3/C).
    Source: occluded voids as described by Kasemchainan et al. 2019, 10.1038/s41563-019-0438-9 (read in another's
    digest); first order in what is open is assumed.
    """
    return v * j * h_open / skin


@law
def reopening_rate(h_closed, j, cover, skin, v):
    """Return the rate (m/s) at which stripping reaches occluded voids: v j h_c / (m + lambda_r).

    h_closed: h_c (m); j: stripping current density through the contact, at least 0 (A/m2); cover: m, mean depth of the
    occluded voids (m); skin: lambda_r (m); v (m3/C). Exact for depths distributed exponentially, whose mean stripping
    leaves as it is. Source: as bridging_rate; lithium balance of the cover.
    """
    return v * j * h_closed / (cover + skin)


@law
def filling_rate(store, missing, j, lifting, skin, v):
    """Return the rate (m/s) at which plated lithium fills one store of voids: (1 - f) v j store/(h + lambda_r).

    store: h_o or h_c (m); missing: h = h_o + h_c (m); j: plating current density through the contact, at least 0
    (A/m2); lifting: f, from lifted_share (1); skin: lambda_r (m), below which a void counts as a rough surface;
    v (m3/C). Each store takes its part by volume, all of it together at most the plated lithium.
    Source: plating into a closed contact builds a pressure F eta/V_m (10 mV -> 74 MPa) far above the yield stress of
    lithium, which therefore flows into what is hollow; the division by volume is assumed.
    """
    return (1.0 - lifting) * v * j * store / (missing + skin)


@law
def lifted_rate(missing, j, lifting, skin, v):
    """Return the rate (m/s) at which plated lithium moves the foil instead of filling voids.

    v j [1 - (1 - f) h/(h + lambda_r)]: what filling_rate of both stores leaves of v j. Arguments as there.
    Source: lithium balance.
    """
    return v * j * (1.0 - (1.0 - lifting) * missing / (missing + skin))


@law
def lifted_share(free, P, yield_stress):
    """Return f, the part of plated lithium that lifts the foil although there are voids: f_0 exp(-P/sigma_y).

    free: f_0, that part without pressure, in [0, 1]; P: stack pressure, at least 0 (Pa); yield_stress: of lithium at the
    cell's temperature (Pa). A void collapses at about the yield stress, and a foil is lifted against the stack
    pressure: the easier of the two takes the lithium. Valid as an order of magnitude: 0 far above the yield stress.
    Source: comparison of the two stresses; the exponential between the two limits is assumed.
    """
    return free * np.exp(-P / yield_stress)


@law
def returned_rate(theta, theta_a, j_rep, v):
    """Return the rate (m/s) at which lithium comes back to open voids from the foil: v j_rep (1 - theta/theta_a).

    theta, theta_a: contact now and at assembly; j_rep: current density that diffusion and creep can resupply (A/m2),
    from resupply.py; v (m3/C). Zero at full contact, so a store never falls below 0. Stripping at j comes to rest at
    theta = theta_a (1 - j/j_rep), which exists only below j_rep.
    Source: Spencer-Jolly et al. 2021, 10.1021/acsami.1c06706 (abstract read), for the critical stripping current.
    """
    return v * j_rep * (1.0 - theta / theta_a)


@law
def cover_moment_rate(h_closed, j_plating, shrinking, cover, v):
    """Return the rate (m2/s) of the first moment h_c m of the occluded depth: v j h_c - m shrinking.

    h_closed: h_c (m); j_plating: current density that buries voids deeper (A/m2), 0 in stripping; shrinking: rate at
    which h_c loses volume to filling, creep and reopening (m/s); cover: m (m); v (m3/C). What plating newly covers
    starts at depth 0 and adds nothing. Losses take all depths alike, so they leave m.
    Source: lithium balance of the cover.
    """
    return v * j_plating * h_closed - cover * shrinking


@law
def mean_cover(moment, h_closed, skin):
    """Return m, the mean depth of occluded voids (m): moment / h_c, and 0 where nothing is occluded.

    moment: h_c m (m2); h_closed: h_c (m); skin: lambda_r (m), whose billionth part counts as nothing.
    Source: definition of a mean.
    """
    return moment / np.maximum(h_closed, 1e-9 * skin)


@law
def plated_missing(missing_0, deposit, lifting, skin):
    """Return h = h_o + h_c after plating (m), without creep: the solution of dh/dd = -(1 - f) h/(h + lambda_r).

    h/lambda_r + ln(h/lambda_r) = h_0/lambda_r + ln(h_0/lambda_r) - (1 - f) d/lambda_r

    missing_0: h_0 at the start of plating, at least 0 (m); deposit: d = v times the charge through the contact (m);
    lifting: f; skin: lambda_r (m). Filling is stiff once a void is nearly full; in this form it costs nothing.
    The equation is Wright's omega, w + ln w = z, by two steps of Fritsch, Shafer and Crowley (1973, Algorithm 443), each
    of which leaves the fourth power of the error; ln w is carried along, because w itself may be too small for a number.
    Source: integral of filling_rate of both stores.
    """
    start = np.maximum(missing_0 / skin, 1e-30)
    z = start + np.log(start) - (1.0 - lifting) * deposit / skin
    log_w = np.minimum(z, np.log(np.maximum(z, 1.0)))
    w = np.exp(log_w)
    for _ in range(2):
        left = z - w - log_w
        turn = 2.0 * (1.0 + w) * (1.0 + w + 2.0 / 3.0 * left)
        change = left / (1.0 + w) * (turn - left) / (turn - 2.0 * left)
        w, log_w = w * (1.0 + change), log_w + np.log(1.0 + change)
    return skin * w


@law
def plated_open(open_0, missing_0, missing, deposit, skin):
    """Return h_o after plating (m), without creep: h (h_o0/h_0) exp(-d/lambda_r).

    open_0, missing_0: h_o and h at the start (m); missing: h after it, from plated_missing (m); deposit: d (m); skin:
    lambda_r (m). Source: filling takes both stores alike, so only bridging changes the open part of h.
    """
    return missing * (open_0 / np.maximum(missing_0, 1e-30 * skin)) * np.exp(-deposit / skin)


@law
def plated_cover(cover_0, open_0, missing_0, deposit, skin):
    """Return m after plating (m): the mean depth of what is occluded then, without creep.

    m = [(1 - phi)(m_0 + d) + phi (d - lambda_r (1 - e))] / (1 - phi e),  phi = h_o0/h_0,  e = exp(-d/lambda_r)

    cover_0: m at the start (m); open_0, missing_0: h_o and h at the start (m); deposit: d (m); skin: lambda_r (m).
    0 where nothing is occluded. Source: integral of cover_moment_rate with bridging_rate and filling_rate.
    """
    phi = open_0 / np.maximum(missing_0, 1e-30 * skin)
    bridged = -np.expm1(-deposit / skin)
    moment = (1.0 - phi) * (cover_0 + deposit) + phi * (deposit - skin * bridged)
    return moment / np.maximum(1.0 - phi + phi * bridged, 1e-15)
