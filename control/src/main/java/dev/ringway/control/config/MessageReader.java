package dev.ringway.control.config;

import com.github.xds.type.v3.TypedStruct;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.Message;

import java.util.List;
import java.util.Map;

/**
 * Reads parsed YAML or JSON into protobuf messages by their descriptors, after protobuf's JSON mapping. Unlike
 * protobuf's own reader it names every fault with its path and goes on to find the next. It builds dynamic messages,
 * which spares start-up the reflection that generated builders need. Control thread only.
 */
final class MessageReader
{
    private static final String EXTENSIONS = "envoy.extensions.";
    /** Name, version and message. */
    private static final int LABELS_BEHIND_KIND = 3;

    private final ConfigErrors errors;
    private final boolean allowUnknownFields;
    /** Inside of a list of which the first that is known counts: the others may be of types that nobody here knows. */
    private boolean mayBeUnknown;

    /**
     * @param errors             where faults go.
     * @param allowUnknownFields whether a field that the message type does not have is ignored with a warning.
     */
    MessageReader(final ConfigErrors errors, final boolean allowUnknownFields)
    {
        this.errors = errors;
        this.allowUnknownFields = allowUnknownFields;
    }

    /**
     * @param node what was parsed.
     * @param type of the message.
     * @param path where it stands.
     * @return what could be read of it; never null.
     */
    Message read(final ConfigNode node, final Descriptor type, final FieldPath path)
    {
        return readFields(node, type, path, "");
    }

    private Message readFields(
        final ConfigNode node, final Descriptor type, final FieldPath path, final String skippedKey)
    {
        final DynamicMessage.Builder builder = DynamicMessage.newBuilder(type);
        if (!node.isMap())
        {
            errors.add(path, "must be a map of the fields of " + type.getName() + ", not " + node.kind());
            return builder.buildPartial();
        }
        for (final Map.Entry<String, ConfigNode> entry : node.entries().entrySet())
        {
            final String key = entry.getKey();
            if (key.equals(skippedKey))
            {
                continue;
            }
            final FieldDescriptor field = findField(type, key);
            if (field == null)
            {
                readNewer(builder, key, entry.getValue(), path);
            }
            else if (!entry.getValue().isNull() || isValue(field))
            {
                readField(builder, field, entry.getValue(), path.field(field.getName()));
            }
        }
        return builder.buildPartial();
    }

    private void readNewer(
        final DynamicMessage.Builder builder, final String key, final ConfigNode node, final FieldPath path)
    {
        final NewerField field = NewerField.find(builder.getDescriptorForType(), key);
        if (field == null)
        {
            unknown(builder.getDescriptorForType(), path.field(key));
        }
        else if (builder.getUnknownFields().hasField(field.number()))
        {
            errors.add(path.field(field.fieldName()), "cannot be given together with " + field.fieldName());
        }
        else if (!node.isNull())
        {
            field.set(builder, read(node, field.type(), path.field(field.fieldName())));
        }
    }

    private void unknown(final Descriptor type, final FieldPath path)
    {
        final String reason = "is not a field of " + type.getFullName();
        final String hint =
            Spelling.hint(path.name(), type.getFields().stream().map(FieldDescriptor::getName).toList());
        if (allowUnknownFields)
        {
            errors.warn(path, reason + "; ignored" + hint);
        }
        else
        {
            errors.add(path, reason + hint);
        }
    }

    private void readField(
        final DynamicMessage.Builder builder, final FieldDescriptor field, final ConfigNode node, final FieldPath path)
    {
        if (field.isMapField())
        {
            readMap(builder, field, node, path);
        }
        else if (field.isRepeated())
        {
            readList(builder, field, node, path);
        }
        else if (builder.hasField(field) ||
            field.getContainingOneof() != null && builder.hasOneof(field.getContainingOneof()))
        {
            final String other = field.getContainingOneof() == null ? field.getName() :
                builder.getOneofFieldDescriptor(field.getContainingOneof()).getName();
            errors.add(path, "cannot be given together with " + other);
        }
        else
        {
            final Object value = readValue(field, node, path);
            if (value != null)
            {
                builder.setField(field, value);
            }
        }
    }

    private void readList(
        final DynamicMessage.Builder builder, final FieldDescriptor field, final ConfigNode node, final FieldPath path)
    {
        if (!node.isList())
        {
            errors.add(path, "must be a list, not " + node.kind());
            return;
        }
        final List<ConfigNode> items = node.items();
        for (int i = 0; i < items.size(); i++)
        {
            final Object value = readValue(field, items.get(i), path.at(i));
            if (value != null)
            {
                builder.addRepeatedField(field, value);
            }
        }
    }

