#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# A hippo without a line of Hippo: Kafka's own console consumer, a program that reads and writes JSON, Kafka's own console producer.
# press.sh HOST:PORT
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tools=$here/../../tutorial/bin
"$tools/console-consumer.sh" --bootstrap-server "$1" --topic hippo-finish --group press --from-beginning \
  | python3 "$here/press.py" \
  | "$tools/console-producer.sh" --bootstrap-server "$1" --topic hippo-finish
