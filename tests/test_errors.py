import pytest
from crossborder.errors import CrossborderError, DataError, InputError, MissingTable, Refusal


def test_an_unknown_choice_names_all_choices_and_the_nearest():
    text = str(InputError.unknown("mode", "aire", ["sea", "air", "rail"]))
    assert text.splitlines() == ["mode 'aire' is not known", "  known: air, rail, sea", "  do: did you mean 'air'?"]


def test_a_far_fetched_choice_suggests_nothing():
    assert "do:" not in str(InputError.unknown("mode", "zzz", ["sea"]))


def test_every_text_says_what_came_what_is_allowed_and_what_to_do():
    text = str(InputError.out_of_range("rate", -2, "above -1", "give a fraction"))
    assert text == "rate is -2\n  allowed: above -1\n  do: give a fraction"
    assert "it has: ['a', 'b']" in str(InputError.missing_columns("t", ["c"], ["b", "a"]))
    assert "looked for: x.csv" in str(MissingTable.named("x", "x.csv", "import it"))
    assert str(Refusal.because("no answer", "too little", "get more")).endswith("do: get more")


@pytest.mark.parametrize("kind", [InputError, Refusal, MissingTable, DataError])
def test_all_are_of_one_family(kind):
    assert issubclass(kind, CrossborderError)
