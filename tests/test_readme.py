"""What the README types is what the command line takes: every verb has a row, every option named there exists."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from planner.cli.main import VERBS, main

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")
PARTS = {"prices": ("list", "show", "quote", "import", "history", "energy", "export")}  # verbs of a verb
ROW = re.compile(r"^\| (`edgewise.*?) \| (.+) \|$", re.MULTILINE)


def typed() -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each verb that a row of the table names, with the options of that row; a bare word beside a verb is one too."""
    for row in ROW.finditer(README):
        words = re.findall(r"`([^`]+)`", row[1])
        verbs = [word.removeprefix("edgewise").split()[0] for word in words if word.removeprefix("edgewise").split()]
        named = [verb for verb in verbs if not verb.startswith("-")]
        options = tuple(re.findall(r"--[a-z-]+", row[0]))
        yield from ((verb, options) for verb in named)


def test_every_verb_has_a_row() -> None:
    assert dict(typed()).keys() == VERBS.keys()


@pytest.mark.parametrize("verb", VERBS)
def test_every_option_that_the_readme_types_exists(verb: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([verb, "--help"]) == 0
    help_words = capsys.readouterr().out
    for part in PARTS.get(verb, ()):
        assert main([verb, part, "--help"]) == 0
        help_words += capsys.readouterr().out
    shown = set(re.findall(r"--[a-z-]+", help_words))
    assert {option for name, options in typed() if name == verb for option in options} <= shown


def test_every_file_that_the_readme_links_is_there() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert links
    assert not [link for link in links if not (Path(__file__).parents[1] / link).exists()]
