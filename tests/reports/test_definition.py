import pytest
from crossborder.company import scenarios
from crossborder.errors import InputError
from crossborder.reports import definition, project

FILE = """\
name: autumn
parameters: {currency: EUR, code: 007}
markets: {DE: , "NO": {language: zh, currency: NOK}}
scenarios: {base: , freight_shock: {seed: 1e3}}
notebooks: {41_attribution: {lookback_days: 30}, 11: }
headline: [market.size.b2c_usd]
limits: {processes: 3, memory_mb: 1500}
"""


def saved(tmp_path, text):
    path = tmp_path / "sweep.yaml"
    path.write_text(text)
    return path


def test_what_lies_below_inherits_and_texts_stay_what_was_written(tmp_path):
    places = definition.read(saved(tmp_path, FILE)).places(scheduler="tcp://here:1")
    assert [(place.scenario, place.market) for place in places] == [
        ("base", "DE"), ("base", "NO"), ("freight_shock", "DE"), ("freight_shock", "NO"),
    ]  # fmt: skip
    last = places[-1].request
    assert last.parameters == {
        "currency": "NOK", "code": "007", "seed": "1e3", "language": "zh", "market": "NO", "scenario": "freight_shock",
    }  # fmt: skip
    assert places[0].request.parameters["currency"] == "EUR"
    assert (last.name, last.processes, last.memory_mb, last.scheduler) == (
        "autumn-freight_shock-NO", 3, 1500, "tcp://here:1",
    )  # fmt: skip
    assert last.notebooks == ("41_attribution", "11") and last.own["41_attribution"] == {"lookback_days": "30"}


def test_bare_lists_do_and_unquoted_norway_is_norway(tmp_path):
    read = definition.read(saved(tmp_path, "markets: [DE, NO]\nscenarios: [on]"))
    assert list(read.markets) == ["DE", "NO"] and list(read.scenarios) == ["on"] and not read.notebooks


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("markets: [DE]\nscenaros: [base]", "scenaros: unknown; allowed: name, notebooks, markets"),
        ("scenarios: [base]", "markets: is missing"),
        ("markets: []", "markets: .*at least 1"),
        ("markets: [DE]\nlimits: {processes: many}", "limits.processes: .*integer"),
        ("markets: [DE]\nlimits: {memory: 3}", "limits.memory: unknown; allowed: processes, memory_mb"),
        ("markets: [DE", "is not YAML"),
        ("just text", "allowed: a mapping"),
    ],
)
def test_what_is_wrong_is_told_before_anything_starts(tmp_path, text, told):
    with pytest.raises(InputError, match=told):
        definition.read(saved(tmp_path, text))


def test_the_example_of_the_project_holds():
    asked = definition.read(project.root() / "sweeps" / "markets.yaml")
    assert len(asked.places()) == 24 and {place.scenario for place in asked.places()} <= set(scenarios.available())


def test_the_command_line_goes_before_the_file(tmp_path):
    path = saved(tmp_path, FILE)
    asked = definition.combined([str(path)], {"markets": ["US"], "limits": {"processes": 1}}, {"currency": "GBP"})
    assert list(asked.markets) == ["US"] and list(asked.scenarios) == ["base", "freight_shock"]
    assert (asked.limits.processes, asked.limits.memory_mb) == (1, 1500)
    assert asked.parameters == {"currency": "GBP", "code": "007"}
    plain = definition.combined(["11"], {"markets": ["DE"], "scenarios": ["base"]}, {})
    assert list(plain.notebooks) == ["11"]
    with pytest.raises(InputError, match="one file, or names"):
        definition.combined([str(path), "11"], {}, {})
    with pytest.raises(InputError, match="sweep over what"):
        definition.combined([], {"scenarios": ["base"]}, {})
