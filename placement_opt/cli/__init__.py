"""The command line, ``placement-opt``: a file for each kind of question.

A command is a function in the file of its kind, and a name in `commands`. The highest room: it may
import all others, and does so inside the commands, so that help and errors come at once.

Exit codes: 0 a plan (or a sound check), 1 infeasible, none in time, or a check that differs, 2 bad
input, 3 an error of ours. Progress and errors go to standard error, answers to standard output;
with ``--json`` an error is an answer, too.
"""

from placement_opt.cli.commands import app as app
from placement_opt.cli.commands import main as main
