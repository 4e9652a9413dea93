-- name: why_unfinished(competition_id)$
-- Why a competition is not finished; null if it is.
select coalesce(
    (
        select
            'phase ' || name
            || coalesce(' is open until ' || to_char(closes_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI "UTC"'), ' has no end')
        from phases
        where competition_id = :competition_id and kind = 'competition' and coalesce(closes_at > now(), true)
        order by position limit 1
    ),
    (
        select count(*) || ' submissions have not ended' from submissions s join phases p on p.id = s.phase_id
        where p.competition_id = :competition_id and s.ended_at is null having count(*) > 0
    )
);

-- name: measure_data(competition_id)
-- How much of each kind a competition keeps. A zip counts once, and only if no other submission or data set needs it.
with own as materialized (
    select s.id, s.state, s.blob_sha256, s.size_bytes, s.zip_dropped_at
    from submissions s join phases p on p.id = s.phase_id where p.competition_id = :competition_id
)
select 'logs' as kind, count(*) as rows, coalesce(sum(pg_column_size(l.log)), 0)::bigint as size_bytes
from study_logs l where l.submission_id in (select id from own) and not l.dropped
union all
select 'suggestions', count(*), coalesce(sum(pg_column_size(st.suggestions)), 0)::bigint
from studies st where st.submission_id in (select id from own) and st.suggestions is not null
union all
select 'zips', count(*), coalesce(sum(size_bytes), 0)::bigint
from (
    select distinct on (o.blob_sha256) o.size_bytes from own o
    where o.state in ('failed', 'cancelled') and o.zip_dropped_at is null
        and not exists (
            select from submissions s
            where s.blob_sha256 = o.blob_sha256 and s.zip_dropped_at is null
                and not (s.state in ('failed', 'cancelled') and s.id in (select id from own))
        )
        and not exists (select from datasets d where d.blob_sha256 = o.blob_sha256)
    order by o.blob_sha256
) as zips;

-- name: list_dropped(competition_id)
-- What a competition has dropped.
select kind, dropped_at, dropped_by from dropped_data where competition_id = :competition_id;

-- name: find_dropped(slug, kind)^
-- Who dropped data of a kind, and when last.
select d.kind, d.dropped_at, d.dropped_by
from dropped_data d join competitions c on c.id = d.competition_id
where c.slug = :slug and d.kind = :kind;

-- name: is_zip_dropped(submission_id)$
-- Whether the zip of a submission may be gone.
select zip_dropped_at is not null from submissions where id = :submission_id;

-- name: record_drop(competition_id, kind, dropped_by)^
-- Records who drops data of a kind, before any of it is gone.
insert into dropped_data (competition_id, kind, dropped_by) values (:competition_id, :kind, :dropped_by)
on conflict (competition_id, kind) do update set dropped_at = excluded.dropped_at, dropped_by = excluded.dropped_by
returning kind, dropped_at, dropped_by;

-- name: submissions_with_logs(competition_id)
-- Submissions of which logs are kept.
select s.id from submissions s join phases p on p.id = s.phase_id
where p.competition_id = :competition_id
    and exists (select from study_logs l where l.submission_id = s.id and not l.dropped);

-- name: submissions_with_suggestions(competition_id)
-- Submissions of which suggestions are kept.
select s.id from submissions s join phases p on p.id = s.phase_id
where p.competition_id = :competition_id
    and exists (select from studies st where st.submission_id = s.id and st.suggestions is not null);

-- name: submissions_with_zips(competition_id)
-- Submissions that were not scored and whose zip is kept.
select s.id from submissions s join phases p on p.id = s.phase_id
where p.competition_id = :competition_id and s.state in ('failed', 'cancelled') and s.zip_dropped_at is null;

-- name: drop_logs(submission_id, said)^
-- Puts who dropped it in the place of each log of a submission.
with kept as (
    select shard_id, attempt, study, pg_column_size(log) as size_bytes from study_logs
    where submission_id = :submission_id and not dropped
    for update
),
dropped as (
    update study_logs l set log = :said, dropped = true from kept k
    where (l.shard_id, l.attempt, l.study) = (k.shard_id, k.attempt, k.study)
)
select count(*) as rows, coalesce(sum(size_bytes), 0)::bigint as size_bytes from kept;

-- name: drop_suggestions(submission_id)^
-- Drops the suggestions of a submission's studies.
with kept as (
    select box_id, study, pg_column_size(suggestions) as size_bytes from studies
    where submission_id = :submission_id and suggestions is not null
    for update
),
dropped as (
    update studies st set suggestions = null from kept k
    where st.submission_id = :submission_id and (st.box_id, st.study) = (k.box_id, k.study)
)
select count(*) as rows, coalesce(sum(size_bytes), 0)::bigint as size_bytes from kept;

-- name: take_blobs()$
-- Takes all blobs for this transaction; false while a backup copies them.
select pg_try_advisory_xact_lock(hashtext('blobs'));

-- name: mark_zip_dropped(submission_id)^
-- Marks a submission's zip as dropped; says whether something else needs the same blob.
with marked as (
    update submissions set zip_dropped_at = now() where id = :submission_id and zip_dropped_at is null
    returning id, blob_sha256, size_bytes
)
select
    m.blob_sha256, m.size_bytes,
    exists (
        select from submissions s where s.blob_sha256 = m.blob_sha256 and s.id <> m.id and s.zip_dropped_at is null
    ) or exists (select from datasets d where d.blob_sha256 = m.blob_sha256) as is_needed
from marked m;
