-- table: credits
-- grain: goal, model, date_day, cash_day, place
-- reads: credited_cells, goals_to_credit, models_to_credit, places
-- says: what the kernel credited, with the names of goal, model and place
SELECT
    goals_to_credit.goal,
    models_to_credit.model,
    credited_cells.date_day,
    credited_cells.cash_day,
    credited_cells.place,
    places.channel,
    places.platform,
    places.account_id,
    places.campaign_key,
    credited_cells.conversions,
    credited_cells.kept_conversions,
    credited_cells.revenue_micros,
    credited_cells.margin_micros,
    credited_cells.refunded_micros,
    credited_cells.new_customers,
    credited_cells.new_customer_revenue_micros
FROM credited_cells
INNER JOIN goals_to_credit ON goals_to_credit.number = credited_cells.goal
INNER JOIN models_to_credit ON models_to_credit.number = credited_cells.model
INNER JOIN places ON places.place = credited_cells.place
