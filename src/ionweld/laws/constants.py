"""Constants of nature (SI).

They stand here because reading scipy's five tables of CODATA costs every worker 20 MB.
"""

R = 8.31446261815324  # J/(mol K): Boltzmann's constant times Avogadro's, both exact since 2019
F = 96485.33212331001  # C/mol: the elementary charge times Avogadro's constant, both exact since 2019
EPSILON_0 = 8.8541878188e-12  # F/m, CODATA 2022
