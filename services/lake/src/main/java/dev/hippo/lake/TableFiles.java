// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import io.delta.kernel.defaults.engine.fileio.FileIO;
import io.delta.kernel.defaults.engine.fileio.InputFile;
import io.delta.kernel.defaults.engine.fileio.OutputFile;
import io.delta.kernel.defaults.engine.fileio.PositionOutputStream;
import io.delta.kernel.defaults.engine.hadoopio.HadoopFileIO;
import io.delta.kernel.utils.CloseableIterator;
import io.delta.kernel.utils.FileStatus;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;
import org.apache.hadoop.conf.Configuration;

/**
 * A table's files, by Hadoop's file systems. On the local one a version of the log is made by a hard link, which fails when the name exists: of two processes that commit the
 * same version one fails. Hadoop's own way there looks first and renames then, and between the two the other's commit would be replaced. Thread-safe.
 */
final class TableFiles implements FileIO {
    private static final String LOCAL = "file:";

    private final HadoopFileIO hadoop;

    TableFiles(Configuration configuration) {
        this.hadoop = new HadoopFileIO(configuration);
    }

    @Override
    public OutputFile newOutputFile(String path) {
        OutputFile file = hadoop.newOutputFile(path);
        Optional<Path> local = local(path);
        return local.isPresent() ? new LocalFile(file, local.get()) : file;
    }

    private Optional<Path> local(String path) {
        try {
            String resolved = path.startsWith("/") ? LOCAL + path : path;
            return resolved.startsWith(LOCAL)
                    ? Optional.of(Path.of(
                            new org.apache.hadoop.fs.Path(resolved).toUri().getPath()))
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** @param name what the file will be */
    private record LocalFile(OutputFile hadoop, Path name) implements OutputFile {
        @Override
        public String path() {
            return hadoop.path();
        }

        @Override
        public PositionOutputStream create(boolean putIfAbsent) throws IOException {
            return hadoop.create(putIfAbsent);
        }

        /** @throws java.nio.file.FileAlreadyExistsException if the name is taken and may not be replaced */
        @Override
        public void writeAtomically(CloseableIterator<String> lines, boolean overwrite) throws IOException {
            if (overwrite) {
                hadoop.writeAtomically(lines, true);
                return;
            }
            Path half = name.resolveSibling("." + name.getFileName() + "." + UUID.randomUUID() + ".tmp");
            try {
                try (lines;
                        BufferedWriter writer = Files.newBufferedWriter(half)) {
                    while (lines.hasNext()) {
                        writer.write(lines.next());
                        writer.write('\n');
                    }
                }
                name(half);
            } finally {
                Files.deleteIfExists(half);
            }
        }

        private void name(Path half) throws IOException {
            try {
                Files.createLink(name, half);
            } catch (FileAlreadyExistsException e) {
                throw e;
            } catch (UnsupportedOperationException | FileSystemException e) {
                // a file system without hard links: look and rename is the best that it has
                Files.move(half, name);
            }
        }
    }

    @Override
    public CloseableIterator<FileStatus> listFrom(String path) throws IOException {
        return hadoop.listFrom(path);
    }

    @Override
    public FileStatus getFileStatus(String path) throws IOException {
        return hadoop.getFileStatus(path);
    }

    @Override
    public String resolvePath(String path) throws IOException {
        return hadoop.resolvePath(path);
    }

    @Override
    public boolean mkdirs(String path) throws IOException {
        return hadoop.mkdirs(path);
    }

    @Override
    public InputFile newInputFile(String path, long size) {
        return hadoop.newInputFile(path, size);
    }

    @Override
    public boolean delete(String path) throws IOException {
        return hadoop.delete(path);
    }

    @Override
    public Optional<String> getConf(String name) {
        return hadoop.getConf(name);
    }

    @Override
    public void copyFileAtomically(String from, String to, boolean overwrite) throws IOException {
        hadoop.copyFileAtomically(from, to, overwrite);
    }
}
