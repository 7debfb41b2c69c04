// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import java.util.Arrays;

/** A value that a field of the contract cannot take; the message says which value and why. */
final class UnfitValue extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 60;

    UnfitValue(Object value, String why) {
        super(shown(value) + " " + why);
    }

    private static String shown(Object value) {
        if (value instanceof byte[] bytes) {
            return bytes.length + " bytes";
        }
        String text = value instanceof Object[] list ? Arrays.deepToString(list) : String.valueOf(value);
        return "'" + (text.length() > LONGEST ? text.substring(0, LONGEST) + "..." : text) + "'";
    }
}
