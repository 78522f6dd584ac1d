"""The catalogue: every figure there is, in every version that was ever agreed."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from markaz.reports.catalogue import others, services, stays
from markaz.reports.catalogue.asked import Chosen
from markaz.reports.catalogue.figure import Figure
from markaz.reports.errors import FigureUnknown

CATALOGUE: Final[Mapping[tuple[str, int], Figure]] = MappingProxyType(
    {(figure.name, figure.version): figure for figure in (*stays.FIGURES, *services.FIGURES, *others.FIGURES)}
)


def figure_of(chosen: Chosen) -> Figure:
    """Raises `FigureUnknown`."""
    figure = CATALOGUE.get((chosen.figure, chosen.version))
    if figure is None:
        raise FigureUnknown(chosen.figure, chosen.version)
    return figure
