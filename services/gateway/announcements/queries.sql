-- name: add_announcement(competition_id, title, text)^
-- Adds an announcement.
insert into announcements (competition_id, title, text) values (:competition_id, :title, :text)
returning id, title, text, created_at;

-- name: list_announcements(competition_id, after, after_id, size)
-- A page of announcements, the newest first.
select id, title, text, created_at
from announcements
where competition_id = :competition_id and (:after::timestamptz is null or (created_at, id) < (:after, :after_id))
order by created_at desc, id desc
limit :size;

-- name: withdraw_announcement(competition_id, id)$
-- Removes an announcement.
delete from announcements where competition_id = :competition_id and id = :id returning true;
