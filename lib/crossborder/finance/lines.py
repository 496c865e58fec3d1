"""A model as a registry of named lines: one small function a line yields number, distribution, lineage and formula.

A line's function is called once with symbols in place of its arguments (which are other lines, by name). What comes
back is an expression. `evaluate` computes it on arrays, `workbook` writes it as a spreadsheet formula, so that the two
can never be different statements of the same thing.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from crossborder.errors import InputError

__all__ = ["Line", "Lines", "Model", "Term", "largest", "positive", "previous", "smallest", "total"]

Number = float | int


@dataclass(frozen=True)
class Term:
    """A node of an expression: a constant, a line of this month, or an operation on terms.

    Operations: + - * / negative, largest, smallest, previous (the month before), total (over all segments).
    """

    operation: str
    arguments: tuple["Term", ...] = ()
    value: float = 0.0
    name: str = ""

    def __add__(self, other: "Term | Number") -> "Term":
        return Term("+", (self, _term(other)))

    def __radd__(self, other: Number) -> "Term":
        return Term("+", (_term(other), self))

    def __sub__(self, other: "Term | Number") -> "Term":
        return Term("-", (self, _term(other)))

    def __rsub__(self, other: Number) -> "Term":
        return Term("-", (_term(other), self))

    def __mul__(self, other: "Term | Number") -> "Term":
        return Term("*", (self, _term(other)))

    def __rmul__(self, other: Number) -> "Term":
        return Term("*", (_term(other), self))

    def __truediv__(self, other: "Term | Number") -> "Term":
        return Term("/", (self, _term(other)))

    def __rtruediv__(self, other: Number) -> "Term":
        return Term("/", (_term(other), self))

    def __neg__(self) -> "Term":
        return Term("negative", (self,))

    def __bool__(self) -> bool:
        raise InputError(
            "a line cannot branch on another line\n  its value differs by path and month\n"
            "  do: use flags, `largest`, `smallest` or `positive`"
        )

    def walk(self) -> Iterator["Term"]:
        """This term and all below it."""
        yield self
        for argument in self.arguments:
            yield from argument.walk()


def _term(value: Term | Number) -> Term:
    return value if isinstance(value, Term) else Term("constant", value=float(value))


def largest(first: Term | Number, second: Term | Number) -> Term:
    """The larger of two, element by element."""
    return Term("largest", (_term(first), _term(second)))


def smallest(first: Term | Number, second: Term | Number) -> Term:
    """The smaller of two, element by element."""
    return Term("smallest", (_term(first), _term(second)))


def positive(value: Term) -> Term:
    """The value where above zero, else zero."""
    return largest(value, 0.0)


def previous(line: Term) -> Term:
    """A line's value of the month before; in the first month its opening value."""
    if line.operation != "line":
        raise InputError("previous() takes a line\n  it got an expression\n  do: give the expression a line of its own")
    return Term("previous", (line,))


def total(line: Term) -> Term:
    """A line's sum over all segments (markets x channels)."""
    if line.operation != "line":
        raise InputError("total() takes a line\n  it got an expression\n  do: give the expression a line of its own")
    return Term("total", (line,))


@dataclass(frozen=True)
class Line:
    """A named line: unit, note, source, the block it stands in, and its expression (None for an input).

    `level` is "segment" (market x channel) or "group". `opening` names the input that holds its value before the first
    month, for lines that others look back on.
    """

    name: str
    unit: str
    note: str
    block: str
    level: str = "segment"
    source: str = ""
    opening: str | None = None
    expression: Term | None = None

    @cached_property
    def now(self) -> set[str]:
        """Lines of the same month that it needs."""
        if self.expression is None:
            return set()
        before = {id(node.arguments[0]) for node in self.expression.walk() if node.operation == "previous"}
        return {node.name for node in self.expression.walk() if node.operation == "line" and id(node) not in before}

    @cached_property
    def before(self) -> set[str]:
        """Lines of the month before that it needs."""
        if self.expression is None:
            return set()
        return {node.arguments[0].name for node in self.expression.walk() if node.operation == "previous"}

    @cached_property
    def openings(self) -> set[str]:
        """The input that holds its opening value, if it has one."""
        return {self.opening} if self.opening else set()


