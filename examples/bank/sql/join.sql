-- What each account holds, and who its customer is by now: rows that change, into a changelog topic. An account may be given to another customer, so that its old
-- row and its new one come from different places of the join; the last line keeps them in order.
INSERT INTO holdings (id, customer, name, city, balance)
SELECT a.id, a.customer, c.name, c.city, a.balance
FROM accounts AS a
JOIN customers AS c ON c.id = a.customer
ON CONFLICT DO DEDUPLICATE;

CREATE TEMPORARY VIEW ordered AS
SELECT t.id, t.payer, t.payee, t.customer, c.name, t.amount, t.made_at
FROM transfers AS t
JOIN customers AS c ON c.id = t.customer;

-- Each transfer once, with the name that its customer had when the two met first: a stream that only grows. A join over rows that change tells its own rows again
-- whenever a name changes; TO_CHANGELOG makes each of these changes a row, and the first of each transfer is kept.
INSERT INTO payments
SELECT id, payer, payee, customer, name, amount, made_at
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY id ORDER BY told) AS place
  FROM (SELECT *, PROCTIME() AS told FROM TO_CHANGELOG(input => TABLE ordered) WHERE op IN ('INSERT', 'UPDATE_AFTER'))
)
WHERE place = 1;
