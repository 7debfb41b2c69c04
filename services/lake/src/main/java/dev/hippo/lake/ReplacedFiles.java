// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.delta.kernel.Snapshot;
import io.delta.kernel.data.FilteredColumnarBatch;
import io.delta.kernel.data.Row;
import io.delta.kernel.defaults.engine.fileio.FileIO;
import io.delta.kernel.engine.Engine;
import io.delta.kernel.internal.InternalScanFileUtils;
import io.delta.kernel.internal.actions.AddFile;
import io.delta.kernel.internal.actions.SingleAction;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files that a table's log says were replaced. Each version of the log is read once, when all that it replaced is old enough, and what it names is deleted if it is not live. A process that is
 * killed meanwhile does the same again.
 */
final class ReplacedFiles {
    private static final Logger log = LoggerFactory.getLogger(ReplacedFiles.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern VERSION = Pattern.compile(".*/(\\d{20})\\.json");
    /** At most so many versions at a time, so that a commit does not wait long for it. */
    private static final int MOST_VERSIONS = 100;

    private final FileIO files;
    private final Snapshot snapshot;

    ReplacedFiles(FileIO files, Snapshot snapshot) {
        this.files = files;
        this.snapshot = snapshot;
    }

    /**
     * Deletes what was replaced before a time.
     *
     * @param done the version up to which that has been done
     * @return the version up to which it has been done now
     */
    long sweep(Engine engine, Instant before, long done) throws IOException {
        long reached = done;
        List<String> replaced = new ArrayList<>();
        String from = String.format(Locale.ROOT, "%s/_delta_log/%020d.json", snapshot.getPath(), done + 1);
        try (CloseableIterator<FileStatus> entries = files.listFrom(from)) {
            for (int versions = 0; versions < MOST_VERSIONS && entries.hasNext(); ) {
                FileStatus entry = entries.next();
                Matcher name = VERSION.matcher(entry.getPath());
                if (!name.matches()) {
                    continue;
                }
                long version = Long.parseLong(name.group(1));
                if (version > snapshot.getVersion()
                        || entry.getModificationTime() > before.toEpochMilli()
                        || !read(entry, before.toEpochMilli(), replaced)) {
                    break;
                }
                reached = version;
                versions++;
            }
        }
        if (!replaced.isEmpty()) {
            delete(replaced, live(engine));
        }
        return reached;
    }

    /** Adds what a version of the log has replaced; false if any of it is not old enough. */
    private boolean read(FileStatus version, long before, List<String> replaced) throws IOException {
        List<String> found = new ArrayList<>();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(
                files.newInputFile(version.getPath(), version.getSize()).newStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode remove = JSON.readTree(line).path("remove");
                if (remove.has("path")) {
                    if (remove.path("deletionTimestamp").asLong(version.getModificationTime()) > before) {
                        return false;
                    }
                    found.add(remove.path("path").asText());
                }
            }
        }
        replaced.addAll(found);
        return true;
    }

    /** Another engine may have brought a file back, which is its right. */
    private Set<String> live(Engine engine) throws IOException {
        Set<String> live = new HashSet<>();
        try (CloseableIterator<FilteredColumnarBatch> batches =
                snapshot.getScanBuilder().build().getScanFiles(engine)) {
            while (batches.hasNext()) {
                try (CloseableIterator<Row> rows = batches.next().getRows()) {
                    rows.forEachRemaining(row -> live.add(
                            decoded(new AddFile(row.getStruct(InternalScanFileUtils.ADD_FILE_ORDINAL)).getPath())));
                }
            }
        }
        return live;
    }

    /** The log encodes names, and not every engine in the same way. */
    private static String decoded(String path) {
        try {
            String decoded = URI.create(path).getPath();
            return decoded == null ? path : decoded;
        } catch (IllegalArgumentException e) {
            return path;
        }
    }

    private void delete(List<String> paths, Set<String> live) throws IOException {
        int deleted = 0;
        for (String path : paths) {
            if (!live.contains(decoded(path)) && delete(path)) {
                deleted++;
            }
        }
        log.info("Deleted replaced files table={} files={}", snapshot.getPath(), deleted);
    }

    /** Deletes a file by its path in the log; one that is elsewhere is of another table, which this one shares. */
    private boolean delete(String path) throws IOException {
        try {
            URI place = URI.create(path);
            return !place.isAbsolute()
                    && !path.startsWith("/")
                    && files.delete(snapshot.getPath() + "/" + place.getPath());
        } catch (IllegalArgumentException e) {
            log.warn(
                    "A replaced file stays, because its path in the log is none table={} path={}",
                    snapshot.getPath(),
                    path);
            return false;
        }
    }

    /** Deletes the files that a commit would have added which was not made. */
    void forget(List<Row> actions) throws IOException {
        for (Row action : actions) {
            if (!action.isNullAt(SingleAction.ADD_FILE_ORDINAL)) {
                delete(new AddFile(action.getStruct(SingleAction.ADD_FILE_ORDINAL)).getPath());
            }
        }
    }
}
