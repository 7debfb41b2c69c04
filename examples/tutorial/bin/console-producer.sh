#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Kafka's own console producer, on the Kafka of the pipeline in this folder. All options are handed on; --bootstrap-server is given unless you give it.
set -eu
folder=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
tools=$folder/../../lib/kafka-tools
[ -d "$tools" ] || { echo "console-producer: Kafka's tools are not built yet; start the pipeline with ./hippo up first" >&2; exit 70; }
case " $* " in
  *' --bootstrap-server '*) ;;
  *)
    port=${HIPPO_STATE:-$folder/.hippo}/kafka.port
    [ -r "$port" ] || { echo "console-producer: there is no $port; is the pipeline up?" >&2; exit 3; }
    set -- --bootstrap-server "127.0.0.1:$(tr -d '[:space:]' < "$port")" "$@" ;;
esac
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -Xmx256m -Dorg.slf4j.simpleLogger.defaultLogLevel=warn -cp "$tools/*" org.apache.kafka.tools.ConsoleProducer "$@"
