SELECT id, number * 2 AS doubled FROM events WHERE number >= 0
