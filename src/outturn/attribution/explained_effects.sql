-- table: explained_effects
-- grain: model, channel
-- reads: credit_totals
-- takes: goal text
-- says: the removal effects with which the build has credited a goal; a channel that it credited nothing has none
SELECT model, channel, removal_effect
FROM credit_totals
WHERE goal = $goal AND grain = 'channel' AND removal_effect IS NOT NULL
