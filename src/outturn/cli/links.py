"""`outturn links`: addresses of our own, made, listed and put out of use."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from outturn import api
from outturn.cli.output import json_option, print_json, print_table
from outturn.domain.links import DUPLICATES, LINK_KINDS, MACROS

if TYPE_CHECKING:
    from pathlib import Path

_host_option = click.option(
    "--host", default="", help="Where the collector is reached, such as https://t.shop.example. Default: this machine."
)


@click.group("links", invoke_without_command=True)
@json_option
@click.pass_context
def links_command(ctx: click.Context, *, as_json: bool) -> None:
    """Links, pixels and postbacks of our own, and what they count as.

    \b
    outturn -w acme links
    outturn -w acme links add spring --to "https://shop.example/sale?aff={sub1}" --channel affiliates
    outturn -w acme links show spring --host https://t.shop.example
    """
    if ctx.invoked_subcommand is not None:
        return
    links = api.find(ctx.obj).links()
    if as_json:
        print_json({"links": links})
        return
    if not links:
        click.echo("No links yet. Make one with: outturn links add --help")
        return
    print_table(
        "Links",
        ("id", "kind", "channel", "partner", "campaign", "state", "leads to"),
        [
            (
                link["id"], link["kind"], link["channel"], link["partner"] or None,
                link["campaign_name"] or link["campaign_id"], link["state"], link["destination"] or None,
            )
            for link in links
        ],
    )  # fmt: skip


@links_command.command("add")
@click.argument("link_id", metavar="ID")
@click.option("--to", "destination", default="", help=f"Where clicks go. Its query may hold {{{'}, {'.join(MACROS)}}}.")
@click.option("--kind", type=click.Choice(LINK_KINDS), default="click", help="Default: click.")
@click.option("--channel", required=True, help="What it brings counts there: affiliates, email, influencer, ...")
@click.option("--platform", help="The ad platform, where the link stands in an ad.")
@click.option("--campaign-id", help="Of that platform, or your own.")
@click.option("--campaign-name", help="Where there is no id.")
@click.option("--ad-group-id", help="Of that platform.")
@click.option("--ad-id", help="Of that platform.")
@click.option("--partner", help="Who was given the link.")
@click.option("--currency", help="Of postbacks that state none.")
@click.option("--duplicates", type=click.Choice(DUPLICATES), help="What a repeated transaction does. Default: update.")
@click.option("--outcome", "outcome_kind", help="What a postback is that names no event. Default: purchase.")
@_host_option
@json_option
@click.pass_obj
def add_link_command(folder: Path | None, /, link_id: str, *, as_json: bool, **options: Any) -> None:
    """Make a link. It never changes; its postbacks' secret is shown this once.

    `oclid`, our click id, is added to the address unless the destination has {click_id}.

    \b
    outturn -w acme links add spring --to https://shop.example/sale --channel affiliates --partner ana
    outturn -w acme links add net --to "https://net.example/?c={click_id}" --channel affiliates --currency EUR
    outturn -w acme links add spot --kind vast --channel ctv
    """
    made = api.find(folder).add_link(link_id, now=datetime.now(UTC), **options)
    if as_json:
        print_json(made)
        return
    _print_addresses(made)
    for name in made.get("unknown_macros", ()):
        click.echo(f"Nothing fills {{{name}}}: it is left out. Known: {', '.join(MACROS)}.", err=True)
    if "secret" in made:
        click.echo(f"SECRET is {made['secret']}\nIt is kept nowhere: note it down now.")


@links_command.command("show")
@click.argument("link_id", metavar="ID")
@_host_option
@json_option
@click.pass_obj
def show_link_command(folder: Path | None, link_id: str, host: str, *, as_json: bool) -> None:
    """Show a link's addresses, to be pasted.

    \b
    outturn -w acme links show spring --host https://t.shop.example
    """
    link = api.find(folder).link(link_id, host=host)
    if as_json:
        print_json(link)
    else:
        _print_addresses(link)


@links_command.command("disable")
@click.argument("link_id", metavar="ID")
@json_option
@click.pass_obj
def disable_link_command(folder: Path | None, link_id: str, *, as_json: bool) -> None:
    """Put a link out of use: its clicks lead nowhere. What came by it stays.

    \b
    outturn -w acme links disable spring
    """
    link = api.find(folder).set_link_state(link_id, "disabled")
    if as_json:
        print_json(link)
    else:
        click.echo(f"Link {link_id} is out of use: a running collector knows within a second.")


@links_command.command("enable")
@click.argument("link_id", metavar="ID")
@json_option
@click.pass_obj
def enable_link_command(folder: Path | None, link_id: str, *, as_json: bool) -> None:
    """Put a link back into use.

    \b
    outturn -w acme links enable spring
    """
    link = api.find(folder).set_link_state(link_id, "active")
    if as_json:
        print_json(link)
    else:
        click.echo(f"Link {link_id} is in use again: a running collector knows within a second.")


@links_command.command("secret")
@click.argument("link_id", metavar="ID")
@json_option
@click.pass_obj
def secret_command(folder: Path | None, link_id: str, *, as_json: bool) -> None:
    """Give a link's postbacks a new secret, shown this once. The old one counts no more.

    \b
    outturn -w acme links secret spring
    """
    made = api.find(folder).renew_link_secret(link_id)
    if as_json:
        print_json(made)
    else:
        click.echo(f"{made['secret']}\nIt is kept nowhere: note it down now.")


def _print_addresses(link: dict[str, Any]) -> None:
    print_table("Addresses", ("for", "address"), list(link["addresses"].items()))
