#!/usr/bin/env bash
# Starts the client: what listens, runs client-app for each notice, and tells how it ended. Ctrl-C stops it. Options go to 'hippo up'.
set -eu
cd "$(dirname "${BASH_SOURCE[0]}")/.."
. etc/env.cfg
exec "$HIPPO" up --file "$PWD" "$@"
