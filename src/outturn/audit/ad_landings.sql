-- table: ad_landings
-- grain: platform, page
-- reads: events, ad_hosts, source_platforms, click_platforms
-- takes: zone text, since at
-- says: arrivals that are an ad platform's beyond doubt, by the page (host and path) where they landed, and those of them that lack what an ad's address carries, since an instant
-- Beyond doubt: a paid tag names the platform, or its click id came along, or the referrer is a host that one comes
-- through by its links alone, which all carry an id. A search engine sends visitors unpaid as well, and proves nothing.
WITH hits AS (
    SELECT
        event_id, occurred_at, SPLIT_PART(url, '?', 1) AS address,
        CASE
            WHEN SUBSTRING(referrer, 1, 4) = 'http' THEN SPLIT_PART(referrer, '/', 3) ELSE SPLIT_PART(referrer, '/', 1)
        END AS site,
        COALESCE(utm_source, '') AS utm_source, COALESCE(utm_medium, '') AS utm_medium,
        CASE
            WHEN COALESCE(utm_campaign, '') = '' AND COALESCE(utm_id, '') = '' AND COALESCE(gad_campaignid, '') = '' THEN 1
            ELSE 0
        END AS nameless,
        CASE
            WHEN gclid <> '' THEN 'gclid' WHEN wbraid <> '' THEN 'wbraid' WHEN gbraid <> '' THEN 'gbraid'
            WHEN msclkid <> '' THEN 'msclkid' WHEN ttclid <> '' THEN 'ttclid' WHEN li_fat_id <> '' THEN 'li_fat_id'
            WHEN twclid <> '' THEN 'twclid' WHEN rdt_cid <> '' THEN 'rdt_cid' WHEN sccid <> '' THEN 'sccid'
            WHEN epik <> '' THEN 'epik' WHEN dclid <> '' THEN 'dclid' WHEN gad_campaignid <> '' THEN 'gad_campaignid'
            WHEN gad_source <> '' THEN 'gad_source' WHEN fbclid <> '' THEN 'fbclid' ELSE ''
        END AS click_id_kind
    FROM events
    WHERE type = 'page' AND NOT COALESCE(is_bot, FALSE)
        AND occurred_at >= $since
), marked AS (
    SELECT
        hits.event_id, hits.occurred_at, hits.address, hits.utm_source, hits.utm_medium, hits.nameless,
        hits.click_id_kind, ad_hosts.platform AS host_platform
    FROM hits
    LEFT JOIN ad_hosts ON hits.site = ad_hosts.host
    WHERE hits.utm_source <> '' OR hits.click_id_kind <> '' OR ad_hosts.platform IS NOT NULL
), summed AS (
    SELECT
        address, utm_source, utm_medium, nameless, click_id_kind, host_platform,
        COUNT(*) AS hits, MIN(event_id) AS example_id, MIN(occurred_at) AS first_at, MAX(occurred_at) AS last_at
    FROM marked
    GROUP BY address, utm_source, utm_medium, nameless, click_id_kind, host_platform
), named AS (
    SELECT
        summed.*, LOWER(SPLIT_PART(summed.address, '/', 3)) AS site,
        SUBSTRING(summed.address, LENGTH(SPLIT_PART(summed.address, '/', 1)) + LENGTH(SPLIT_PART(summed.address, '/', 3)) + 3) AS path,
        source_platforms.platform AS tag_platform, click_platforms.platform AS id_platform
    FROM summed
    LEFT JOIN source_platforms
        ON LOWER(summed.utm_source) = source_platforms.word
        AND REGEXP_MATCHES(LOWER(summed.utm_medium), '^(.*cp.*|ppc|retargeting|paid.*|display|banner)$')
    LEFT JOIN click_platforms ON summed.click_id_kind = click_platforms.click_id_kind
), told AS (
    SELECT
        named.*,
        -- Meta adds fbclid to links that nobody paid for, too: by itself it proves no ad.
        COALESCE(tag_platform, CASE WHEN click_id_kind <> 'fbclid' THEN id_platform END, host_platform) AS platform,
        CASE
            WHEN tag_platform IS NOT NULL THEN CASE WHEN COALESCE(id_platform, '') <> tag_platform THEN 1 ELSE 0 END
            WHEN click_id_kind <> 'fbclid' AND id_platform IS NOT NULL THEN nameless
            WHEN utm_source = '' AND click_id_kind = '' THEN 1
            ELSE 0
        END AS bare
    FROM named
)
SELECT
    platform,
    CASE WHEN site LIKE 'www.%' THEN SUBSTRING(site, 5) ELSE site END
        || CASE WHEN path LIKE '%/' THEN SUBSTRING(path, 1, LENGTH(path) - 1) ELSE path END AS page,
    CAST(SUM(CASE WHEN bare = 1 THEN hits ELSE 0 END) AS BIGINT) AS bare,
    CAST(SUM(hits) AS BIGINT) AS arrivals,
    outturn_day(MIN(CASE WHEN bare = 1 THEN first_at END), $zone) AS first_day,
    outturn_day(MAX(CASE WHEN bare = 1 THEN last_at END), $zone) AS last_day,
    MIN(CASE WHEN bare = 1 THEN example_id END) AS example_id
FROM told
WHERE platform IS NOT NULL AND site <> ''
GROUP BY
    platform, CASE WHEN site LIKE 'www.%' THEN SUBSTRING(site, 5) ELSE site END
        || CASE WHEN path LIKE '%/' THEN SUBSTRING(path, 1, LENGTH(path) - 1) ELSE path END
