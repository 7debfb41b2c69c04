SELECT product, CAST(window_start AS STRING) AS `begin`, COUNT(*) AS sales
FROM TABLE(TUMBLE(TABLE sales, DESCRIPTOR(`at`), INTERVAL '10' MINUTE))
GROUP BY product, window_start, window_end
