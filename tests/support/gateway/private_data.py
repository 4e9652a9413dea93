"""A mark in every column of the database that may hold something of a person or a machine, to look for it elsewhere."""

import asyncpg

from shared.database import Pool

UNMISTAKABLE = "unmistakable"
PUBLIC_TABLES = {
    *("baselines", "baseline_boxes", "competitions", "competition_revisions", "black_boxes", "phases", "datasets"),
    *("teams", "provenances", "announcements", "schema_migrations"),
}
"""What organizers, and the code, state for everybody."""
PUBLIC_COLUMNS = {
    *("submissions.environment", "submissions.blob_sha256", "submissions.verdict", "submissions.state"),
    *("studies.suggestions", "shards.family", "shards.state", "tokens.role"),
}
REQUIRED = {
    *(
        "people.email",
        "people.name",
        "email_links.email",
        "email_links.name",
        "identities.issuer",
        "identities.subject",
    ),
    *("emails.recipient", "emails.subject", "emails.body", "webhooks.url", "webhooks.secret", "deliveries.body"),
    *("notice_choices.secret", "tokens.name", "submissions.filename", "idempotency_keys.key", "study_logs.log"),
    *("executions.detail", "executions.runner_id", "studies.runner_id", "runners.id", "dropped_data.dropped_by"),
    *("submissions.verdict_detail", "registrations.rules_version", "generalization_reveals.revealed_by"),
}
"""Without a mark in these, a search for it would find nothing, whatever is wrong."""
ROWS = """
insert into email_links (hash, email, expires_at) values ('\\x00', 'x@uni.example', now() + interval '1 day');
insert into identities (issuer, subject, person_id) select 'x', 'x', id from people limit 1;
insert into notice_choices (person_id) select id from people on conflict do nothing;
insert into webhooks (competition_id, url, events, secret) select id, 'x', '{}', 'x' from competitions;
insert into deliveries (webhook_id, event, body, state) select id, 'x', 'x', 'failed' from webhooks;
insert into study_logs (shard_id, attempt, study, submission_id, log) select id, 1, 9, submission_id, 'x' from shards;
insert into dropped_data (competition_id, kind, dropped_by) select id, 'suggestions', 'x' from competitions;
insert into generalization_reveals (phase_id, revealed_by) select id, 'x' from phases where name = 'feedback';
"""
COLUMNS = """
select c.table_name, c.column_name from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where c.table_schema = 'public' and t.table_type = 'BASE TABLE' and c.is_generated = 'NEVER'
    and c.data_type = 'text' and c.table_name <> 'outbox'
order by c.table_name, c.column_name
"""


async def add_rows(pool: Pool) -> None:
    """Add rows to tables that a competition need not fill."""
    await pool.execute(ROWS)


async def mark_columns(pool: Pool) -> None:
    """Write something unmistakable into every text of every row, but where only a few words may stand."""
    marked = set()
    for table, column in await pool.fetch(COLUMNS):
        if table in PUBLIC_TABLES or f"{table}.{column}" in PUBLIC_COLUMNS:
            continue
        try:
            done = await pool.execute(f"update {table} set {column} = '{UNMISTAKABLE} ' || ctid")  # noqa: S608
        except (asyncpg.CheckViolationError, asyncpg.ForeignKeyViolationError):
            continue
        if done != "UPDATE 0":
            marked.add(f"{table}.{column}")
    assert marked >= REQUIRED, f"no rows to mark in {sorted(REQUIRED - marked)}"
