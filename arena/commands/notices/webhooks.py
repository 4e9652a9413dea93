"""`arena webhook`: programs of a team or of the organizers are told of events."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from arena.client.http import client_from_environment
from arena.commands.lazy_group import LazyGroup, Listed
from arena.commands.options import CompetitionOption, Json
from arena.table import Heading, TextTable, show_tables
from arena.terminal import console, show_json, time_text

if TYPE_CHECKING:
    from arena.api.notices.webhooks import Delivery, Webhook

WebhookArgument = Annotated[str, typer.Argument(help="Id of the webhook; 'arena webhook list' shows it.")]
MODULE = "notices.webhooks"
group = LazyGroup(
    "Let programs be told of what happens.",
    [
        Listed("add", f"{MODULE}:add_webhook", "Add a webhook and print its secret, which is shown once."),
        Listed("list", f"{MODULE}:list_webhooks", "List your team's webhooks, or the organizers'."),
        Listed("remove", f"{MODULE}:remove_webhook", "Remove a webhook and what it was sent."),
        Listed(
            "deliveries",
            f"{MODULE}:list_deliveries",
            "List what a webhook was sent, the newest first.",
        ),
        Listed("redeliver", f"{MODULE}:redeliver", "Send a delivery again, and enable the webhook."),
    ],
)


def add_webhook(
    url: Annotated[str, typer.Argument(help="Where requests are sent: https://...")],
    competition: CompetitionOption,
    events: Annotated[
        list[str],
        typer.Option(
            "--event",
            help="submission.ended, phase.closing, announcement, leaderboard.changed, and for organizers "
            "incident.opened. Repeatable.",
        ),
    ],
    as_json: Json = False,
) -> None:
    """Add a webhook and print its secret, which is shown once.

    A team hears of its own submissions.
    """
    path = f"/api/v1/competitions/{competition}/webhooks"
    answer = client_from_environment().post(path, {"url": url, "events": events})
    if as_json:
        show_json(answer.json)
        return
    console.print(answer.json["secret"], soft_wrap=True)


def list_webhooks(competition: CompetitionOption, as_json: Json = False) -> None:
    """List your team's webhooks, or the organizers'."""
    answer = client_from_environment().get(f"/api/v1/competitions/{competition}/webhooks")
    if as_json:
        show_json(answer.json)
        return
    from arena.api.notices.webhooks import WebhookPage

    show_tables(webhooks_table(answer.parse(WebhookPage).webhooks))


def remove_webhook(webhook: WebhookArgument, as_json: Json = False) -> None:
    """Remove a webhook and what it was sent."""
    answer = client_from_environment().delete(f"/api/v1/webhooks/{webhook}")
    if as_json:
        show_json(answer.json)
    else:
        console.print(f"removed {answer.json['id']}")


def list_deliveries(
    webhook: WebhookArgument,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many at most.")] = 20,
    as_json: Json = False,
) -> None:
    """List what a webhook was sent, the newest first."""
    answer = client_from_environment().get(f"/api/v1/webhooks/{webhook}/deliveries", limit=limit)
    if as_json:
        show_json(answer.json)
        return
    from arena.api.notices.webhooks import DeliveryPage

    show_tables(deliveries_table(answer.parse(DeliveryPage).deliveries))


def redeliver(
    webhook: WebhookArgument,
    delivery: Annotated[str, typer.Argument(help="Id of the delivery.")],
    as_json: Json = False,
) -> None:
    """Send a delivery again, and enable the webhook.

    It keeps its id.
    """
    answer = client_from_environment().post(f"/api/v1/webhooks/{webhook}/deliveries/{delivery}/redeliver")
    if as_json:
        show_json(answer.json)
    else:
        console.print(f"{answer.json['id']} is sent again")


def webhooks_table(webhooks: Sequence["Webhook"]) -> TextTable:
    """Return webhooks as a table."""
    headings = [Heading("id"), Heading("url", "text"), Heading("events", "text"), Heading("waiting", "number")]
    rows = [
        (
            *(str(each.id), each.url, ", ".join(each.events), str(each.waiting)),
            f"disabled {time_text(each.disabled_at)}: {each.disabled_because}"
            if each.disabled_at
            else f"failing since {time_text(each.failing_since)}"
            if each.failing_since
            else "works",
        )
        for each in webhooks
    ]
    return TextTable([*headings, Heading("state", "text")], rows)


def deliveries_table(deliveries: Sequence["Delivery"]) -> TextTable:
    """Return deliveries as a table."""
    headings = [Heading("id"), Heading("event"), Heading("created"), Heading("state"), Heading("attempts", "number")]
    headings += [Heading("last attempt"), Heading("answer", "text")]
    rows = [
        (
            *(str(each.id), each.event, time_text(each.created_at), each.state, str(each.attempts)),
            time_text(each.attempted_at),
            " ".join(filter(None, (str(each.status or ""), each.problem))),
        )
        for each in deliveries
    ]
    return TextTable(headings, rows)
