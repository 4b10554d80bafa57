-- table: named_people
-- grain: kind, person_id
-- reads: asked_keys, asked_texts, people, outcomes, outcome_people
-- says: whom a typed identifier means, by the kind that it is taken for; an order may be nobody's (-1)
SELECT asked_keys.kind, people.person_id, CAST(NULL AS VARCHAR) AS outcome_id
FROM asked_keys
INNER JOIN people ON asked_keys.identifier = people.identifier
UNION
SELECT asked_texts.kind, outcome_people.person_id, outcomes.outcome_id
FROM outcomes
INNER JOIN asked_texts
    ON outcomes.outcome_id = asked_texts.text
    OR outcomes.order_id = asked_texts.text
    OR outcomes.deal_id = asked_texts.text
    OR outcomes.payment_id = asked_texts.text
INNER JOIN outcome_people
    ON outcomes.outcome_id = outcome_people.outcome_id AND outcomes.stage = outcome_people.stage
