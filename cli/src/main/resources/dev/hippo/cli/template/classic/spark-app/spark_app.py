"""The work itself: any Spark app. This one writes the squares of a hundred numbers for a table and a partition."""
import os
import sys

table, partition = sys.argv[1], sys.argv[2] or "all"
folder = os.path.join("out", table)
os.makedirs(folder, exist_ok=True)

try:
    from pyspark.sql import SparkSession
except ImportError:
    rows = [(n, n * n) for n in range(100)]
else:
    spark = SparkSession.builder.appName(table).getOrCreate()
    rows = [tuple(row) for row in spark.range(100).selectExpr("id", "id * id").collect()]
    spark.stop()

# whole or not at all: the mission may be run again
half = os.path.join(folder, partition + ".half")
with open(half, "w") as out:
    out.writelines(f"{n},{square}\n" for n, square in rows)
os.replace(half, os.path.join(folder, partition + ".csv"))
print(f"wrote {len(rows)} rows of {table} {partition}")
