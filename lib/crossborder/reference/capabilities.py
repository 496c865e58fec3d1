"""The index of what the workbook can answer: question, notebook and section, function, test."""

import pandas as pd

from crossborder.errors import InputError
from crossborder.reference.files import read

__all__ = ["capabilities", "find"]

BASES = {
    "M": "method asked for by name",
    "P": "process asked for",
    "F": "published figure to test",
    "I": "needed to check the figures",
    "T": "title only",
}


def capabilities() -> pd.DataFrame:
    """Every capability: capability_id, question, notebook, section, function (dotted path), test (path::name), basis.

    Basis is a letter of `BASES`. That each row points to a section, function and test that exist is tested.
    """
    return read("capabilities.csv")


def find(words: str) -> pd.DataFrame:
    """The capabilities whose question, section or function holds every one of the `words`, in any order and case.

    Raises InputError for no words.
    """
    asked = words.lower().split()
    if not asked:
        raise InputError.out_of_range("words", words, "at least one word", 'for example "hedge" or "stock reorder"')
    table = capabilities()
    text = (table["question"] + " " + table["section"] + " " + table["function"]).str.lower()
    hit = pd.concat([text.str.contains(word, regex=False) for word in asked], axis=1).all(axis=1)
    return table[hit].reset_index(drop=True)
