"""Command line of the measurements: `python -m benchmarks phases`."""

import argparse
import json

from benchmarks.phases import PHASES, measured_apart


def main() -> None:
    """Run what is asked for and print one JSON line per measurement."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    phases = commands.add_parser("phases", help="seconds and memory of each phase")
    phases.add_argument("--only", choices=sorted(PHASES), action="append")
    phases.add_argument("--smoke", action="store_true", help="small sizes, to see that it runs")
    arguments = parser.parse_args()
    small = {"emit": (300, 100, 10), "region": (300,), "assignment": (60,), "rivals": (200, 60, 4)}
    for name in arguments.only or PHASES:
        sizes = small[name] if arguments.smoke else ()
        print(json.dumps({"phase": name, **measured_apart(name, *sizes)}), flush=True)


if __name__ == "__main__":
    main()
