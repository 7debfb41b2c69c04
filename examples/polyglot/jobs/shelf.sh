# SPDX-License-Identifier: Apache-2.0
# Puts a text that was printed on the shelf.
set -eu
echo "${HIPPO_PARTITION##*/}" >> "$OUT/shelf"
