"""A list that stays sorted: the part of `sortedcontainers.SortedList` in use, with the types that the library lacks."""

from collections.abc import Iterator
from typing import Any, Protocol, TypeVar

from sortedcontainers import SortedList  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType]

Item = TypeVar("Item")


class Ordered(Protocol[Item]):
    """Items in ascending order; `add`, `remove` and `bisect_left` cost a logarithm."""

    def add(self, value: Item, /) -> None: ...
    def remove(self, value: Item, /) -> None: ...
    def bisect_left(self, value: Item, /) -> int: ...
    def __getitem__(self, index: int, /) -> Item: ...
    def __iter__(self) -> Iterator[Item]: ...
    def __len__(self) -> int: ...


def ordered() -> Ordered[Any]:
    """An empty one; its items are what the caller says they are."""
    return SortedList()
