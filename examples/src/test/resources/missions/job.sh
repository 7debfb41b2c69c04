# Writes down what it does, and fails one time in ten.
echo "begin $HIPPO_NAME $HIPPO_PARTITION $HIPPO_MISSION_ID $HIPPO_ATTEMPT" >> "$JOURNAL"
sleep 0.05
[ $((RANDOM % 10)) -ne 0 ] || { echo "bad luck" >&2; exit 3; }
echo "end $HIPPO_NAME $HIPPO_PARTITION $HIPPO_MISSION_ID $HIPPO_ATTEMPT" >> "$JOURNAL"
