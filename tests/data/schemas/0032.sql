-- A black box of a problem family that no phase has, and a runner that has the family.
insert into black_boxes (id, competition_id, label, family, model, dataset, metric, best) values (
    '0b000000-0000-4000-8000-000000000003', 'c0000000-0000-4000-8000-000000000001', 'box-03', 'bbob', 'bbob-f01-d2-i3', '', '',
    -247.11
);
update runners set families = '{"bbob": "sha256:00"}';
