#!/usr/bin/env bash
# Runs the Spark app, on Spark if there is one. Arguments go to the app; its exit status is that of this script.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. etc/env.cfg
submit=${SPARK_HOME:+$SPARK_HOME/bin/}spark-submit
if command -v "$submit" > /dev/null; then
  exec "$submit" --master "$SPARK_MASTER" spark-app/spark_app.py "$@"
fi
if [ -n "$SPARK_HOME" ]; then
  echo "start-spark: SPARK_HOME is $SPARK_HOME, and there is no bin/spark-submit in it" >&2
  exit 1
fi
echo "start-spark: there is no Spark here (set SPARK_HOME in etc/env.cfg); the app runs in plain Python"
exec python3 spark-app/spark_app.py "$@"
