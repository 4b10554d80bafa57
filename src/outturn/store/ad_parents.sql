-- table: ad_parents
-- grain: platform, level, id
-- reads: ad_entities
-- says: the ad group and campaign of every ad and ad group that the platform's own tables tell, for reports that name the ad alone
WITH groups AS (
    SELECT platform, id, parent_id FROM ad_entities WHERE level = 'ad_group' AND parent_id IS NOT NULL
)
SELECT platform, 'ad_group' AS level, id, id AS ad_group_id, parent_id AS campaign_id FROM groups
UNION ALL
SELECT ads.platform, 'ad' AS level, ads.id, ads.parent_id AS ad_group_id, groups.parent_id AS campaign_id
FROM ad_entities AS ads
LEFT JOIN groups ON ads.platform = groups.platform AND ads.parent_id = groups.id
WHERE ads.level = 'ad' AND ads.parent_id IS NOT NULL
