-- table: recurring
-- grain: outcome_id
-- reads: recurring_moves, sale_rates
-- takes: currency text
-- says: what each entry of a subscription moves monthly recurring revenue by, in the workspace's currency; NULL: its rate is missing
SELECT
    recurring_moves.outcome_id, recurring_moves.import_id, recurring_moves.line, recurring_moves.kind, recurring_moves.subscription,
    recurring_moves.currency, recurring_moves.gross_micros, recurring_moves.occurred_at, recurring_moves.date_day,
    recurring_moves.rate_day, recurring_moves.unknown,
    CASE
        WHEN recurring_moves.currency IS NULL OR recurring_moves.currency = $currency
            THEN recurring_moves.value_to - recurring_moves.value_from
        ELSE outturn_muldiv(recurring_moves.value_to, sale_rates.ours, sale_rates.theirs)
            - outturn_muldiv(recurring_moves.value_from, sale_rates.ours, sale_rates.theirs)
    END AS moved_micros
FROM recurring_moves
LEFT JOIN sale_rates ON recurring_moves.rate_day = sale_rates.date_day AND recurring_moves.currency = sale_rates.currency
