"""Texts that are filled in already find their translation, and nothing else is touched."""

from crossborder.language import matching

BOOK = matching.Book(
    {"Home storage": "家居收纳", "sea": "海运", "air": "空运", "{a} of {b}": "not a pattern", "price": "价格"},
    {"below {pieces} pieces by {mode}": "{pieces} 件以下走{mode}"},
    {"ID": "印尼", "US": "美国"},
)


def test_case_underscores_and_line_breaks_do_not_count():
    assert BOOK.find("home_storage") == BOOK.find("Home\nstorage") == "家居收纳"


def test_a_text_made_from_a_pattern_is_found_with_its_values_translated():
    assert BOOK.find("below 31 pieces by sea") == "31 件以下走海运"
    assert BOOK.find("below 31 pieces by camel") == "31 件以下走camel"


def test_only_words_of_the_data_are_patterns():
    assert BOOK.find("3 of 4 cats") is None


def test_a_list_is_translated_if_every_part_is_known():
    assert BOOK.find("sea, air") == "海运，空运" and BOOK.find("sea, air, sea") == "海运、空运、海运"
    assert BOOK.find("US · sea") == "美国 · 海运"
    assert BOOK.find("price (sea)") == "价格\uff08海运\uff09"
    assert BOOK.find("sea, camel") is None


def test_a_code_is_no_word_and_a_header_no_code():
    assert BOOK.find("ID") == "印尼"
    assert BOOK.find("ID", True) is None
    assert BOOK.find("id") is None


def test_numbers_and_texts_in_chinese_are_left_alone_but_for_codes_in_front():
    assert not matching.has_words("12.5 %")
    assert BOOK.find("到岸成本 ABC, sea") == "到岸成本 ABC, sea"
    assert BOOK.find("US: 不相交") == "美国: 不相交"
    assert BOOK.find("订单 US") == "订单 US"


def test_a_number_keeps_its_place_beside_a_word():
    assert BOOK.find("12 sea") == "12 海运"
    assert BOOK.find("sea 31%") == "海运 31%"


def test_a_word_may_mean_something_else_as_a_header():
    book = matching.Book({"value": "价值", f"value{matching.HEADER}": "数值", "true": "是"}, {}, {})
    assert book.find("value") == "价值" and book.find("Value", True) == "数值"
    assert book.find("value (USD)", True) is None and book.find("value (12)", True) == "数值\uff0812\uff09"


def test_no_space_stands_before_a_per_cent_sign():
    assert matching.closed("不足 100 %，占 3\u2009%") == "不足 100%，占 3%"
