// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts.change;

import dev.hippo.contracts.Place;
import dev.hippo.contracts.change.ContractChange.Effect;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Collects changes, each once. Not thread-safe. */
final class Changes {
    private final Set<ContractChange> found = new LinkedHashSet<>();

    void breaks(Place at, String message, String hint) {
        found.add(new ContractChange(at.file(), at.line(), at.column(), Effect.BREAKS, message, hint));
    }

    void renames(Place at, String message, String hint) {
        found.add(new ContractChange(at.file(), at.line(), at.column(), Effect.RENAMES, message, hint));
    }

    List<ContractChange> all() {
        return List.copyOf(found);
    }
}
