"""Parameters: checked before a kernel starts, one line for each wrong one."""

from typing import ClassVar, Literal

import pytest
from crossborder.errors import InputError
from crossborder.reports.parameters import base
from crossborder.reports.parameters.base import Day, MarketCode, Parameters, parse
from pydantic import Field


class Example(Parameters):
    notebook: ClassVar[str] = "99_example"

    market: MarketCode = Field("DE", description="market")
    markets: list[MarketCode] = Field([], description="markets")
    level: float = Field(0.9, ge=0.5, le=0.99, description="level", json_schema_extra={"unit": "share"})
    count: int = Field(5, gt=0, description="count")
    home: Literal["CNY", "USD"] = Field("CNY", description="home")
    start: Day = Field("2015-01-01", description="start")
    code: str = Field("a", description="code")
    quick: bool = Field(False, description="quick")
    target: str = Field("x", description="where to", json_schema_extra={"role": "output"})


@pytest.mark.parametrize(
    "written, read",
    [
        ({"market": "NO"}, {"market": "NO"}),
        ({"markets": "NO,SE"}, {"markets": ["NO", "SE"]}),
        ({"markets": "[NO, SE]"}, {"markets": ["NO", "SE"]}),
        ({"markets": '["NO"]'}, {"markets": ["NO"]}),
        ({"markets": ""}, {"markets": []}),
        ({"code": "on"}, {"code": "on"}),
        ({"code": "007"}, {"code": "007"}),
        ({"code": "1e3"}, {"code": "1e3"}),
        ({"count": "007"}, {"count": 7}),
        ({"level": "9e-1"}, {"level": 0.9}),
        ({"quick": "on"}, {"quick": True}),
        ({"level": 0.6}, {"level": 0.6}),
        ({"start": ""}, {"start": ""}),
    ],
)
def test_a_value_is_read_as_its_field_says(written, read):
    values = parse(Example, written)
    assert {name: values[name] for name in read} == read


@pytest.mark.parametrize(
    "written, told",
    [
        ({"markett": "DE"}, r"'markett' is not known: did you mean 'market'\? allowed: data, as_of"),
        ({"level": "1.2"}, r"level=1.2: allowed: a number from 0.5 to 0.99 \(share\)"),
        ({"level": "high"}, r"level=high: allowed: a number from 0.5 to 0.99 \(share\)"),
        ({"level": "nan"}, "level=nan: allowed: a number"),
        ({"level": True}, "level=True: allowed: a number"),
        ({"count": "1.5"}, "count=1.5: allowed: a whole number above 0"),
        ({"count": "0"}, "count=0: allowed: a whole number above 0"),
        ({"home": "EUR"}, "home=EUR: allowed: CNY or USD"),
        ({"start": "yesterday"}, "start=yesterday: allowed: a day such as 2026-10-31, or empty"),
        ({"start": "2015-02-30"}, "start=2015-02-30: allowed: a day that the calendar has"),
        ({"market": "Germany"}, "market=Germany: allowed: an ISO country code"),
        ({"markets": ["DE", 5]}, "allowed: a list of text"),
        ({"quick": "perhaps"}, "quick=perhaps: allowed: true or false"),
        ({"code": 5}, "code=5: allowed: text"),
        ({"language": "fr"}, "language=fr: allowed: en or zh"),
        ({"seed": "-1"}, "seed=-1: allowed: a whole number at least 0"),
        ({"api_key": "x"}, "api_key: looks like a secret"),
        ({"database_password": "x"}, "looks like a secret"),
        ({"target": "../../etc"}, "target=../../etc: allowed: a place inside the project"),
        ({"target": "/etc/passwd"}, "allowed: a place inside the project"),
    ],
)
def test_a_wrong_value_is_one_line_that_says_what_is_allowed(written, told):
    with pytest.raises(InputError, match=told) as wrong:
        parse(Example, written)
    assert len(str(wrong.value).splitlines()) == 1


def test_all_wrong_values_are_told_at_once():
    with pytest.raises(InputError, match="level=2") as wrong:
        parse(Example, {"level": "2", "count": "0", "home": "EUR"})
    assert len(str(wrong.value).splitlines()) == 3


def test_a_secret_is_never_repeated():
    with pytest.raises(InputError, match="secret") as wrong:
        parse(Example, {"access_key": "hunter2"})
    assert "hunter2" not in str(wrong.value)


def test_the_registry_knows_models_by_notebook_and_they_promise_what_they_should():
    for notebook, model in base.registry().items():
        assert model.notebook == notebook
        assert set(Parameters.model_fields) <= set(model.model_fields)
        for name, field in model.model_fields.items():
            assert field.description, f"{notebook}: {name} has no description"
            assert not base.SECRET.search(name)
        assert parse(notebook, {}) == model().model_dump()


def test_every_table_that_a_model_names_is_in_the_contract():
    from crossborder.company.tables import TABLES

    for notebook, model in base.registry().items():
        unknown = set(model.needs + model.uses) - set(TABLES)
        assert not unknown, f"{notebook} names tables that do not exist: {unknown}"


def test_an_unknown_notebook_is_refused():
    with pytest.raises(InputError, match="notebook '98_nothing' is not known"):
        base.model_of("98_nothing")
