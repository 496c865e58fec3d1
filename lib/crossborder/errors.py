"""Every error that a user can meet, one plain sentence each: what was wrong, what is allowed, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches

__all__ = ["CrossborderError", "DataError", "InputError", "MissingTable", "Refusal"]


class CrossborderError(Exception):
    """Base of the family: something that is in the user's hands, told without a traceback."""


class InputError(CrossborderError, ValueError):
    """An argument, a parameter or a column that a function cannot work with."""

    @classmethod
    def out_of_range(cls, name: str, got: object, allowed: str, do: str = "") -> "InputError":
        """`name` is outside its allowed values, which `allowed` states in words."""
        return cls(_three_lines(f"{name} is {got!r}", f"allowed: {allowed}", do))

    @classmethod
    def unknown(cls, name: str, got: str, known: Iterable[str]) -> "InputError":
        """A choice that does not exist, with all the choices and the nearest one by spelling."""
        choices = sorted(map(str, known))
        nearest = get_close_matches(str(got), choices, n=1, cutoff=0.5)
        do = f"did you mean {nearest[0]!r}?" if nearest else ""
        return cls(_three_lines(f"{name} {got!r} is not known", f"known: {', '.join(choices)}", do))

    @classmethod
    def missing_columns(cls, table: str, missing: Iterable[str], has: Iterable[str]) -> "InputError":
        """A frame that lacks columns which the function needs."""
        return cls(
            _three_lines(
                f"table {table!r} lacks {sorted(missing)}",
                f"it has: {sorted(map(str, has))}",
                f"rename a column, or see `crossborder check --describe {table}` for what each one means",
            )
        )


class Refusal(CrossborderError):
    """The method could give a number, but the data do not support one; the text says what would."""

    @classmethod
    def because(cls, what: str, why: str, do: str) -> "Refusal":
        """`what` cannot be answered, `why`, and what to do instead."""
        return cls(_three_lines(what, why, do))


class MissingTable(CrossborderError):
    """A table that a notebook needs and the company does not have."""

    @classmethod
    def named(cls, table: str, expected: str, importer: str) -> "MissingTable":
        """Names the table, the file looked for and the command that can make it."""
        return cls(_three_lines(f"table {table!r} is missing", f"looked for: {expected}", importer))


class DataError(CrossborderError):
    """A company's data break rules; carries the whole report in `problems` (one row a broken rule)."""

    def __init__(self, message: str, problems: object = None) -> None:
        super().__init__(message)
        self.problems = problems


def _three_lines(what: str, why: str, do: str) -> str:
    return "\n".join([what, f"  {why}"] + ([f"  do: {do}"] if do else []))
