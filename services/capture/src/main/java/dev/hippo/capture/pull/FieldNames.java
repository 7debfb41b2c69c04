// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Which column a field of the contract is: the one of its name, as it is written or else in any letters. */
final class FieldNames {
    private FieldNames() {}

    /**
     * For each field the number of its column, from 0.
     *
     * @param where the columns are, for people
     * @throws SourceFailure if a field is no column, or could be two
     */
    static int[] columns(List<String> fields, List<String> columns, String where) throws SourceFailure {
        List<String> missing = new ArrayList<>();
        int[] numbers = new int[fields.size()];
        for (int i = 0; i < numbers.length; i++) {
            String field = fields.get(i);
            List<Integer> named = IntStream.range(0, columns.size())
                    .filter(column -> columns.get(column).equals(field))
                    .boxed()
                    .toList();
            if (named.isEmpty()) {
                named = IntStream.range(0, columns.size())
                        .filter(column -> columns.get(column).equalsIgnoreCase(field))
                        .boxed()
                        .toList();
            }
            if (named.size() > 1) {
                throw new SourceFailure(
                        Kind.SETTING, where + " has column '" + field + "' " + named.size() + " times; name each once");
            }
            if (named.isEmpty()) {
                missing.add(field);
            } else {
                numbers[i] = named.get(0);
            }
        }
        if (!missing.isEmpty()) {
            throw new SourceFailure(
                    Kind.SETTING,
                    where + " has no column "
                            + missing.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "))
                            + " (it has " + String.join(", ", columns)
                            + "); add it, or take the field out of the contract");
        }
        return numbers;
    }
}
