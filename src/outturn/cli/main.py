"""The command `outturn`: its options, and which file holds which command."""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any

import click

from outturn import __version__
from outturn.domain.errors import OutturnError, UnknownName

# In the order in which a new user meets them.
COMMANDS: dict[str, str] = {
    "demo": "outturn.cli.demo",
    "init": "outturn.cli.workspace",
    "import": "outturn.cli.imports",
    "imports": "outturn.cli.imports",
    "refused": "outturn.cli.imports",
    "build": "outturn.cli.workspace",
    "kpis": "outturn.cli.figures",
    "attribute": "outturn.cli.credit",
    "explain": "outturn.cli.journeys",
    "paths": "outturn.cli.journeys",
    "unjoined": "outturn.cli.figures",
    "audit": "outturn.cli.audit",
    "serve": "outturn.cli.collect",
    "load": "outturn.cli.collect",
    "live": "outturn.cli.live",
    "keys": "outturn.cli.collect",
    "links": "outturn.cli.links",
    "collected": "outturn.cli.collected",
    "backup": "outturn.cli.safekeeping",
    "restore": "outturn.cli.safekeeping",
    "doctor": "outturn.cli.safekeeping",
    "forget": "outturn.cli.privacy",
    "person": "outturn.cli.privacy",
}


class _Lazy(click.Group):
    """Loads a command's file when the command is called: `kpis` must not pay for what `import` needs."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - as click calls it
        return list(COMMANDS)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            raise UnknownName("command", name, COMMANDS, hint="outturn --help says what each does.")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(COMMANDS[cmd_name])
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader of a pipe (head, less) has had enough: no error of ours, while click would leave with 1.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return None
        return result


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="outturn")
@click.option(
    "-w",
    "--workspace",
    type=click.Path(path_type=Path),
    help="The workspace's folder. Default: the nearest folder upwards with an outturn.toml.",
)
@click.pass_context
def cli(ctx: click.Context, workspace: Path | None) -> None:
    """From exports and event archives to figures that can be trusted.

    \b
    outturn init acme --currency EUR --time-zone Europe/Berlin
    outturn -w acme import exports/*
    outturn -w acme kpis --by channel
    outturn -w acme attribute --model linear,time_decay
    """
    ctx.obj = workspace


def main(arguments: list[str] | None = None) -> None:
    """Run one command and leave with its exit code; what Outturn refuses is a message, never a traceback."""
    try:
        code: Any = cli.main(args=arguments, prog_name="outturn", standalone_mode=False)
    except click.exceptions.Abort:
        _fail("Stopped.", 130)
    except click.ClickException as error:
        error.show()
        if isinstance(error, click.NoSuchOption) and error.option_name in {"-w", "--workspace"}:
            click.echo("It stands before the command: outturn -w DIR COMMAND", err=True)
        sys.exit(error.exit_code)
    except OutturnError as error:
        _fail(str(error), error.exit_code)
    except OSError as error:
        # A full disk, a folder without rights: the machine refuses, and says why.
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), 1)
    sys.exit(code if isinstance(code, int) else 0)


def _fail(message: str, code: int) -> None:
    click.echo(f"outturn: {message}", err=True)
    sys.exit(code)
