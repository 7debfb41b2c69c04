// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

/** The bytes are no protobuf message. Cheap: it has no stack trace, because the bytes are to blame and not the code. */
public final class MalformedWireException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedWireException(String message) {
        super(message, null, false, false);
    }
}
