"""Write the command line's reference from its own help: ``make_cli_docs.py docs/cli.md``."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from kg.cli import cli

HEAD = """# The command line

Made from `kg --help` and the help of every command by `make docs`; do not edit.

Results go to stdout, everything else to stderr. Exit codes: 0 fine, 1 the data did not pass, 2 wrong usage or input
that cannot be read, 3 could not run (store, endpoint, disk).

## While typing

A shell offers commands, questions and options, and from the store (`KG_STORE`, or `kg.store` where you are) symbols of
genes, figids, papers, chemicals and diseases. To switch that on, once:

```
echo 'eval "$(_KG_COMPLETE=bash_source kg)"' >> ~/.bashrc
echo 'eval "$(_KG_COMPLETE=zsh_source kg)"' >> ~/.zshrc
echo '_KG_COMPLETE=fish_source kg | source' > ~/.config/fish/completions/kg.fish
```
"""


def reference() -> str:
    """The whole document."""
    settings = {"help_option_names": cli.context_settings["help_option_names"]}
    parts = [HEAD]
    stack: list[tuple[str, click.Command, click.Context | None]] = [("kg", cli, None)]
    while stack:
        name, command, parent = stack.pop(0)
        # A fixed width: the document must not depend on the terminal of whoever makes it.
        context = click.Context(
            command,
            info_name=name.rpartition(" ")[2],
            parent=parent,
            terminal_width=100,
            max_content_width=100,
            **settings,
        )
        parts.append(f"## {name}\n\n```\n{command.get_help(context).rstrip()}\n```\n")
        if isinstance(command, click.Group):
            below = [(n, command.get_command(context, n)) for n in command.list_commands(context)]
            stack = [(f"{name} {n}", c, context) for n, c in below if c is not None] + stack
    return "\n".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
