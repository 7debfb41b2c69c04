// SPDX-License-Identifier: Apache-2.0
package dev.hippo.capture.pull;

import dev.hippo.capture.source.SourceFailure;
import dev.hippo.capture.source.SourceFailure.Kind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of files: of all that the patterns name at the time. A file that is written to while it is read breaks the scan off. */
final class FileScan implements Scan {
    private static final int LINE_BITS = 40;

    private final Path folder;
    private final List<String> patterns;
    private final List<String> fields;
    private volatile List<Path> files = List.of();

    FileScan(Path folder, List<String> patterns, List<String> fields) {
        this.folder = folder;
        this.patterns = List.copyOf(patterns);
        this.fields = List.copyOf(fields);
    }

    /** One form of files. */
    interface Rows extends AutoCloseable {
        /**
         * The values of the next row, by the number of the contract's field; null at the end.
         *
         * @throws SourceFailure if there is something else than a row
         */
        @Nullable
        Object @Nullable [] next() throws IOException, SourceFailure;

        /** The line at which the last row began, or its number where there are no lines, from 1. */
        long line();

        @Override
        void close() throws IOException;
    }

    /** How a file was at one time. */
    private record Stamp(long size, long modified) {
        static Stamp of(Path file) throws IOException {
            return new Stamp(Files.size(file), Files.getLastModifiedTime(file).toMillis());
        }
    }

    @Override
    public void check() throws SourceFailure {
        for (Path file : FilePatterns.files(folder, patterns)) {
            try (Rows rows = open(file)) {
                rows.line();
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
    }

    @Override
    public void read(RowListener to) throws SourceFailure, InterruptedException {
        List<Path> found = FilePatterns.files(folder, patterns);
        files = found;
        for (int i = 0; i < found.size(); i++) {
            Path file = found.get(i);
            long first = (long) i << LINE_BITS;
            try {
                Stamp before = Stamp.of(file);
                try (Rows rows = open(file)) {
                    for (@Nullable Object[] row = rows.next(); row != null; row = rows.next()) {
                        to.row(first + rows.line(), row);
                    }
                }
                if (!before.equals(Stamp.of(file))) {
                    throw new SourceFailure(
                            Kind.PASSING,
                            name(file) + " was written to while it was read; write beside it and give it its name"
                                    + " when it is whole");
                }
            } catch (IOException e) {
                throw unreadable(file, e);
            }
        }
    }

    private SourceFailure unreadable(Path file, IOException e) {
        return new SourceFailure(
                Kind.PASSING,
                name(file) + " cannot be read: "
                        + (e instanceof CharacterCodingException ? "it is not in UTF-8" : e.toString()),
                e);
    }

    private Rows open(Path file) throws IOException, SourceFailure {
        if (file.toString().endsWith(".parquet")) {
            return new ParquetRows(file, fields, name(file));
        }
        BufferedReader text = new BufferedReader(new InputStreamReader(
                Files.newInputStream(file),
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT)));
        try {
            return file.toString().endsWith(".csv")
                    ? new CsvRows(text, fields, name(file))
                    : new JsonRows(text, fields, name(file));
        } catch (IOException | SourceFailure e) {
            text.close();
            throw e;
        }
    }

    private String name(Path file) {
        Path begin = folder.toAbsolutePath().normalize();
        return (file.startsWith(begin) ? begin.relativize(file) : file).toString();
    }

    @Override
    public String describe(long place) {
        int number = (int) (place >>> LINE_BITS);
        return name(files.get(number)) + ":" + (place & ((1L << LINE_BITS) - 1));
    }

    @Override
    public void close() {
        // a file is open only while it is read, and its end is near
    }
}
