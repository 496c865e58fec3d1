"""A sweep as a file: which notebooks, markets and scenarios, with parameters that what lies below inherits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from crossborder.errors import InputError
from crossborder.reports.planning import AT_ONCE, Request

__all__ = ["Definition", "Limits", "Place", "checked", "combined", "read"]


def _mapped(given: object) -> object:
    """A list of names as names without parameters of their own."""
    return {name: {} for name in given} if isinstance(given, list) else given


def _empty(given: object) -> object:
    """Nothing written, as the loader gives it, means nothing to add."""
    return {name: {} if value == "" else value for name, value in given.items()} if isinstance(given, dict) else given


Texts = dict[str, str | list[str]]
Named = Annotated[dict[str, Texts], BeforeValidator(_empty), BeforeValidator(_mapped)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Limits(_Strict):
    """What the runs may take."""

    processes: int = Field(AT_ONCE, ge=1, le=64)
    memory_mb: float = Field(0, ge=0)
    notebook_seconds: float = Field(300, ge=1)
    seconds: float = Field(36_000, ge=1)


class Definition(_Strict):
    """A sweep: every market under every scenario.

    Parameters of `parameters` hold everywhere; those of a scenario go before them, those of a market before these, and
    those of a notebook (`notebooks: {41_attribution: {lookback_days: 30}}`) before all. `headline` names the results
    shown in each cell of the matrix; empty shows the first of each notebook.
    """

    name: str = ""
    notebooks: Named = Field(default_factory=dict)
    markets: Named = Field(min_length=1)
    scenarios: Named = Field(default_factory=lambda: {"base": {}}, min_length=1)
    parameters: Texts = Field(default_factory=dict)
    headline: list[str] = Field(default_factory=list)
    limits: Limits = Limits()

    def places(self, scheduler: str = "", force: bool = False) -> list["Place"]:
        """One request for each market under each scenario, in the order of the file."""
        return [
            Place(market, scenario, self._request(market, scenario, scheduler, force))
            for scenario in self.scenarios
            for market in self.markets
        ]

    def _request(self, market: str, scenario: str, scheduler: str, force: bool) -> Request:
        inherited = {**self.parameters, **self.scenarios[scenario], **self.markets[market]}
        limits = self.limits
        return Request(
            notebooks=tuple(self.notebooks),
            parameters={**inherited, "market": market, "scenario": scenario},
            name="-".join(part for part in (self.name, scenario, market) if part),
            force=force,
            processes=limits.processes,
            notebook_seconds=limits.notebook_seconds,
            run_seconds=limits.seconds,
            scheduler=scheduler,
            memory_mb=limits.memory_mb,
            own=self.notebooks,
        )


@dataclass(frozen=True)
class Place:
    """One cell of the matrix."""

    market: str
    scenario: str
    request: Request = field(repr=False)


def read(path: Path) -> Definition:
    """The sweep in a YAML file, where NO, on, 007 and 1e3 stay what was written.

    Raises InputError naming everything that is wrong in it.
    """
    if not path.is_file():
        raise InputError(f"sweep {path}: allowed: a YAML file with markets, scenarios and notebooks")
    try:
        given = yaml.load(path.read_text(encoding="utf-8"), yaml.BaseLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as wrong:
        where = getattr(wrong, "problem_mark", None)
        raise InputError(f"{path.name}{f', line {where.line + 1}' if where else ''}: is not YAML") from None
    if not isinstance(given, dict):
        raise InputError(f"{path.name}: allowed: a mapping with {', '.join(Definition.model_fields)}")
    return checked(given, path.name)


def combined(what: Sequence[str], given: Mapping[str, Any], parameters: Mapping[str, Any]) -> Definition:
    """The sweep of a file (`what` is one name ending in .yaml or .yml), or of notebooks; what is given goes before.

    Raises InputError naming everything that is wrong, or for a sweep over nothing.
    """
    files = [name for name in what if name.endswith((".yaml", ".yml"))]
    if files and len(what) > 1:
        raise InputError(f"sweep {' '.join(what)}: allowed: one file, or names of notebooks")
    said = {name: value for name, value in given.items() if value}
    if not files:
        if not said.get("markets"):
            raise InputError("sweep over what? allowed: a file, or --market DE,US --scenario base,freight_shock")
        return checked({**said, "notebooks": list(what), "parameters": dict(parameters)}, "sweep")
    there = read(Path(files[0])).model_dump(exclude_unset=True)
    said["limits"] = {**there.get("limits", {}), **said.get("limits", {})}
    said["parameters"] = {**there.get("parameters", {}), **parameters}
    return checked({"name": Path(files[0]).stem, **there, **said}, files[0])


def checked(given: Mapping[str, Any], source: str) -> Definition:
    """A sweep from plain data. Raises InputError naming everything that is wrong."""
    try:
        return Definition(**given)
    except ValidationError as wrong:
        raise InputError("\n".join(f"{source}: {_told(error)}" for error in wrong.errors())) from None


def _told(error: Mapping[str, Any]) -> str:
    place = ".".join(str(part) for part in error["loc"])
    if error["type"] == "extra_forbidden":
        known = Limits.model_fields if error["loc"][0] == "limits" else Definition.model_fields
        return f"{place}: unknown; allowed: {', '.join(known)}"
    if error["type"] == "missing":
        return f"{place}: is missing; allowed: a list such as [DE, US]"
    return f"{place}: {error['msg'][0].lower()}{error['msg'][1:]}"
