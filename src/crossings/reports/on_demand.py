"""Results of a stage for each sentence, worked out where a later stage asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

T = TypeVar("T")


class OnDemand(Generic[T]):
    """What ``work`` makes of each of ``size`` sentences, by index; made once, when first read."""

    def __init__(self, size: int, work: Callable[[int], T]) -> None:
        self._work = work
        self._made: dict[int, T] = {}
        self._size = size

    def __getitem__(self, index: int) -> T:
        made = self._made
        if index not in made:
            made[index] = self._work(index)
        return made[index]

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[T]:
        return (self[index] for index in range(self._size))


BySentence = Sequence[T] | OnDemand[T]
"""A result for each sentence, made already or on demand."""
