# SPDX-License-Identifier: Apache-2.0
# The partition is the path of a text, from the folder of the pipeline file.
set -euo pipefail
folder=$OUT/$(basename "$HIPPO_PARTITION")
mkdir -p "$folder"
tr -cs '[:alpha:]' '\n' < "$HIPPO_PARTITION" | tr '[:upper:]' '[:lower:]' | grep . > "$folder/words"
echo "{\"rows_in\": $(wc -l < "$HIPPO_PARTITION"), \"rows_out\": $(wc -l < "$folder/words")}" > "$HIPPO_RESULT_FILE"
