"""The Chinese README tells people to type what the English one does, and what it says exists."""

import re

import typer.main
from crossborder import language
from crossborder.language import matching
from crossborder.reports import cli, project

ROOT = project.root()
README = (ROOT / "README.zh.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(?:bash|sh|console)\n(.*?)^```", README, re.M | re.S)
COMMANDS = [line.split("#")[0].strip() for block in BLOCKS for line in block.splitlines() if line.strip()]


def test_it_starts_with_the_same_two_commands():
    assert COMMANDS[:2] == ["make report", "make test"]


def test_every_command_exists():
    group = typer.main.get_command(cli.app)
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for line in COMMANDS:
        if line.startswith("make "):
            assert re.search(rf"^{line.split()[1]}:.*## ", makefile, re.M), line
        else:
            command = group.commands[line.split("crossborder ", 1)[1].split()[0]]
            options = {name for one in command.params for name in (*one.opts, *one.secondary_opts)}
            assert {word for word in line.split() if word.startswith("-")} <= options, line


def test_links_exist_and_every_notebook_is_named():
    links = [link for link in re.findall(r"]\(([^)#]+)", README) if "://" not in link]
    assert links and [link for link in links if not (ROOT / link).exists()] == []
    assert [path.name[:2] for path in project.numbered() if path.name[:2] not in README] == []


def terms() -> dict[str, str]:
    """The terms of the glossary that stand one to one."""
    found = {}
    for line in (ROOT / "docs" / "glossary_zh.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        english, chinese = cells[0].split(", "), cells[1].split("、") if len(cells) > 1 else []
        if len(english) == len(chinese) and not english[0].startswith("-"):
            found |= dict(zip(english, chinese, strict=True))
    return found


def test_the_glossary_is_kept():
    """A term that stands for itself in the catalogues has the glossary's translation, perhaps with its unit."""
    said = {matching.normal(key): text for part in language.catalogue("zh").values() for key, text in part.items()}
    kept = {english: said[english] for english in terms() if english in said}
    assert len(kept) > 20
    allowed = {english: re.findall("[\u3400-\u9fffA-Z]+", terms()[english]) for english in kept}
    assert {one: text for one, text in kept.items() if not any(word in text for word in allowed[one])} == {}
