CREATE TEMPORARY VIEW words AS
SELECT l.`at`, w.word
FROM `lines` AS l
CROSS JOIN UNNEST(REGEXP_EXTRACT_ALL(LOWER(l.`text`), '([a-z]+)')) AS w (word);

-- since the beginning: a changelog topic, in which each count replaces the one before
INSERT INTO counts
SELECT word, COUNT(*) AS times
FROM words
GROUP BY word;

-- over five seconds, anew every second, by the time at which the lines were said
INSERT INTO recent
SELECT word, window_end AS `until`, COUNT(*) AS times
FROM TABLE(HOP(TABLE words, DESCRIPTOR(`at`), INTERVAL '1' SECOND, INTERVAL '5' SECOND))
GROUP BY word, window_start, window_end;
