-- table: stage_order
-- grain: system, earlier, later
-- reads: deal_moves
-- says: of every two stages of a CRM, how many deals had both, and entered the one before the other or after it; with all deals of the later one
WITH pairs AS (
    SELECT
        former.system, former.stage, latter.stage AS other_stage, COUNT(*) AS deals,
        CAST(SUM(CASE WHEN former.entered_at < latter.entered_at THEN 1 ELSE 0 END) AS BIGINT) AS before,
        CAST(SUM(CASE WHEN former.entered_at > latter.entered_at THEN 1 ELSE 0 END) AS BIGINT) AS after
    FROM deal_moves AS former
    INNER JOIN deal_moves AS latter ON former.deal_number = latter.deal_number AND former.stage < latter.stage
    GROUP BY former.system, former.stage, latter.stage
), both_ways AS (
    SELECT system, stage AS earlier, other_stage AS later, deals, before AS in_order, after AS against FROM pairs
    UNION ALL
    SELECT system, other_stage AS earlier, stage AS later, deals, after AS in_order, before AS against FROM pairs
), entered AS (
    SELECT system, stage, COUNT(*) AS deals FROM deal_moves GROUP BY system, stage
)
SELECT
    both_ways.system, both_ways.earlier, both_ways.later, both_ways.deals, both_ways.in_order, both_ways.against,
    entered.deals AS deals_of_later
FROM both_ways
INNER JOIN entered ON both_ways.system = entered.system AND both_ways.later = entered.stage
