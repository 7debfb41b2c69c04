// SPDX-License-Identifier: Apache-2.0
package dev.hippo.flink.topic;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Base64;
import java.util.Set;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.api.ValidationException;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.types.DataType;

/** The table connector {@code hippo}: a topic bound to a contract, as source and as sink. Flink finds it as a service. */
public final class TopicTableFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {
    public static final String NAME = "hippo";
    public static final ConfigOption<String> BINDING =
            ConfigOptions.key("binding").stringType().noDefaultValue();

    @Override
    public String factoryIdentifier() {
        return NAME;
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(BINDING);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of();
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        TopicBinding binding = binding(context);
        if (!binding.subscribed()) {
            throw new ValidationException("topic '" + binding.topic()
                    + "' is published here but not subscribed to; add it to 'subscribe' to read it");
        }
        return new TopicSource(binding, type(context));
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        return new TopicSink(binding(context), type(context));
    }

    private static DataType type(Context context) {
        return context.getCatalogTable().getResolvedSchema().toPhysicalRowDataType();
    }

    private static TopicBinding binding(Context context) {
        String text = context.getCatalogTable().getOptions().get(BINDING.key());
        try (ObjectInputStream in = new ObjectInputStream(
                new ByteArrayInputStream(Base64.getDecoder().decode(text)))) {
            return (TopicBinding) in.readObject();
        } catch (IOException | ClassNotFoundException e) {
            throw new IllegalStateException("table " + context.getObjectIdentifier() + " has no readable binding", e);
        }
    }

    /** The binding as the text of a table option. */
    public static String text(TopicBinding binding) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(binding);
        } catch (IOException e) {
            throw new IllegalStateException("a binding is always serialisable", e);
        }
        return Base64.getEncoder().encodeToString(bytes.toByteArray());
    }
}
