// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Helps whoever named a field that a message does not have. */
final class FieldNames {
    private FieldNames() {}

    /** {@code did you mean 'x'?} if a field's name is near, else the names that there are. */
    static String hint(Descriptor message, String name) {
        List<String> names =
                message.getFields().stream().map(FieldDescriptor::getName).toList();
        if (names.isEmpty()) {
            return "it has no fields";
        }
        String wanted = name.toLowerCase(Locale.ROOT);
        return names.stream()
                .filter(known -> distance(known.toLowerCase(Locale.ROOT), wanted) <= Math.max(2, wanted.length() / 3))
                .min(Comparator.comparingInt(known -> distance(known.toLowerCase(Locale.ROOT), wanted)))
                .map(known -> "did you mean '" + known + "'?")
                .orElse("its fields are " + String.join(", ", names));
    }

    /** How many letters must be put in, left out or replaced to make one of the other. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int above = row[j];
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(above, row[j - 1]) + 1);
                diagonal = above;
            }
        }
        return row[b.length()];
    }
}
