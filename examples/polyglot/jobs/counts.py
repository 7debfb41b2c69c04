# SPDX-License-Identifier: Apache-2.0
"""Counts the words of a text."""
import collections
import csv
import json
import os

folder = os.path.join(os.environ["OUT"], os.path.basename(os.environ["HIPPO_PARTITION"]))
with open(os.path.join(folder, "words"), encoding="utf-8") as lines:
    counts = collections.Counter(line.strip() for line in lines)
with open(os.path.join(folder, "counts.csv"), "w", encoding="utf-8", newline="") as file:
    csv.writer(file).writerows(counts.most_common())
with open(os.environ["HIPPO_RESULT_FILE"], "w", encoding="utf-8") as result:
    json.dump({"rows_in": sum(counts.values()), "rows_out": len(counts)}, result)
print(f"{len(counts)} different words; most often: {counts.most_common(1)[0][0]}")
