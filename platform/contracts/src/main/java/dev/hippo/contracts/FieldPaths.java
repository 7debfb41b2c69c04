// SPDX-License-Identifier: Apache-2.0
package dev.hippo.contracts;

import build.buf.validate.FieldPath;
import build.buf.validate.FieldPathElement;

/** Writes protovalidate's structured field path as text. */
final class FieldPaths {
    private FieldPaths() {}

    static String text(FieldPath path) {
        StringBuilder text = new StringBuilder();
        for (FieldPathElement element : path.getElementsList()) {
            if (text.length() > 0) {
                text.append('.');
            }
            text.append(element.getFieldName());
            switch (element.getSubscriptCase()) {
                case INDEX -> text.append('[').append(element.getIndex()).append(']');
                case BOOL_KEY -> text.append('[').append(element.getBoolKey()).append(']');
                case INT_KEY -> text.append('[').append(element.getIntKey()).append(']');
                case UINT_KEY ->
                    text.append('[')
                            .append(Long.toUnsignedString(element.getUintKey()))
                            .append(']');
                case STRING_KEY ->
                    text.append("[\"").append(element.getStringKey()).append("\"]");
                case SUBSCRIPT_NOT_SET -> {}
            }
        }
        return text.toString();
    }
}
