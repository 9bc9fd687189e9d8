package dev.ringway.control.config;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The fields of each message type that are put into effect. Every field that is set and not listed is refused, so
 * nothing in a configuration is silently ignored. The list is the resource {@code supported-fields.txt}, from which
 * {@code docs/config.md} is made. Immutable.
 */
public final class SupportedFields
{
    private static final String UNSUPPORTED = "is not supported; remove it (docs/config.md lists what is supported)";

    private final Map<String, Map<String, Rule>> messages;

    /**
     * What is said of one supported field.
     *
     * @param values the values that are supported, or an empty list for all.
     * @param note   for the documentation.
     */
    public record Rule(List<String> values, String note)
    {
    }

    private SupportedFields(final Map<String, Map<String, Rule>> messages)
    {
        this.messages = messages;
    }

    /**
     * @return the list that belongs to this version.
     */
    public static SupportedFields load()
    {
        try (InputStream in = SupportedFields.class.getResourceAsStream("supported-fields.txt");
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8)))
        {
            return parse(reader);
        }
        catch (final IOException ex)
        {
            throw new UncheckedIOException(ex);
        }
    }

    private static SupportedFields parse(final BufferedReader reader) throws IOException
    {
        final Map<String, Map<String, Rule>> messages = new LinkedHashMap<>();
        Map<String, Rule> fields = null;
        for (String line = reader.readLine(); line != null; line = reader.readLine())
        {
            if (line.isBlank() || line.charAt(0) == '#')
            {
                continue;
            }
            if (line.charAt(0) != ' ')
            {
                fields = new LinkedHashMap<>();
                if (messages.put(line.trim(), fields) != null)
                {
                    throw new IllegalStateException("supported-fields.txt has two lists of " + line.trim());
                }
                continue;
            }
            final String text = line.trim();
            final int space = text.indexOf(' ');
            final String head = space < 0 ? text : text.substring(0, space);
            final int equals = head.indexOf('=');
            final List<String> values = equals < 0 ? List.of() : List.of(head.substring(equals + 1).split("\\|"));
            fields.put(equals < 0 ? head : head.substring(0, equals),
                new Rule(values, space < 0 ? "" : text.substring(space).trim()));
        }
        return new SupportedFields(messages);
    }

    /**
     * @return per message type, in the order of the list, its fields.
     */
    public Map<String, Map<String, Rule>> messages()
    {
        return messages;
    }

    /**
     * Notes everything that is set in a message and not supported.
     *
     * @param message read from a configuration; extension messages inside it are of supported types.
     * @param path    where it stands.
     * @param errors  where faults go.
     */
    public void check(final Message message, final FieldPath path, final ConfigErrors errors)
    {
        final Descriptor type = message.getDescriptorForType();
        final Map<String, Rule> rules = messages.getOrDefault(type.getFullName(), Map.of());
        for (final Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet())
        {
            final FieldDescriptor field = entry.getKey();
            final FieldPath fieldPath = path.field(field.getName());
            final Rule rule = rules.get(field.getName());
            if (rule == null)
            {
                if (!isDefaultFlag(field, entry.getValue()))
                {
                    errors.add(fieldPath, UNSUPPORTED);
                }
            }
            else if (field.isMapField())
            {
                checkMap(field, (List<?>)entry.getValue(), fieldPath, errors);
            }
            else if (field.isRepeated())
            {
                final List<?> items = (List<?>)entry.getValue();
                for (int i = 0; i < items.size(); i++)
                {
                    checkValue(rule, field, items.get(i), fieldPath.at(i), errors);
                }
            }
            else
            {
                checkValue(rule, field, entry.getValue(), fieldPath, errors);
            }
        }
        for (final NewerField field : NewerField.of(message))
        {
            checkNewer(rules.get(field.fieldName()), field, message, path.field(field.fieldName()), errors);
        }
    }

    private void checkNewer(
        final Rule rule, final NewerField field, final Message holder, final FieldPath path, final ConfigErrors errors)
    {
        if (rule == null)
        {
            errors.add(path, UNSUPPORTED);
            return;
        }
        try
        {
            check(field.valueIn(holder), path, errors);
        }
        catch (final InvalidProtocolBufferException ex)
        {
            errors.add(path, "holds bytes that are no " + field.type().getFullName() + ": " + ex.getMessage());
        }
    }

    /** A switch that is turned off by name asks for nothing. */
    private static boolean isDefaultFlag(final FieldDescriptor field, final Object value)
    {
        return !field.isRepeated() && field.getJavaType() == FieldDescriptor.JavaType.BOOLEAN && value.equals(false);
    }

    private void checkMap(
        final FieldDescriptor field, final List<?> entries, final FieldPath path, final ConfigErrors errors)
    {
        for (final Object item : entries)
        {
            final Message entry = (Message)item;
            final Object key = entry.getField(field.getMessageType().findFieldByNumber(1));
            final Object value = entry.getField(field.getMessageType().findFieldByNumber(2));
            if (value instanceof final Message message)
            {
                checkMessage(message, path.key(key.toString()), errors);
            }
        }
    }

    private void checkValue(
        final Rule rule, final FieldDescriptor field, final Object value, final FieldPath path,
        final ConfigErrors errors)
    {
        if (!rule.values().isEmpty())
        {
            final String text = text(value);
            if (!rule.values().contains(text))
            {
                errors.add(path, text.equals("{...}") ? "is not supported unless empty" :
                    "'" + text + "' is not supported; supported: " + String.join(", ", rule.values()));
            }
        }
        else if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE)
        {
            checkMessage((Message)value, path, errors);
        }
    }

    private void checkMessage(final Message message, final FieldPath path, final ConfigErrors errors)
    {
        if (ExtensionTypes.isAny(message))
        {
            checkAny(message, path, errors);
        }
        else if (!WellKnownReader.isLeaf(message))
        {
            check(message, path, errors);
        }
    }

    private void checkAny(final Message any, final FieldPath path, final ConfigErrors errors)
    {
        final Descriptor anyType = any.getDescriptorForType();
        final String typeUrl = (String)any.getField(anyType.findFieldByNumber(1));
        final Descriptor type = ExtensionTypes.find(typeUrl);
        if (type == null)
        {
            errors.add(path, MessageReader.unsupported(typeUrl));
            return;
        }
        try
        {
            check(DynamicMessage.parseFrom(type, (ByteString)any.getField(anyType.findFieldByNumber(2))), path, errors);
        }
        catch (final InvalidProtocolBufferException ex)
        {
            errors.add(path, "holds bytes that are no " + type.getFullName() + ": " + ex.getMessage());
        }
    }

    private static String text(final Object value)
    {
        if (value instanceof final EnumValueDescriptor constant)
        {
            return constant.getName();
        }
        if (value instanceof final Message message)
        {
            if (WellKnownReader.isWrapper(message.getDescriptorForType().getFullName()))
            {
                return message.getField(message.getDescriptorForType().findFieldByNumber(1)).toString();
            }
            return message.getSerializedSize() == 0 ? "{}" : "{...}";
        }
        return value.toString();
    }
}