    private void readMap(
        final DynamicMessage.Builder builder, final FieldDescriptor field, final ConfigNode node, final FieldPath path)
    {
        if (!node.isMap())
        {
            errors.add(path, "must be a map, not " + node.kind());
            return;
        }
        final Descriptor entryType = field.getMessageType();
        for (final Map.Entry<String, ConfigNode> entry : node.entries().entrySet())
        {
            final FieldPath entryPath = path.key(entry.getKey());
            final ConfigNode keyNode = ConfigNode.scalar(entry.getValue().line(), entry.getKey(), true);
            final Object key = readValue(entryType.findFieldByNumber(1), keyNode, entryPath);
            final Object value = readValue(entryType.findFieldByNumber(2), entry.getValue(), entryPath);
            if (key != null && value != null)
            {
                builder.addRepeatedField(field, DynamicMessage.newBuilder(entryType)
                    .setField(entryType.findFieldByNumber(1), key)
                    .setField(entryType.findFieldByNumber(2), value)
                    .build());
            }
        }
    }

    /** Null when there was a fault, which is then noted. */
    private Object readValue(final FieldDescriptor field, final ConfigNode node, final FieldPath path)
    {
        try
        {
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
            {
                return readMessage(field.getMessageType(), node, path);
            }
            if (!node.isScalar() || node.isNull())
            {
                throw new ScalarReader.Mismatch("must be a single value, not " + node.kind());
            }
            return ScalarReader.read(field, node);
        }
        catch (final ScalarReader.Mismatch ex)
        {
            errors.add(path, ex.getMessage());
            return null;
        }
    }

    private Message readMessage(final Descriptor type, final ConfigNode node, final FieldPath path)
        throws ScalarReader.Mismatch
    {
        final String name = type.getFullName();
        if (WellKnownReader.isWrapper(name))
        {
            final FieldDescriptor value = type.findFieldByNumber(1);
            final Object scalar = readValue(value, node, path);
            return scalar == null ? null : DynamicMessage.newBuilder(type).setField(value, scalar).build();
        }
        return switch (name)
        {
            case "google.protobuf.Any" -> readAny(node, path);
            case "google.protobuf.Duration" -> WellKnownReader.duration(node);
            case "google.protobuf.Struct" -> WellKnownReader.struct(node);
            case "google.protobuf.Value" -> WellKnownReader.value(node);
            case "google.protobuf.ListValue" -> WellKnownReader.list(node);
            case "envoy.config.cluster.v3.LoadBalancingPolicy" ->
            {
                mayBeUnknown = true;
                try
                {
                    yield read(node, type, path);
                }
                finally
                {
                    mayBeUnknown = false;
                }
            }
            default -> read(node, type, path);
        };
    }

    private Message readAny(final ConfigNode node, final FieldPath path) throws ScalarReader.Mismatch
    {
        final ConfigNode url = node.isMap() ? node.entries().get("@type") : null;
        if (url == null || !url.isScalar())
        {
            throw new ScalarReader.Mismatch("needs an \"@type\", such as type.googleapis.com/envoy.extensions...");
        }
        final Descriptor type = ExtensionTypes.find(url.text());
        if (type == null && mayBeUnknown)
        {
            return Any.pack(TypedStruct.newBuilder().setTypeUrl(url.text())
                .setValue(WellKnownReader.struct(node).toBuilder().removeFields("@type")).build());
        }
        if (type == null)
        {
            throw new ScalarReader.Mismatch(unsupported(url.text()));
        }
        final Message message = readFields(node, type, path, "@type");
        return Any.newBuilder().setTypeUrl(url.text()).setValue(message.toByteString()).build();
    }

    /**
     * @param typeUrl of a type that is not supported.
     * @return the reason to give.
     */
    static String unsupported(final String typeUrl)
    {
        final String name = ExtensionTypes.nameOf(typeUrl);
        final String hint = Spelling.hint(name, ExtensionTypes.names());
        if (!hint.isEmpty())
        {
            return name + " is not supported" + hint;
        }
        final String kind = kind(name);
        final List<String> others = ExtensionTypes.names().stream()
            .filter(other -> other.startsWith(EXTENSIONS) && kind(other).equals(kind)).toList();
        return name + " is not supported" + (others.isEmpty() ?
            " (docs/config.md lists what is supported)" : "; supported are " + String.join(", ", others));
    }

    /** What stands before name, version and message of an extension, as in {@code envoy.extensions.filters.http}. */
    private static String kind(final String name)
    {
        String kind = name;
        for (int i = 0; i < LABELS_BEHIND_KIND; i++)
        {
            kind = kind.substring(0, Math.max(0, kind.lastIndexOf('.')));
        }
        return kind;
    }

    private static boolean isValue(final FieldDescriptor field)
    {
        return field.getJavaType() == FieldDescriptor.JavaType.MESSAGE &&
            field.getMessageType().getFullName().equals("google.protobuf.Value");
    }

    private static FieldDescriptor findField(final Descriptor type, final String key)
    {
        final FieldDescriptor field = type.findFieldByName(key);
        if (field != null)
        {
            return field;
        }
        for (final FieldDescriptor candidate : type.getFields())
        {
            if (candidate.getJsonName().equals(key))
            {
                return candidate;
            }
        }
        return null;
    }
}
