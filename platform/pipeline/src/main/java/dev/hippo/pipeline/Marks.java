// SPDX-License-Identifier: Apache-2.0
package dev.hippo.pipeline;

import java.util.HashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.nodes.Node;

/** Remembers where in the file each thing stands, by paths such as {@code topics/flights/key}. */
public final class Marks {
    /** A place, both counted from 1. */
    record Place(int line, int column) {}

    private final String file;
    private final Map<String, Place> places = new HashMap<>();

    Marks(String file) {
        this.file = file;
    }

    void put(String path, Node node) {
        node.getStartMark().ifPresent(mark -> places.put(path, new Place(mark.getLine() + 1, mark.getColumn() + 1)));
    }

    /** A finding at the path, or at the nearest known place above it. */
    public Finding finding(String path, Finding.Severity severity, String message, String hint) {
        String at = path;
        while (!at.isEmpty() && !places.containsKey(at)) {
            at = at.contains("/") ? at.substring(0, at.lastIndexOf('/')) : "";
        }
        Place place = places.getOrDefault(at, new Place(1, 1));
        return new Finding(file, place.line(), place.column(), severity, message, hint);
    }

    /** The file as the user wrote it. */
    public String file() {
        return file;
    }
}
