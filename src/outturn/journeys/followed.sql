-- table: followed
-- grain: person_id, oclid
-- reads: event_people, people
-- says: whose every click on a link of our own was
SELECT DISTINCT people.person_id, event_people.oclid
FROM event_people
INNER JOIN people ON event_people.identifier = people.identifier
WHERE event_people.type = 'touch' AND event_people.oclid <> '' AND NOT COALESCE(event_people.is_bot, FALSE)
