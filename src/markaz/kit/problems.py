"""What is wrong with something that somebody wrote, and where in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """What is wrong and where: `place` is a path such as `nodes.menu.choices.4`."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}"

    def within(self, place: str) -> "Problem":
        """The same problem seen from outside `place`."""
        return Problem(f"{place}.{self.place}", self.text)
