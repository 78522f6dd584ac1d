"""The named faults, and what a seed draws of them: each with its moment and its length, in seconds."""

from dataclasses import dataclass

import numpy as np

BEGIN_SECONDS, END_SECONDS = 25.0, 230.0
"""Faults begin between these moments of the day."""
FAULTS_MAX = 5

LENGTHS = {
    "floor_killed": (0.0, 0.0),
    "asterisk_killed": (0.5, 12.0),
    "database_killed": (0.5, 25.0),
    "database_hangs": (1.0, 12.0),
    "commit_answer_lost": (0.0, 0.0),
    "database_away_and_disk_full": (1.0, 15.0),
    "events_late": (5.0, 60.0),  # each by less than `judged.NEWS_SECONDS_MAX`
    "events_twice": (5.0, 60.0),
    "events_lost": (1.0, 20.0),
    "manager_silent": (5.0, 60.0),
    "network_cut": (0.5, 25.0),
    "network_reset": (0.2, 10.0),
    "phone_vanishes": (1.0, 60.0),
    "clock_jumps": (0.0, 0.0),
    "second_floor": (0.0, 0.0),
}
"""Fault -> shortest and longest. "events_late" reorders what different channels tell."""
COMPANIONS = {"clock_jumps": "floor_killed", "second_floor": "floor_killed"}
"""What makes a fault matter: a process reads the clock when it starts; a second floor waits for the first to die."""


@dataclass(frozen=True)
class Fault:
    name: str
    at: float
    seconds: float
    how: float
    """A number from 0 to 1 for whatever else the fault leaves open."""

    def __str__(self) -> str:
        return f"{self.name} at {self.at:.3f} s" + (f" for {self.seconds:.3f} s" if self.seconds else "")


def draw(chance: np.random.Generator) -> list[Fault]:
    """The faults of a day, in order; about one day in twenty has none."""
    names = [str(name) for name in chance.choice(list(LENGTHS), size=chance.integers(0, FAULTS_MAX + 1))]
    if len(names) == 0 and chance.random() < 0.7:
        names = ["floor_killed"]
    faults = [_drawn(name, chance) for name in names]
    for fault in list(faults):
        companion = COMPANIONS.get(fault.name)
        if companion is not None:
            at = fault.at + 0.001 + float(chance.uniform(0, 20))
            faults.append(Fault(companion, at, 0.0, float(chance.random())))
    return sorted(faults, key=lambda fault: fault.at)


def _drawn(name: str, chance: np.random.Generator) -> Fault:
    low, high = LENGTHS[name]
    at = float(chance.uniform(BEGIN_SECONDS, END_SECONDS))
    return Fault(name, at, float(chance.uniform(low, high)), float(chance.random()))
