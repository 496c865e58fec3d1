import pandas as pd
import pytest
from crossborder.errors import InputError, Refusal
from crossborder.supply import hs_code

TARIFF = pd.DataFrame(
    {
        "hs6": ["392410", "940520", "630790"],
        "text": ["Tableware and kitchenware of plastics", "Electric table lamps", "Made up articles of textile"],
    }
)


def test_the_code_whose_words_fit_comes_first():
    table = hs_code.candidate_codes("plastic kitchenware", TARIFF)
    assert table["hs6"].iloc[0] == "392410"
    assert table["probability"].sum() == pytest.approx(1)


def test_the_cheapest_code_is_not_chosen_when_it_cannot_be_defended():
    candidates = pd.DataFrame({"hs6": ["a", "b", "c"], "probability": [0.6, 0.35, 0.05]})
    table = hs_code.best_code(candidates, [0.10, 0.06, 0.0], 1000)
    assert not table.set_index("hs6").loc["c", "defensible"]
    assert table["hs6"].iloc[0] != "c"


def test_a_certain_code_costs_its_duty():
    table = hs_code.best_code(pd.DataFrame({"hs6": ["a"], "probability": [1.0]}), [0.1], 1000)
    assert table["expected_cost"].iloc[0] == pytest.approx(100)


def test_words_that_no_text_has_are_told():
    with pytest.raises(Refusal, match="no word of 'xyz'"):
        hs_code.candidate_codes("xyz", TARIFF)
    with pytest.raises(InputError, match="one rate a candidate"):
        hs_code.best_code(pd.DataFrame({"hs6": ["a"], "probability": [1.0]}), [0.1, 0.2], 1)
