// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import java.util.List;
import java.util.stream.Collectors;

/** The contracts do not compile. Carries every problem that was found, not the first only. */
public final class ContractException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<ContractProblem> problems;

    public ContractException(List<ContractProblem> problems) {
        super(problems.stream().map(ContractProblem::toString).collect(Collectors.joining("\n")));
        this.problems = List.copyOf(problems);
    }

    public List<ContractProblem> problems() {
        return problems;
    }
}
