-- name: list_archived(competition_id, after, size)
-- A page of a competition's scored submissions, by id, with what says whether their zips may be published, and with the
-- phase of which they were first submissions: that of a final's is another one, however often either was rescored.
select
    s.id, p.name as phase, t.name as team, s.score, s.score_low, s.score_high, s.environment, s.studies_total,
    s.blob_sha256, s.publish_zip and s.zip_dropped_at is null as zip_published, s.origin_id, s.created_at, s.ended_at,
    s.id in (select c.id from counting_submissions c where c.phase_id = s.phase_id) as counting, root.phase as origin_phase
from phases p
join submissions s on s.phase_id = p.id
join teams t on t.id = s.team_id
left join lateral (
    with recursive lineage as (
        select o.origin_id, o.phase_id from submissions o where o.id = s.origin_id
        union all
        select o.origin_id, o.phase_id from lineage l join submissions o on o.id = l.origin_id
    )
    select op.name as phase from lineage l join phases op on op.id = l.phase_id where l.origin_id is null
) root on true
where p.competition_id = :competition_id and p.kind = 'competition' and s.state = 'scored'
    and (:after::uuid is null or s.id > :after)
order by s.id
limit :size;

-- name: may_be_published(competition_id, sha256)$
-- Whether a blob may go into the archive: a data set of the competition, or a scored zip whose team agreed.
select exists (
    select from submissions s join phases p on p.id = s.phase_id
    where s.blob_sha256 = :sha256 and p.competition_id = :competition_id and p.kind = 'competition'
        and s.state = 'scored' and s.publish_zip and s.zip_dropped_at is null
) or exists (
    select from black_boxes b where b.competition_id = :competition_id and b.dataset_sha256 = :sha256
);
