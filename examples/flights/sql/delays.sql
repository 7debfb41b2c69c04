-- Departures and their delays by airport and hour, with what was known of the airport at that time.
SELECT d.airport,
       a.name,
       a.city,
       a.state,
       a.latitude,
       a.longitude,
       d.window_start AS `hour`,
       d.flights,
       d.delayed,
       d.average_delay_minutes,
       d.longest_delay_minutes
FROM (
  SELECT origin                                                AS airport,
         window_start,
         window_time,
         COUNT(*)                                              AS flights,
         SUM(CASE WHEN delay_minutes >= 15 THEN 1 ELSE 0 END)  AS delayed,
         AVG(CAST(delay_minutes AS DOUBLE))                    AS average_delay_minutes,
         MAX(delay_minutes)                                    AS longest_delay_minutes
  FROM TABLE(TUMBLE(TABLE flights, DESCRIPTOR(departed_at), INTERVAL '1' HOUR))
  GROUP BY origin, window_start, window_end, window_time
) AS d
LEFT JOIN airports FOR SYSTEM_TIME AS OF d.window_time AS a ON a.iata = d.airport
