"""What every notebook can be asked, and the reading of a request: checked before any kernel starts."""

import importlib
import pkgutil
import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import cache
from typing import Annotated, Any, ClassVar, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from crossborder.errors import InputError
from crossborder.reports.parameters import reading

__all__ = ["CurrencyCode", "Day", "MarketCode", "Parameters", "Request", "allowed", "model_of", "parse", "registry"]

SECRET = re.compile(r"(^|_)(pass(word|wd|phrase)|pass$|secret|token|credentials?|(api|private|access)_?key)($|_)", re.I)


def _market(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{2}", text):
        raise ValueError("an ISO country code of two capitals, such as DE")
    return text


def _currency(text: str) -> str:
    if not re.fullmatch(r"[A-Z]{3}", text):
        raise ValueError("an ISO currency code of three capitals, such as USD")
    return text


def _scenario(text: str) -> str:
    if not re.fullmatch(r"[a-z0-9][a-z0-9_]*", text):
        raise ValueError("the name of a scenario in lower case, such as base or freight_shock")
    return text


MarketCode = Annotated[str, AfterValidator(_market), Field(json_schema_extra={"unit": "ISO country code"})]
CurrencyCode = Annotated[str, AfterValidator(_currency), Field(json_schema_extra={"unit": "ISO currency code"})]
Day = Annotated[str, AfterValidator(reading.day), Field(json_schema_extra={"unit": "date YYYY-MM-DD, or empty"})]


class Request(BaseModel):
    """What one notebook can be asked.

    `needs` are the tables without which the notebook cannot run, `needs_filled` their columns (table.column) that must
    hold a value, `uses` the tables that add a section, `after` the notebooks whose results it reads (`("*",)` for all
    others). A field that names an output file or folder carries `json_schema_extra={"role": "output"}` and must stay
    inside the project.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    notebook: ClassVar[str] = ""
    needs: ClassVar[tuple[str, ...]] = ()
    needs_filled: ClassVar[tuple[str, ...]] = ()
    uses: ClassVar[tuple[str, ...]] = ()
    after: ClassVar[tuple[str, ...]] = ()


class Parameters(Request):
    """The parameters common to all notebooks of the project; a subclass adds those of one notebook."""

    data: str = Field("data/demo", min_length=1, description="folder of the company's tables")
    as_of: Day = Field("", description="last day that counts; empty = the company's own")
    currency: CurrencyCode = Field("USD", description="currency of the figures")
    scenario: Annotated[str, AfterValidator(_scenario)] = Field("base", description="name of a scenario, or base")
    seed: int = Field(20261031, ge=0, lt=2**32, description="seed of the random numbers")
    language: Literal["en", "zh"] = Field("en", description="language of titles and sentences")


@cache
def registry() -> dict[str, type[Request]]:
    """All models by the name of their notebook, found in the modules of this package."""
    # Models reach a notebook as the values of its parameters, and those are in the content key already.
    package = importlib.import_module("crossborder.reports.parameters")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    found: dict[str, type[Request]] = {}
    for model in _descendants(Request):
        if model.notebook and model.__module__.startswith(package.__name__):
            assert model.notebook not in found, f"two models of {model.notebook}"
            found[model.notebook] = model
    return dict(sorted(found.items()))


def _descendants(model: type[Request]) -> list[type[Request]]:
    return [one for child in model.__subclasses__() for one in (child, *_descendants(child))]


def parse(notebook: str | type[Request], raw: Mapping[str, object]) -> dict[str, Any]:
    """The typed values of all parameters of a notebook, from texts as written on a command line or plain values.

    Raises InputError with one line for each wrong parameter: its value, what is allowed, and the unit.
    """
    model = model_of(notebook) if isinstance(notebook, str) else notebook
    fields, problems, values = model.model_fields, [], {}
    for name, given in raw.items():
        if SECRET.search(name):
            problems.append(f"parameter {name}: looks like a secret, and parameters are stored in the report; "
                            f"allowed: an environment variable read by your own import")  # fmt: skip
        elif name not in fields:
            problems.append(_unknown(name, fields))
        else:
            try:
                values[name] = reading.read(given, fields[name].annotation)
                reading.check_place(values[name], fields[name].json_schema_extra)
            except ValueError as wrong:
                problems.append(f"parameter {name}={_short(given)}: {_allowed(model, name, str(wrong))}")
    wrong_values = _validate(model, values)
    problems += [f"parameter {name}={_short(raw.get(name))}: {text}" for name, text in wrong_values.items()]
    if problems:
        raise InputError("\n".join(problems))
    return model(**values).model_dump()


def model_of(notebook: str) -> type[Request]:
    """The model of a notebook by its name. Raises InputError for a notebook without one."""
    known = registry()
    if notebook not in known:
        raise InputError.unknown("notebook", notebook, known)
    return known[notebook]


def allowed(model: type[BaseModel], name: str) -> str:
    """What a parameter may be, in words, with its unit."""
    field = model.model_fields[name]
    unit = reading.unit(field)
    return reading.kind(field.annotation, field.metadata) + (f" ({unit})" if unit else "")


def _validate(model: type[Request], values: dict) -> dict[str, str]:
    try:
        model(**values)
    except ValidationError as wrong:
        return {
            str(error["loc"][0]) if error["loc"] else "together": _allowed(model, error["loc"], _reason(error))
            for error in wrong.errors()
        }
    return {}


def _allowed(model: type[Request], where: object, reason: str = "") -> str:
    name = where if isinstance(where, str) else (where[0] if where else "")
    if name not in model.model_fields:
        return reason
    words = allowed(model, name)
    if not reason:
        return f"allowed: {words}"
    # Our own validators say it better than the bare type, except in a list.
    return f"allowed: {words}, each {reason}" if words.startswith("a list") else f"allowed: {reason}"


def _reason(error: Mapping) -> str:
    """What pydantic adds that the words of the field do not say: only our own validators' texts."""
    return str(error["ctx"]["error"]) if error["type"] == "value_error" else ""


def _unknown(name: str, fields: Mapping) -> str:
    nearest = get_close_matches(name, fields, n=1, cutoff=0.5)
    hint = f"did you mean {nearest[0]!r}? " if nearest else ""
    return f"parameter {name!r} is not known: {hint}allowed: {', '.join(fields)}"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
