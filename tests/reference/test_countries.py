"""Country names to codes."""

import pytest
from crossborder.reference.countries import country_names, english_names, name_key


@pytest.mark.parametrize(
    ("name", "code"),
    [("EIRE", "IE"), ("RSA", "ZA"), ("USA", "US"), ("UK", "GB"), ("Unspecified", "ZZ"),
     ("European Community", "EU"), ("Channel Islands", "JE"), ("NA", "NA"), ("NO", "NO"), ("Türkiye", "TR"),
     ("turkey", "TR"),
     ("Côte d’Ivoire", "CI"),
     ("德国", "DE"), ("Bosnia and Herzegovina", "BA"), ("Korea, Republic of", "KR"), ("SAINT LUCIA", "LC")],
)  # fmt: skip
def test_names_find_their_code(name, code):
    names = country_names().set_index("key")
    assert names.at[name_key(name), "market"] == code


def test_every_name_has_one_code_and_every_code_of_the_standard_a_name():
    names = country_names()
    assert names["key"].is_unique
    assert names["market"].str.fullmatch("[A-Z]{2}").all()
    assert names.loc[names["confidence"] == "A", "market"].nunique() == 249


def test_conventions_are_said():
    names = country_names()
    assert (names["note"].ne("") == names["confidence"].eq("D")).all()


def test_a_code_has_its_english_name():
    names = english_names()
    assert (names["US"], names["SA"], names["CI"]) == ("United States", "Saudi Arabia", "Côte d’Ivoire")
    assert "ZZ" not in names, "a convention of exports is no country"
