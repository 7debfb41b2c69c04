# SPDX-License-Identifier: Apache-2.0
# Runs one attempt of a mission in its folder ($1): the command is in $HIPPO_COMMAND. Leaves the pid when it begins and the exit status when the
# command has ended, so that whoever starts the hippo again knows what became of the attempt.
attempt=$1
read -r boot < /proc/sys/kernel/random/boot_id
set -C
# of two that were launched for the same attempt the second ends here
{ echo "$$ $boot" > "$attempt/pid"; } 2> /dev/null || exit 75
set +C
# the command gets the signal, this shell waits for what comes of it
trap : TERM INT
(
  trap - TERM INT
  eval "$HIPPO_COMMAND"
) > "$attempt/output.log" 2>&1 < /dev/null
status=$?
echo "$status" > "$attempt/exit"
exit "$status"
