// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import com.google.protobuf.InvalidProtocolBufferException;
import java.util.List;
import java.util.stream.Collectors;

/** A JSON text does not fit its contract. Carries every reason that was found, each with the place in the text. */
public final class JsonRefusedException extends InvalidProtocolBufferException {
    private static final long serialVersionUID = 1L;

    private final transient List<Violation> violations;

    JsonRefusedException(List<Violation> violations) {
        super(violations.stream()
                .map(violation -> violation.path().isEmpty()
                        ? violation.message()
                        : violation.path() + ": " + violation.message())
                .collect(Collectors.joining("; ")));
        this.violations = List.copyOf(violations);
    }

    /** What does not fit, all with the rule {@code parse}. A path is written as the text writes it: {@code items[2].price}. */
    public List<Violation> violations() {
        return violations;
    }
}
