// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.Node;

/** Collects what is wrong with one file. Not thread-safe. */
final class Findings {
    private final String file;
    private final List<Finding> found = new ArrayList<>();

    Findings(String file) {
        this.file = file;
    }

    void error(Node at, String message, String hint) {
        add(at, Finding.Severity.ERROR, message, hint);
    }

    void warning(Node at, String message, String hint) {
        add(at, Finding.Severity.WARNING, message, hint);
    }

    void error(int line, int column, String message, String hint) {
        found.add(new Finding(file, line, column, Finding.Severity.ERROR, message, hint));
    }

    private void add(Node at, Finding.Severity severity, String message, String hint) {
        int line = at.getStartMark().map(Mark::getLine).orElse(-1) + 1;
        int column = at.getStartMark().map(Mark::getColumn).orElse(-1) + 1;
        found.add(new Finding(file, line, column, severity, message, hint));
    }

    /** The folder in which the file names other files. */
    Path folder() {
        return Path.of(file).toAbsolutePath().resolveSibling("");
    }

    boolean hasErrors() {
        return found.stream().anyMatch(f -> f.severity() == Finding.Severity.ERROR);
    }

    /** All findings, in the order of the file. */
    List<Finding> sorted() {
        return found.stream()
                .sorted(Comparator.comparingInt(Finding::line).thenComparingInt(Finding::column))
                .distinct()
                .toList();
    }
}
