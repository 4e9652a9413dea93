-- migrate:up

-- Whether a zip goes into the archive of its competition: its team says so when it submits.
alter table submissions add column publish_zip boolean not null default false;
comment on column submissions.publish_zip is 'Its team agrees that the zip is published with the archive of the competition.';

create or replace view submission_details as
select
    s.id, s.phase_id, s.team_id, s.origin_id, s.revision, s.blob_sha256, s.filename, s.size_bytes, s.priority,
    s.state, s.verdict, s.verdict_stage, s.verdict_iteration, s.verdict_detail,
    s.score, s.score_low, s.score_high, s.chosen,
    s.studies_total, s.studies_done, s.studies_timed_out, s.suggest_errors, s.observe_errors,
    s.created_at, s.started_at, s.ended_at, s.change,
    c.id as competition_id, c.slug as competition, p.name as phase, p.visibility,
    p.practice or exists (select from reopenings r where r.phase_id = p.id) as practice,
    t.name as team, p.limits,
    case
        when s.studies_timed_out = 0 then '{}'
        else (
            select coalesce(jsonb_object_agg(st.cut_off_by, st.studies), '{}')
            from (
                select cut_off_by, count(*) as studies from studies
                where submission_id = s.id and cut_off_by is not null
                group by cut_off_by
            ) st
        )
    end as cut_offs,
    s.environment,
    array(
        select distinct pr.ran_by ->> 'optimizer_image' as image from provenances pr
        where pr.submission_id = s.id and pr.ran_by ->> 'optimizer_image' is not null
        order by image
    ) as optimizer_images,
    s.publish_zip
from submissions s
join phases p on p.id = s.phase_id
join competitions c on c.id = p.competition_id
join teams t on t.id = s.team_id;

-- migrate:down
