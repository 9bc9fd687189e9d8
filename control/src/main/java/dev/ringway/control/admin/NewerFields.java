package dev.ringway.control.admin;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Any;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.Struct;
import com.google.protobuf.util.JsonFormat;
import dev.ringway.control.config.ExtensionTypes;
import dev.ringway.control.config.NewerField;

import java.util.List;
import java.util.Map;

/**
 * Adds to printed messages what protobuf's printer leaves out, for it does not know it: each {@link NewerField}.
 */
final class NewerFields
{
    private static final JsonFormat.Printer PRINTER = JsonFormat.printer().preservingProtoFieldNames();

    private NewerFields()
    {
    }

    /**
     * @param json    a message as {@link JsonFormat} prints it, under the names of its definition.
     * @param message that was printed.
     */
    static void add(final JsonObject json, final Message message) throws InvalidProtocolBufferException
    {
        final Message shown = opened(message);
        if (shown.getDescriptorForType().getFullName().equals(Struct.getDescriptor().getFullName()))
        {
            // Printed as what it holds, whose names are anyone's.
            return;
        }
        for (final Map.Entry<FieldDescriptor, Object> entry : shown.getAllFields().entrySet())
        {
            final FieldDescriptor field = entry.getKey();
            final JsonElement printed = json.get(field.getName());
            if (field.getJavaType() == FieldDescriptor.JavaType.MESSAGE && printed != null)
            {
                addAll(printed, field, entry.getValue());
            }
        }
        for (final NewerField field : NewerField.of(shown))
        {
            json.add(field.fieldName(), JsonParser.parseString(PRINTER.print(field.valueIn(shown))));
        }
    }

    private static void addAll(final JsonElement printed, final FieldDescriptor field, final Object value)
        throws InvalidProtocolBufferException
    {
        if (!field.isRepeated())
        {
            addOne(printed, value);
            return;
        }
        final List<?> values = (List<?>)value;
        for (int i = 0; i < values.size(); i++)
        {
            if (field.isMapField())
            {
                final Message entry = (Message)values.get(i);
                final Descriptor type = field.getMessageType();
                addOne(printed.getAsJsonObject().get(entry.getField(type.findFieldByNumber(1)).toString()),
                    entry.getField(type.findFieldByNumber(2)));
            }
            else
            {
                addOne(((JsonArray)printed).get(i), values.get(i));
            }
        }
    }

    private static void addOne(final JsonElement printed, final Object value) throws InvalidProtocolBufferException
    {
        if (printed instanceof final JsonObject object && value instanceof final Message message)
        {
            add(object, message);
        }
    }

    /** What is inside, where a message says its type; its fields stand beside that when it is printed. */
    private static Message opened(final Message message) throws InvalidProtocolBufferException
    {
        if (!ExtensionTypes.isAny(message))
        {
            return message;
        }
        final Any any = Any.parseFrom(message.toByteString());
        final Descriptor type = ExtensionTypes.find(any.getTypeUrl());
        return type == null ? any : DynamicMessage.parseFrom(type, any.getValue());
    }
}
