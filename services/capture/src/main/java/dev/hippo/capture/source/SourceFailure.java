// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.source;

/** A source cannot do what it is asked to; the message says what, why and what to do, and holds no secret. */
public final class SourceFailure extends Exception {
    private static final long serialVersionUID = 1L;

    /** What may help. */
    public enum Kind {
        /** It may work again by itself: no connection, a server that restarts. */
        PASSING,
        /** Somebody has to change something: rights, settings, the pipeline file. */
        SETTING,
        /** The log does not reach back to the position: a lost slot, a purged binlog. Only a new snapshot or a jump on explicit order helps. */
        GONE
    }

    private final Kind kind;

    public SourceFailure(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** A position that this reader cannot have told. */
    public static SourceFailure ofAnotherReader(Position stored, Throwable cause) {
        return new SourceFailure(
                Kind.GONE,
                "position " + stored + " was stored by another kind of reader, and this one cannot go on from it;"
                        + " give the hippo another name, and it begins with all rows, or have it read as before",
                cause);
    }

    public SourceFailure(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    public Kind kind() {
        return kind;
    }
}
