-- table: stage_order
-- grain: system, earlier, later
-- reads: deal_moves
-- says: of every two stages of a CRM, how many deals had both, and entered the one before the other or after it; with all deals of the later one
WITH pairs AS (
    SELECT
        former.system, former.stage AS earlier, latter.stage AS later, COUNT(*) AS deals,
        CAST(SUM(CASE WHEN former.entered_at < latter.entered_at THEN 1 ELSE 0 END) AS BIGINT) AS in_order,
        CAST(SUM(CASE WHEN former.entered_at > latter.entered_at THEN 1 ELSE 0 END) AS BIGINT) AS against
    FROM deal_moves AS former
    INNER JOIN deal_moves AS latter
        ON former.system = latter.system AND former.deal_key = latter.deal_key AND former.stage <> latter.stage
    GROUP BY former.system, former.stage, latter.stage
), entered AS (
    SELECT system, stage, COUNT(*) AS deals FROM deal_moves GROUP BY system, stage
)
SELECT pairs.system, pairs.earlier, pairs.later, pairs.deals, pairs.in_order, pairs.against, entered.deals AS deals_of_later
FROM pairs
INNER JOIN entered ON pairs.system = entered.system AND pairs.later = entered.stage
