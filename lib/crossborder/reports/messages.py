"""Every text that a reader can see, and what of it no catalogue has.

Run: python -m crossborder.reports.messages [LANGUAGE] [--fill FILE] [--prune] [--run NOTEBOOK ...]
Without options it prints the texts of the sources that lack a translation, as JSON by area, ready to be filled in and
merged with --fill. With --prune translations of texts that are gone are taken out. With --run it runs notebooks in
that language and adds the words of the data that were asked for.
"""

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from crossborder import language
from crossborder.language import matching
from crossborder.reports import answers, project, translation

__all__ = ["asked", "fill", "lacking", "main", "messages", "prune", "stale"]

# Calls by name, with the arguments that a reader sees; 0 is the first.
CALLS = {
    "t": (0,), "say": (0,), "table": ("caption", "headers"), "missing": ("adds",), "Result": ("label", "note"),
    "finish": ("title", "subtitle", "source", "alt"), "Field": ("description", "json_schema_extra"),
}  # fmt: skip
ROOMS = ("charts", "plan", "reports", "style")
IN_TEMPLATE = re.compile(r"""\bt\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
AREAS = {"0": "start", "1": "market", "2": "selection", "3": "supply", "4": "marketing", "5": "finance", "6": "risk",
         "7": "start"}  # fmt: skip


def messages() -> dict[str, str]:
    """All texts of the sources that have to have a translation, and the area of each."""
    found: dict[str, str] = {}
    package = project.root() / "lib" / "crossborder"
    for path in sorted(path for room in ROOMS for path in (*package.glob(f"{room}.py"), *package.glob(f"{room}/**/*"))):
        if path.suffix == ".py":
            _keep(found, _of_code(path.read_text(encoding="utf-8")), _area(path.relative_to(package)))
        elif path.suffix in (".j2", ".js"):
            said = IN_TEMPLATE.findall(path.read_text(encoding="utf-8"))
            _keep(found, (ast.literal_eval(one) for one in said), "pages")
    _keep(found, (row["question"] for row in answers.rows()), "questions")
    for path in project.numbered():
        area = AREAS[path.name[0]]
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            source = "".join(cell["source"])
            _keep(found, _of_markdown(source) if cell["cell_type"] == "markdown" else _of_code(source), area)
    return found


def lacking(name: str) -> dict[str, dict[str, str]]:
    """By area: the texts of the sources that no catalogue of the language has, each with an empty translation."""
    known = {key for part in language.catalogue(name).values() for key in part}
    whole = {matching.normal(key) for key in known}
    found: dict[str, dict[str, str]] = {}
    for text, area in messages().items():
        if text not in known and (matching.FIELD.search(text) or matching.normal(text) not in whole):
            found.setdefault(area, {})[text] = ""
    return found


def stale(name: str) -> list[str]:
    """Keys of the areas' catalogues that stand in no source any more; words and codes of the data are left out."""
    there = set(messages())
    loose = {matching.normal(text) for text in there}
    parts = language.catalogue(name)
    kept = (key for area, part in parts.items() if area not in (language.WORDS, language.CODES) for key in part)
    return [key for key in kept if key not in there and matching.normal(key) not in loose]


def fill(name: str, filled: dict[str, dict[str, str]]) -> int:
    """Add translations by area to the catalogues of a language, sorted; those left empty are not taken."""
    count = 0
    for area, part in filled.items():
        path = language.CATALOGUES / f"{name}_{area}.json"
        there = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        new = {key: said for key, said in part.items() if said}
        count += len(new)
        path.write_text(json.dumps(there | new, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return count


def prune(name: str) -> int:
    """Take the stale keys out of the catalogues of a language; how many they were."""
    gone = set(stale(name))
    for area, part in language.catalogue(name).items():
        if area not in (language.WORDS, language.CODES) and gone & set(part):
            kept = {key: said for key, said in part.items() if key not in gone}
            path = language.CATALOGUES / f"{name}_{area}.json"
            path.write_text(json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    return len(gone)


def asked(notebook: Path, name: str) -> tuple[list[str], dict]:
    """Texts that a notebook asked for in a language and did not find, and its record; it is run in this process."""
    language.missed.clear()
    record: dict = {}
    room = {"__name__": "__main__", "display": _show}
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] != "code":
            continue
        shown = _run(source, room)
        if "parameters" in cell.get("metadata", {}).get("tags", ()):
            room["language"] = name
        record = shown if isinstance(shown, dict) else record
    from crossborder import style

    style.use("en")
    return list(language.missed), record


def _run(source: str, room: dict) -> object:
    """Run a cell as a notebook does, showing its last expression; the record's data if it was a record."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, "cell", "exec"), room)
    if last is None:
        return None
    shown = eval(compile(ast.Expression(last.value), "cell", "eval"), room)
    return _show(shown)


def _show(*shown: object) -> object:
    """Show things as a notebook does; the record's data if the last one was a record."""
    for one in shown:
        for way in ("_repr_html_", "_repr_markdown_", "_repr_mimebundle_"):
            if hasattr(one, way):
                getattr(one, way)()
                break
    return shown[-1].as_data() if shown and hasattr(shown[-1], "as_data") else None


def _keep(found: dict[str, str], texts: Iterable[str], area: str) -> None:
    for text in texts:
        if text and matching.has_words(matching.FIELD.sub("", text)):
            found.setdefault(text, area)


def _area(path: Path) -> str:
    """The area of a source file, from its name."""
    if path.parts[0] in ("charts", "plan"):
        name = path.stem.split("_")[0] if path.parts[0] == "charts" else "start"
        return name if name in AREAS.values() else "start"
    return "parameters" if "parameters" in path.parts else "pages"


def _of_markdown(source: str) -> Iterator[str]:
    for _, part in translation.blocks(source):
        if part.startswith("|"):
            yield from (cell.strip() for cell in part.split("|"))
        else:
            yield part


def _of_code(source: str) -> Iterator[str]:
    tree = ast.parse("\n".join(line for line in source.splitlines() if not line.startswith(("%", "!"))))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for argument in CALLS.get(called, ()):
                given = node.args[:1] if argument == 0 else [one.value for one in node.keywords if one.arg == argument]
                for value in given:
                    yield from _constants(value)
        elif isinstance(node, ast.Dict):
            yield from _headers(node)


def _constants(value: ast.expr) -> Iterator[str]:
    """The texts that an argument can be: a text, one of two, or the values of a dict."""
    if isinstance(value, ast.Constant) and isinstance(value.value, str):
        yield value.value
    elif isinstance(value, ast.BinOp) and isinstance(value.op, ast.Add):
        yield from (text.strip() for side in (value.left, value.right) for text in _constants(side))
    elif isinstance(value, ast.IfExp):
        yield from _constants(value.body)
        yield from _constants(value.orelse)
    elif isinstance(value, ast.Dict):
        for one in value.values:
            yield from _constants(one)


def _headers(node: ast.Dict) -> Iterator[str]:
    """The headers of a table of columns: column: (header, format)."""
    from crossborder.style import FORMATS

    for value in node.values:
        parts = (
            [one.value for one in value.elts if isinstance(one, ast.Constant)] if isinstance(value, ast.Tuple) else []
        )
        if len(parts) == 2 and parts[1] in FORMATS and isinstance(parts[0], str):
            yield parts[0]


def main(arguments: list[str]) -> int:
    """Print what lacks a translation, or take one in; 1 if anything lacks."""
    name = next((one for one in arguments if one in language.LANGUAGES), "zh")
    if "--fill" in arguments:
        path = Path(arguments[arguments.index("--fill") + 1])
        print(fill(name, json.loads(path.read_text(encoding="utf-8"))), "taken in")
        return 0
    if "--prune" in arguments:
        print(prune(name), "taken out")
        return 0
    found = lacking(name)
    if "--run" in arguments:
        named = arguments[arguments.index("--run") + 1 :]
        for path in project.numbered():
            if not named or path.name[:2] in named or path.stem in named:
                missed, _ = asked(path, name)
                found.setdefault(language.WORDS, {}).update(dict.fromkeys(missed, ""))
    print(json.dumps(found, ensure_ascii=False, indent=1))
    return 1 if any(found.values()) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
