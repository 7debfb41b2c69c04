// SPDX-License-Identifier: Apache-2.0
package dev.hippo.doctor.supervision;

import dev.hippo.wire.service.Alert;
import dev.hippo.wire.service.Assignment;
import java.util.List;

/** What the Doctor has decided to order and to tell. */
record Decisions(List<Assignment> assignments, List<Alert> alerts) {
    Decisions {
        assignments = List.copyOf(assignments);
        alerts = List.copyOf(alerts);
    }

    boolean isEmpty() {
        return assignments.isEmpty() && alerts.isEmpty();
    }
}
