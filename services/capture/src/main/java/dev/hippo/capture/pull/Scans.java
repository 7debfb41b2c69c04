// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import dev.hippo.capture.source.SourceFailure;
import dev.hippo.pipeline.HippoSettings.Capture;
import dev.hippo.pipeline.HippoSettings.Capture.Pull;
import java.nio.file.Path;
import java.util.List;

/** Knows what scans what. */
public final class Scans {
    private Scans() {}

    /**
     * The scan that a pipeline file asks for, not connected yet.
     *
     * @param folder in which the file names other files
     * @throws SourceFailure if what it names is not there
     */
    public static Scan of(Capture capture, Pull pull, Path folder, Descriptor contract) throws SourceFailure {
        List<String> fields =
                contract.getFields().stream().map(FieldDescriptor::getName).toList();
        if (!pull.files().isEmpty()) {
            return new FileScan(folder, pull.files(), fields);
        }
        OwnClasses classes = OwnClasses.of(folder, pull.classpath());
        return pull.program().isEmpty()
                ? new JdbcScan(
                        new JdbcSettings(capture.url(), capture.user(), capture.password(), pull.query()),
                        fields,
                        classes)
                : new ProgramScan(pull.program(), fields, classes);
    }
}
