-- migrate:up

-- A loss of a study after so many iterations, by Bayesmark's rule: the one at the point with the least visible loss; of equal
-- ones that of the last iteration, and within it of the first suggestion. Both arrays have a row for each iteration.
create function loss_after(visible double precision[], losses double precision[], iterations integer)
returns double precision language sql immutable as $$
    select point.loss
    from unnest(visible[1:iterations], losses[1:iterations]) with ordinality as point (visible, loss, n)
    order by point.visible, (point.n - 1) / array_length(loss_after.visible, 2) desc, point.n
    limit 1
$$;
revoke all on function loss_after(double precision[], double precision[], integer) from public;
grant execute on function loss_after(double precision[], double precision[], integer) to arena_gateway;

-- Baseline rows of boards are found among the organizer runs of their competition.
create index organizer_runs_by_competition on organizer_runs (competition_id, created_at desc, key desc);

-- migrate:down
