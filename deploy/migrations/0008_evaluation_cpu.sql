-- migrate:up

alter table studies add column evaluation_cpu_s double precision;
comment on column studies.evaluation_cpu_s is
    'CPU time of the study''s evaluations as the black box measured it, which other work on the machine leaves alone; null in '
    'studies stored before it was kept.';

-- migrate:down