@dataclass
class Model:
    """Lines by name, in the order in which they were written."""

    lines: dict[str, Line] = field(default_factory=dict)
    _found: dict[object, list] = field(default_factory=dict, repr=False, compare=False)

    def input(
        self, name: str, unit: str, note: str, *, level: str = "segment", source: str = "", block: str = "inputs"
    ) -> None:
        """An input: its numbers come from the company, another area or an assumption."""
        self._add(Line(name, unit, note, block, level, source))

    def line(
        self, unit: str, note: str, *, block: str, level: str = "segment", opening: str | None = None, source: str = ""
    ) -> Callable[[Callable[..., Term]], Callable[..., Term]]:
        """Register the decorated function as a line of its own name; its arguments are the lines that it needs."""

        def register(function: Callable[..., Term]) -> Callable[..., Term]:
            arguments = list(inspect.signature(function).parameters)
            expression = _term(function(*(Term("line", name=argument) for argument in arguments)))
            self._add(Line(function.__name__, unit, note, block, level, source, opening, expression))
            return function

        return register

    def _add(self, line: Line) -> None:
        if line.name in self.lines:
            raise InputError.out_of_range("line", line.name, "a name that no other line has")
        if line.level not in ("segment", "group"):
            raise InputError.unknown(f"level of line {line.name!r}", line.level, ("segment", "group"))
        self.lines[line.name] = line
        self._found.clear()

    def _remembered(self, key: object, find: Callable[[], list]) -> list:
        """What was found about the graph of lines since the last line was added."""
        if key not in self._found:
            self._found[key] = find()
        return self._found[key]

    @property
    def inputs(self) -> list[str]:
        """Names of the inputs."""
        return [line.name for line in self.lines.values() if line.expression is None]

    def order(self) -> list[str]:
        """Lines in an order in which each follows what it needs of the same month.

        Raises InputError naming the lines of a circle, or a line that nobody defined.
        """
        return self._remembered("order", self._order)

    def _order(self) -> list[str]:
        for line in self.lines.values():
            for needed in (line.now | line.before) - self.lines.keys():
                raise InputError.unknown(f"line needed by {line.name!r}", needed, self.lines)
        try:
            return list(TopologicalSorter({name: sorted(line.now) for name, line in self.lines.items()}).static_order())
        except CycleError as error:
            circle = " -> ".join(error.args[1])
            raise InputError(
                f"the lines {circle} need each other in the same month\n  a circle has no defined value\n"
                "  do: take one of them from the month before, with previous()"
            ) from None

    def components(self) -> list[list[str]]:
        """The lines in the order of calculation, grouped: lines that carry a balance through each other stand together.

        A group of one that does not look back on itself can be computed for all months at once.
        """
        return self._remembered("components", self._components)

    def _components(self) -> list[list[str]]:
        order = self.order()
        place = {name: index for index, name in enumerate(order)}
        reach = {
            name: _reachable({n: line.now | line.before for n, line in self.lines.items()}, name) for name in order
        }
        groups: dict[str, list[str]] = {}
        for name in order:
            mates = [other for other in order if other in reach[name] and name in reach[other]]
            groups.setdefault(mates[0] if mates else name, mates or [name])
        needs = {
            key: {other for other, mates in groups.items() if other != key and reach[key] & set(mates)}
            for key in groups
        }
        ranked = TopologicalSorter({key: sorted(needs[key], key=place.get) for key in groups}).static_order()
        return [groups[key] for key in ranked]

    def looks_back(self, group: list[str]) -> bool:
        """Whether a group of `components` has to go through the months one by one."""
        return len(group) > 1 or group[0] in self.lines[group[0]].before

    def lineage(self, name: str) -> list[str]:
        """Everything that a line rests on, inputs included, in the order of calculation.

        Raises InputError for an unknown line.
        """
        if name not in self.lines:
            raise InputError.unknown("line", name, self.lines)
        return self._remembered(("lineage", name), lambda: self._lineage(name))

    def _lineage(self, name: str) -> list[str]:
        needs = {key: line.now | line.before | line.openings for key, line in self.lines.items()}
        below = _reachable(needs, name) | {name}
        return [key for key in self.order() if key in below]


def _reachable(needs: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    queue: Iterable[str] = needs[start]
    while queue:
        seen |= set(queue)
        queue = {below for name in queue for below in needs[name]} - seen
    return seen


@dataclass
class Lines:
    """Line functions collected at module level, each under its own name, to be registered in a model.

    The docstring of a function is the line's note.
    """

    entries: list[tuple[Callable[..., Term], dict[str, object]]] = field(default_factory=list)

    def block(self, name: str, *, level: str) -> Callable[..., Callable]:
        """A decorator factory for the lines of one block: `@block(unit, opening=...)`."""

        def with_unit(unit: str, opening: str | None = None, source: str = "") -> Callable:
            def collect(function: Callable[..., Term]) -> Callable[..., Term]:
                options = {"unit": unit, "block": name, "level": level, "opening": opening, "source": source}
                self.entries.append((function, options))
                return function

            return collect

        return with_unit

    def register(self, model: Model) -> None:
        """Add all the lines to a model."""
        for function, options in self.entries:
            note = inspect.getdoc(function) or ""
            model.line(note=note.removesuffix("."), **options)(function)
