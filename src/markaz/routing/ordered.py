"""A list that stays sorted, for at most some ten thousand items.

A plain list and the bisection of the standard library: what comes last in order is appended, what stands first is taken
by moving a mark. Elsewhere the items behind move by one place, which is one copy of memory: at the bounds of a floor
(20,000 agents or contacts) it takes less than the bookkeeping of a tree or of lists of lists.
"""

from bisect import bisect_left, insort
from collections.abc import Iterator
from itertools import islice
from typing import Generic, TypeVar

Item = TypeVar("Item", bound=tuple[object, ...])

_TAKEN_MAX = 64
"""Items before the mark that are kept in any case; beyond it, at most half of the list."""


class Ordered(Generic[Item]):
    """Unlike tuples in ascending order. Taking the first and adding the last cost the same however many there are."""

    __slots__ = ("_items", "_mark")

    def __init__(self) -> None:
        self._items: list[Item] = []
        self._mark = 0
        """The items before it are no longer in the list."""

    def add(self, item: Item) -> None:
        items = self._items
        if not items or items[-1] < item:
            items.append(item)
        else:
            insort(items, item, self._mark)

    def remove(self, item: Item) -> None:
        """Take out `item`, which must be there."""
        items, mark = self._items, self._mark
        if items[mark] != item:
            at = bisect_left(items, item, mark)
            assert items[at] == item, "what is taken out is there"
            del items[at]
        elif mark + 1 == len(items):
            items.clear()
            self._mark = 0
        elif mark > _TAKEN_MAX and 2 * mark > len(items):
            del items[: mark + 1]
            self._mark = 0
        else:
            self._mark = mark + 1

    def first(self) -> Item | None:
        items = self._items
        return items[self._mark] if items else None

    def before(self, item: Item) -> int:
        """How many stand before `item`."""
        return bisect_left(self._items, item, self._mark) - self._mark

    def __iter__(self) -> Iterator[Item]:
        return islice(self._items, self._mark, None)

    def __len__(self) -> int:
        return len(self._items) - self._mark
