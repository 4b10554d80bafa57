-- table: touches_to_credit
-- grain: touch_id of touches
-- reads: touches
-- says: every touch as the kernel takes it; in the order in which touches lie, which spares it a sort
SELECT bucket, person_id AS owner, occurred_at, place FROM touches
