"""Prints docs/reference/commands.md, made from the commands themselves: `make docs` runs it."""

from collections.abc import Iterator
from typing import Any

from typer.main import get_command

from rapport.cli import app

HEAD = """# Commands

Made by `make docs` from the commands' own `--help`, which every command answers.
"""


def page() -> str:
    """Every command with its arguments and options, as Markdown."""
    lines = [HEAD]
    for name, command in commands(get_command(app), "rapport"):
        lines.extend(_section(name, command))
    return "\n".join(lines).rstrip() + "\n"


def commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """The command and all below it, each with its full name, in the order of ``--help``."""
    yield name, command
    for below, one in getattr(command, "commands", {}).items():
        yield from commands(one, f"{name} {below}")


def parameters(command: Any) -> list[tuple[str, Any]]:
    """Arguments by their word, options by their flags."""
    named = []
    for one in command.params:
        argument = one.param_type_name == "argument"
        named.append((_argument(one) if argument else "`, `".join(_flags(one)), one))
    return named


def _argument(one: Any) -> str:
    word = one.metavar or one.name.upper()
    return f"{word}..." if one.nargs == -1 and not word.endswith("...") else word


def _flags(option: Any) -> list[str]:
    value = "" if option.is_flag else f" {option.metavar or _kind(option)}"
    return [f"{flag}{value}" for flag in (*option.opts, *option.secondary_opts)]


def _kind(option: Any) -> str:
    kind = option.type_descriptor.annotation
    return {"int": "N", "float": "NUMBER"}.get(kind.__name__, "TEXT")


def _section(name: str, command: Any) -> list[str]:
    lines = [
        f"## {name}",
        "",
        _paragraphs(command.help),
        "",
        "```",
        _usage(name, command),
        "```",
        "",
    ]
    below = [f"[{one}]({_anchor(name, one)})" for one in getattr(command, "commands", {})]
    if below:
        lines += ["Commands: " + ", ".join(below), ""]
    rows = [_row(word, one) for word, one in parameters(command)]
    if rows:
        lines += ["| what to give | meaning | default |", "|---|---|---|", *rows, ""]
    return lines


def _anchor(name: str, below: str) -> str:
    return "#" + f"{name} {below}".replace(" ", "-")


def _paragraphs(text: str) -> str:
    """Lines of one paragraph joined, an empty line between two."""
    parts = text.strip().split("\n\n")
    return _text("\n\n".join(" ".join(part.split()) for part in parts))


def _text(words: str) -> str:
    """Words in which Markdown sees no HTML and no table."""
    return words.replace("<", "&lt;").replace("|", r"\|")


def _usage(name: str, command: Any) -> str:
    named = parameters(command)
    arguments = [word for word, one in named if one.param_type_name == "argument"]
    options = ["[OPTIONS]"] if len(arguments) < len(named) else []
    below = ["COMMAND"] if hasattr(command, "commands") else []
    return " ".join([name, *arguments, *options, *below])


def _row(word: str, one: Any) -> str:
    return f"| `{word}` | {_text(one.help or '')} | {_text(_default(one))} |"


def _default(one: Any) -> str:
    if one.required:
        return "required"
    if getattr(one, "is_flag", False) or one.default in (None, ""):
        return ""
    return f"{one.default}"


if __name__ == "__main__":
    print(page(), end="")
