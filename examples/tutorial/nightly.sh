# What a mission knows is in its environment; what it tells of itself goes into the result file.
echo "building the report of $HIPPO_DB.$HIPPO_TABLE ${HIPPO_PARTITION:-(whole table)}, written by $HIPPO_METHOD"
echo '{"rows_in": 1000, "rows_out": 31}' > "$HIPPO_RESULT_FILE"
