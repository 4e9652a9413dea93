-- A study that was cut off says which limit struck.
update studies set cut_off_by = 'study' where timed_out;
