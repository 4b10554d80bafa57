-- table: company_touches_to_credit
-- grain: company_id, touch_id of company_touches
-- reads: company_touches
-- says: every touch of a company as the kernel takes it; companies are the owners from -2 downwards, so that the
--   order in which their touches lie is turned round
SELECT bucket, -2 - company_id AS owner, occurred_at, place FROM company_touches
