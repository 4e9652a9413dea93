-- migrate:up

-- The organizer's own studies are organizer runs; a re-scoring that is not applied yet is a candidate.
alter table trials rename to organizer_runs;
alter table organizer_runs rename constraint trials_pkey to organizer_runs_pkey;
alter table phases drop constraint phases_kind_check;
alter table phases drop constraint phases_baseline;
update phases set kind = 'organizer_run', name = 'organizer-run-' || substr(name, 7) where kind = 'trial';
update phases set kind = 'rescoring_candidate', name = 'candidate-' || substr(name, 9) where kind = 'preview';
alter table phases add constraint phases_kind_check
    check (kind in ('competition', 'organizer_run', 'rescoring_candidate', 'archived'));
alter table phases add constraint phases_baseline check (kind = 'organizer_run' or baseline_id is not null);
comment on column phases.kind is
    'competition: what teams submit to; organizer_run: studies of the organizer, without a score; rescoring_candidate: a '
    're-scoring that is not applied yet; archived: what a re-scoring replaced, or a candidate that was discarded.';
comment on column teams.internal is 'The organizer''s own, for organizer runs: on no leaderboard.';
comment on column studies.loss is
    'Rescaled and clipped best visible loss at the last iteration, in [-1, 1]; null in an organizer run.';

-- migrate:down
