// SPDX-License-Identifier: Apache-2.0
package dev.hippo.lake;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hippo.kit.HippoFailure;
import io.delta.kernel.Snapshot;
import io.delta.kernel.defaults.engine.fileio.FileIO;
import io.delta.kernel.internal.actions.Metadata;
import io.delta.kernel.internal.types.DataTypeJsonSerDe;
import io.delta.kernel.internal.util.Utils;
import io.delta.kernel.types.ArrayType;
import io.delta.kernel.types.DataType;
import io.delta.kernel.types.MapType;
import io.delta.kernel.types.StructField;
import io.delta.kernel.types.StructType;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.hadoop.fs.Path;

/**
 * Gives a table the columns that its contract has gained, and the properties that it should have, by a commit of its own with a new {@code metaData} action
 * (<a href="https://github.com/delta-io/delta/blob/master/PROTOCOL.md#change-metadata">Delta protocol</a>). Kernel itself changes schemas only of tables with column mapping,
 * which our readers should not need.
 */
final class SchemaEvolution {
    private static final ObjectMapper JSON = new ObjectMapper();

    private SchemaEvolution() {}

    /** Does nothing when the table has all columns and properties. Refuses what would change or drop a column. */
    static void apply(FileIO files, Snapshot snapshot, StructType wanted, Map<String, String> properties)
            throws HippoFailure, IOException {
        StructType now = snapshot.getSchema();
        StructType merged = merge(now, wanted, "", snapshot.getPath());
        boolean same = DataTypeJsonSerDe.serializeDataType(merged).equals(DataTypeJsonSerDe.serializeDataType(now));
        if (!same || !snapshot.getTableProperties().entrySet().containsAll(properties.entrySet())) {
            commit(files, snapshot, merged, properties, same ? "SET TBLPROPERTIES" : "ADD COLUMNS");
        }
    }

    private static StructType merge(StructType now, StructType wanted, String path, String table) throws HippoFailure {
        List<StructField> fields = new ArrayList<>();
        for (StructField field : now.fields()) {
            int at = wanted.indexOf(field.getName());
            if (at < 0) {
                // the contract dropped it; old rows have it and new ones are null
                fields.add(field);
            } else {
                DataType type = merge(field.getDataType(), wanted.at(at).getDataType(), path + field.getName(), table);
                fields.add(new StructField(field.getName(), type, field.isNullable(), field.getMetadata()));
            }
        }
        for (StructField field : wanted.fields()) {
            if (now.indexOf(field.getName()) < 0) {
                fields.add(field);
            }
        }
        return new StructType(fields);
    }

    private static DataType merge(DataType now, DataType wanted, String path, String table) throws HippoFailure {
        if (now instanceof StructType a && wanted instanceof StructType b) {
            return merge(a, b, path + ".", table);
        }
        if (now instanceof ArrayType a && wanted instanceof ArrayType b) {
            return new ArrayType(merge(a.getElementType(), b.getElementType(), path + "[]", table), a.containsNull());
        }
        if (now instanceof MapType a && wanted instanceof MapType b) {
            return new MapType(
                    merge(a.getKeyType(), b.getKeyType(), path + ".key", table),
                    merge(a.getValueType(), b.getValueType(), path + ".value", table),
                    a.isValueContainsNull());
        }
        if (!now.equals(wanted)) {
            throw new HippoFailure("column '" + path + "' of the table at " + table + " is " + now
                    + ", and the contract now says " + wanted
                    + "; nothing was written. Give the field a new name and number, or write to another table");
        }
        return now;
    }

    private static void commit(
            FileIO files, Snapshot snapshot, StructType schema, Map<String, String> properties, String operation)
            throws IOException, HippoFailure {
        Metadata metadata = snapshot.getMetadata();
        ObjectNode action = JSON.createObjectNode();
        ObjectNode meta = action.putObject("metaData").put("id", metadata.getId());
        meta.putObject("format").put("provider", "parquet").putObject("options");
        meta.put("schemaString", DataTypeJsonSerDe.serializeDataType(schema));
        ArrayNode partitions = meta.putArray("partitionColumns");
        snapshot.getPartitionColumnNames().forEach(partitions::add);
        ObjectNode configuration = meta.putObject("configuration");
        metadata.getConfiguration().forEach(configuration::put);
        properties.forEach(configuration::put);
        metadata.getCreatedTime().ifPresent(time -> meta.put("createdTime", time));
        ObjectNode info = JsonNodeFactory.instance.objectNode();
        info.putObject("commitInfo")
                .put("timestamp", InstantSource.system().millis())
                .put("operation", operation)
                .put("engineInfo", "hippo/0.1.0")
                .putObject("operationParameters");
        String name = new Path(
                        new Path(snapshot.getPath(), "_delta_log"),
                        String.format(Locale.ROOT, "%020d.json", snapshot.getVersion() + 1))
                .toString();
        try {
            files.newOutputFile(name)
                    .writeAtomically(
                            Utils.toCloseableIterator(
                                    List.of(info.toString(), action.toString()).iterator()),
                            false);
        } catch (FileAlreadyExistsException | org.apache.hadoop.fs.FileAlreadyExistsException e) {
            throw new HippoFailure(
                    "another process has written to the table at " + snapshot.getPath()
                            + " while its columns or properties were being changed; this process, started again, looks again",
                    e);
        }
    }
}
