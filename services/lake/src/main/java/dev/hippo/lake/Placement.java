// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import dev.hippo.lake.ChangedRows.Changed;
import dev.hippo.lake.Merge.LeafSize;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Where the changed rows of a partition go: which files may have a row of them, and in which file, or between which, each new row belongs. */
final class Placement {
    private final List<Leaf> leaves;
    private final List<Changed> changed;
    private final boolean[] touched;
    private final List<List<Changed>> placed = new ArrayList<>();
    private final List<List<Changed>> between = new ArrayList<>();

    /**
     * Finds it.
     *
     * @param leaves in the order of their ranges
     * @param changed in the order of their keys
     */
    Placement(List<Leaf> leaves, List<Changed> changed, LeafSize size) {
        this.leaves = leaves;
        this.changed = changed;
        this.touched = new boolean[leaves.size()];
        boolean[] homeless = new boolean[changed.size()];
        for (int i = 0; i < homeless.length; i++) {
            homeless[i] = !changed.get(i).isGone();
        }
        for (int i = 0; i < touched.length; i++) {
            placed.add(new ArrayList<>());
            search(i, homeless);
        }
        settle(homeless, size);
    }

    /** Finds the changes of which a file may have the row. The first that may is where a row goes. */
    private void search(int leaf, boolean[] homeless) {
        KeyRange range = leaves.get(leaf).range();
        for (int i = first(range); i < changed.size(); i++) {
            Changed change = changed.get(i);
            if (range.endsBefore(change.key())) {
                break;
            }
            if (range.mayHold(change.key())) {
                touched[leaf] = true;
                if (homeless[i]) {
                    homeless[i] = false;
                    placed.get(leaf).add(change);
                }
            }
        }
    }

    /** The first change that is not before a range. */
    private int first(KeyRange range) {
        int low = 0;
        int high = changed.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (range.beginsBefore(changed.get(middle).key())) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }

    /** Rows that no file may have: to the file before them if that is written anew anyhow or is small, else together between two. */
    private void settle(boolean[] homeless, LeafSize size) {
        TreeMap<Integer, List<Changed>> behind = new TreeMap<>();
        for (int i = 0; i < homeless.length; i++) {
            if (homeless[i]) {
                Changed change = changed.get(i);
                behind.computeIfAbsent(neighbour(change.key()), leaf -> new ArrayList<>())
                        .add(change);
            }
        }
        behind.forEach((leaf, rows) -> {
            if (leaf >= 0 && (touched[leaf] || size.isSmall(leaves.get(leaf)))) {
                touched[leaf] = true;
                placed.get(leaf).addAll(rows);
            } else {
                between.add(rows);
            }
        });
    }

    /** The last file that begins before a key, or the first; -1 if there is none. */
    private int neighbour(RowKey key) {
        int low = 0;
        int high = leaves.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (leaves.get(middle).range().beginsBefore(key)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return leaves.isEmpty() ? -1 : Math.max(0, low - 1);
    }

    List<Leaf> leaves() {
        return leaves;
    }

    /** Whether a file may have a row that changed, or gets one. */
    boolean isTouched(int leaf) {
        return touched[leaf];
    }

    /** The rows that go into a file's place. */
    List<Changed> placed(int leaf) {
        return placed.get(leaf);
    }

    /** Rows that are files of their own, those that lie together. */
    List<List<Changed>> between() {
        return between;
    }
}
