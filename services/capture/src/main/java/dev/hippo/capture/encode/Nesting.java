// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.encode;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.pipeline.FieldPath;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Puts the columns of a row into the messages of the row's message, fields in the order of their numbers. A message of which no column has a value is not there. Rows come with a tag for each
 * column, which is not that of its field. Not thread-safe.
 */
final class Nesting {
    private static final int NUMBER_SHIFT = 3;

    private final Part root = new Part(0);
    /** By column; null where the contract has no field. */
    private final @Nullable Part[] leaves;

    Nesting(ContractMapping mapping) {
        leaves = new Part[mapping.table().columns().size()];
        for (int i = 0; i < leaves.length; i++) {
            FieldPath path = mapping.path(i);
            if (path != null) {
                Part part = root;
                for (FieldDescriptor field : path.fields()) {
                    part = part.inside(field);
                }
                leaves[i] = part;
            }
        }
    }

    /** The tag of a column. */
    static int tag(int column, int wireType) {
        return ((column + 1) << NUMBER_SHIFT) | wireType;
    }

    /** A field: one that takes a column, or a message of such. */
    private static final class Part {
        private final int tag;
        private final List<Part> inside = new ArrayList<>();
        /** Where the values of the column are, with its tags; those of a list follow each other. */
        private int begin;

        private int end;
        /** Of all that is inside, or of the values with the field's tags. */
        private int size;

        Part(int tag) {
            this.tag = tag;
        }

        Part inside(FieldDescriptor field) {
            int wanted = ImageWriter.tag(field);
            for (Part each : inside) {
                if (each.tag == wanted) {
                    return each;
                }
            }
            Part part = new Part(wanted);
            inside.add(part);
            inside.sort(Comparator.comparingInt(each -> each.tag));
            return part;
        }

        int measure() {
            if (!inside.isEmpty()) {
                size = 0;
                for (Part each : inside) {
                    int length = each.measure();
                    size += each.inside.isEmpty() || length == 0
                            ? length
                            : CodedOutputStream.computeUInt32SizeNoTag(each.tag)
                                    + CodedOutputStream.computeUInt32SizeNoTag(length)
                                    + length;
                }
            }
            return size;
        }

        void write(byte[] row, CodedOutputStream to) throws IOException {
            for (Part each : inside) {
                if (each.size == 0) {
                    continue;
                }
                if (each.inside.isEmpty()) {
                    each.values(row, to);
                } else {
                    to.writeUInt32NoTag(each.tag);
                    to.writeUInt32NoTag(each.size);
                    each.write(row, to);
                }
            }
        }

        private void values(byte[] row, CodedOutputStream to) throws IOException {
            CodedInputStream from = CodedInputStream.newInstance(row, begin, end - begin);
            for (int next = from.readTag(); next != 0; next = from.readTag()) {
                int value = begin + from.getTotalBytesRead();
                from.skipField(next);
                to.writeUInt32NoTag(tag);
                to.write(row, value, begin + from.getTotalBytesRead() - value);
            }
        }
    }

    /**
     * The message of a row.
     *
     * @param row its columns, each with the tag that it has here
     * @param length of that
     */
    byte[] nested(byte[] row, int length) {
        for (Part leaf : leaves) {
            if (leaf != null) {
                leaf.size = 0;
            }
        }
        try {
            CodedInputStream from = CodedInputStream.newInstance(row, 0, length);
            int begin = 0;
            for (int tag = from.readTag(); tag != 0; tag = from.readTag()) {
                int value = from.getTotalBytesRead();
                from.skipField(tag);
                Part leaf = leaves[(tag >>> NUMBER_SHIFT) - 1];
                if (leaf != null) {
                    leaf.begin = leaf.size == 0 ? begin : leaf.begin;
                    leaf.end = from.getTotalBytesRead();
                    leaf.size += CodedOutputStream.computeUInt32SizeNoTag(leaf.tag) + leaf.end - value;
                }
                begin = from.getTotalBytesRead();
            }
            byte[] message = new byte[root.measure()];
            CodedOutputStream to = CodedOutputStream.newInstance(message);
            root.write(row, to);
            to.checkNoSpaceLeft();
            return message;
        } catch (IOException e) {
            throw new IllegalStateException("a row that was written here cannot be read", e);
        }
    }
}
