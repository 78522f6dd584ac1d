"""`make faults`: days by seed until one fails."""

import argparse
import sys
import time
from pathlib import Path

import msgspec

from tests.faults.world import Day, run_day


def main(arguments: list[str] | None = None) -> int:
    """Exit status 1 when a sentence did not hold."""
    parser = argparse.ArgumentParser(prog="make faults")
    parser.add_argument("--seeds", type=int, default=20, help="how many days")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seed", type=int, help="this day alone, told line by line")
    parser.add_argument("--out", type=Path, help="write the figures there, as JSON")
    asked = parser.parse_args(arguments)
    seeds = range(asked.first, asked.first + asked.seeds) if asked.seed is None else [asked.seed]
    began = time.monotonic()
    days: list[Day] = []
    for seed in seeds:
        day = run_day(seed, show=print if asked.seed is not None else None)
        days.append(day)
        if day.failure is not None:
            _tell(day)
    if asked.seed is not None:
        print(f"The hash of this day: {days[0].digest}")
    failures = [{"seed": day.seed, "failure": day.failure} for day in days if day.failure is not None]
    figures = {
        "seeds": len(days),
        "failures": len(failures),
        "contacts": sum(day.contacts for day in days),
        "lost": sum(day.lost for day in days),
        "asked": sum(day.asked for day in days),
        "answers": sum(day.answers for day in days),
    }
    print(
        f"{figures['seeds']} days, {figures['contacts']} contacts, {figures['lost']} of them cut off by a fault and "
        f"counted so; {figures['asked']} were asked and gave {figures['answers']} answers; "
        f"{figures['failures']} days failed; {time.monotonic() - began:.0f} s"
    )
    if failures:
        print(f"The first failure is seed {failures[0]['seed']}; again: make faults SEED={failures[0]['seed']}")
    if asked.out is not None:
        asked.out.write_bytes(msgspec.json.encode(figures) + b"\n")
    return 1 if failures else 0


def _tell(day: Day) -> None:
    print(f"seed {day.seed} FAILED: {day.failure}")
    for fault in day.faults:
        print(f"    {fault}")


if __name__ == "__main__":
    sys.exit(main())
