"""What code a section of a notebook reaches: names followed through imports, assignments and calls, without running."""

import ast
import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "crossborder"


@cache
def modules() -> dict[str, tuple[Path, ast.Module]]:
    """Every module of the package by its dotted name."""
    found = {}
    for path in sorted((ROOT / "lib" / PACKAGE).rglob("*.py")):
        parts = path.relative_to(ROOT / "lib").with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        found[name] = (path, ast.parse(path.read_text(encoding="utf-8")))
    return found


def imports(tree: ast.AST) -> dict[str, str]:
    """What each imported name of the package stands for."""
    return {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == PACKAGE
        for alias in node.names
    }


@cache
def definitions() -> dict[str, tuple[str, ast.AST]]:
    """Every function, class and method by its dotted name, with the module it stands in; constants count as well."""
    found: dict[str, tuple[str, ast.AST]] = {}
    for module, (_, tree) in modules().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                found[f"{module}.{node.name}"] = (module, node)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Name):
                        found[f"{module}.{target.id}"] = (module, node)
    return found


@cache
def known(module: str) -> dict[str, str]:
    """What each name of a module stands for: its own definitions and its imports from the package."""
    own = {name.rpartition(".")[2]: name for name, (where, _) in definitions().items() if where == module}
    return {**own, **imports(modules()[module][1])}


def origin(name: str) -> str:
    """Where a name is defined, past the modules that only pass it on."""
    module, _, last = name.rpartition(".")
    if name in definitions() or name in modules() or module not in modules():
        return name
    onward = known(module).get(last)
    return origin(onward) if onward and onward != name else name


def mentioned(tree: ast.AST, names: dict[str, str]) -> set[str]:
    """The package's definitions that a piece of code names, directly or as `module.name`."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in names:
            found.add(origin(names[node.id]))
        elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in names:
            found.add(origin(f"{names[node.value.id]}.{node.attr}"))
    return found


@cache
def calls(name: str) -> frozenset[str]:
    """What one definition names itself."""
    if name not in definitions():
        return frozenset()
    module, node = definitions()[name]
    return frozenset(mentioned(node, {**known(module), **imports(node)}))


def closure(start: Iterable[str]) -> set[str]:
    """Everything reached from some definitions."""
    found, waiting = set(), list(start)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += calls(name)
    return found


@cache
def sections(notebook: str) -> dict[str, set[str]]:
    """Each section of a notebook with the package's definitions that it reaches, its variables followed back."""
    cells = json.loads((ROOT / "notebooks" / f"{notebook}.ipynb").read_text(encoding="utf-8"))["cells"]
    heading, code = "", {}
    for cell in cells:
        text = "".join(cell["source"])
        if cell["cell_type"] == "code":
            code.setdefault(heading, []).append(ast.parse(text))
        elif heads := [line for line in text.splitlines() if line.startswith("## ")]:
            heading = heads[-1].removeprefix("## ").strip()
            code.setdefault(heading, [])
    trees = [tree for part in code.values() for tree in part]
    names = {short: full for tree in trees for short, full in imports(tree).items()}
    made = assigned(trees)
    return {
        heading: closure(set().union(*[mentioned(node, names) for tree in part for node in behind(tree, made)], set()))
        for heading, part in code.items()
    }


def assigned(trees: list[ast.Module]) -> dict[str, list[ast.AST]]:
    """The statements that give each variable its value."""
    found: dict[str, list[ast.AST]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Assign | ast.AugAssign | ast.NamedExpr):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                for name in {x.id for target in targets for x in ast.walk(target) if isinstance(x, ast.Name)}:
                    found.setdefault(name, []).append(node)
    return found


def behind(tree: ast.AST, made: dict[str, list[ast.AST]]) -> list[ast.AST]:
    """The code and every statement behind the variables that it uses."""
    found, waiting = [], [tree]
    while waiting:
        node = waiting.pop()
        if any(node is one for one in found):
            continue
        found.append(node)
        for name in {x.id for x in ast.walk(node) if isinstance(x, ast.Name)}:
            waiting += made.get(name, [])
    return found


@cache
def tests_of(file: str) -> dict[str, tuple[frozenset[str], frozenset[str]]]:
    """Each test of a file: what it names of the package (helpers of the file included) and all reached from there."""
    path = ROOT / file
    beside = path.parent / "conftest.py"
    trees = [ast.parse(one.read_text(encoding="utf-8")) for one in (path, beside) if one.exists()]
    names = {short: full for tree in trees for short, full in imports(tree).items()}
    parts: dict[str, ast.AST] = {}
    for node in [node for tree in reversed(trees) for node in tree.body]:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            parts[node.name] = node
        elif isinstance(node, ast.Assign):
            parts |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
    found = {}
    for name, node in parts.items():
        if isinstance(node, ast.FunctionDef) and name.startswith("test"):
            said = frozenset().union(*[mentioned(part, names) for part in used(node, parts)])
            found[name] = (said, frozenset(closure(said)))
    return found


def used(node: ast.AST, parts: dict[str, ast.AST]) -> list[ast.AST]:
    """A test and the file's own definitions that it uses, fixtures included."""
    found, waiting = [], [node]
    while waiting:
        part = waiting.pop()
        if any(part is one for one in found):
            continue
        found.append(part)
        words = {x.id for x in ast.walk(part) if isinstance(x, ast.Name)}
        words |= {x.arg for x in ast.walk(part) if isinstance(x, ast.arg)}
        waiting += [parts[word] for word in words if word in parts]
    return found
