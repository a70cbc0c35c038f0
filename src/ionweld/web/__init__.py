"""The local page of `ionweld lab`: it computes nothing itself, every action is a public name of the package.

server.py        starts it: a port of this machine, a token, the browser
application.py   puts it together: guard, screens, static files, answers to faults
guard.py         who may ask, how much may be sent, what a page may do
desk.py          the opened folder: what a name in an address means on the disk
crew.py          worker processes for what takes long, with progress, and stopped on demand
recipe.py        the command line and the Python cell that say the same as a panel
points.py        fewer points of a long curve, its extremes kept
screens/         one file per screen, found by looking: the routes
static/          the page: lab.js, lab.css, lib/, and screens/NAME.js for each screen; no build step
"""
