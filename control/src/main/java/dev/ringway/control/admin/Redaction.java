package dev.ringway.control.admin;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import dev.ringway.control.config.ExtensionTypes;
import udpa.annotations.Sensitive;

import java.util.List;
import java.util.Map;

/**
 * Replaces what a message marks as sensitive ({@code udpa.annotations.sensitive}), also inside typed configurations, as
 * Envoy does before it shows a configuration.
 */
final class Redaction
{
    private static final String REDACTED = "[redacted]";

    private Redaction()
    {
    }

    /**
     * @param message any message.
     * @return the message without secrets; itself when it holds none.
     */
    static Message redact(final Message message) throws InvalidProtocolBufferException
    {
        return redact(message, false);
    }

    private static Message redact(final Message message, final boolean isSensitive)
        throws InvalidProtocolBufferException
    {
        if (ExtensionTypes.isAny(message))
        {
            return typed(message, isSensitive);
        }
        final Message.Builder builder = message.toBuilder();
        for (final Map.Entry<FieldDescriptor, Object> entry : message.getAllFields().entrySet())
        {
            final FieldDescriptor field = entry.getKey();
            final boolean hides = isSensitive || field.getOptions().getExtension(Sensitive.sensitive);
            if (field.isRepeated())
            {
                final List<?> values = (List<?>)entry.getValue();
                for (int i = 0; i < values.size(); i++)
                {
                    builder.setRepeatedField(field, i, value(field, values.get(i), hides));
                }
            }
            else
            {
                final Object shown = value(field, entry.getValue(), hides);
                if (hides && shown == entry.getValue() && !(shown instanceof Message))
                {
                    builder.clearField(field);
                }
                else
                {
                    builder.setField(field, shown);
                }
            }
        }
        return builder.build();
    }

    /** Texts and bytes are replaced; numbers are left out by the caller. */
    private static Object value(final FieldDescriptor field, final Object value, final boolean hides)
        throws InvalidProtocolBufferException
    {
        return switch (field.getJavaType())
        {
            case MESSAGE -> redact((Message)value, hides);
            case STRING -> hides ? REDACTED : value;
            case BYTE_STRING -> hides ? ByteString.copyFromUtf8(REDACTED) : value;
            default -> value;
        };
    }

    private static Message typed(final Message message, final boolean isSensitive) throws InvalidProtocolBufferException
    {
        final Any any = Any.parseFrom(message.toByteString());
        final Descriptor type = ExtensionTypes.find(any.getTypeUrl());
        if (type == null)
        {
            // Cannot be looked into, and cannot be printed either.
            return isSensitive ? any.toBuilder().clearValue().build() : any;
        }
        final Message inner = redact(DynamicMessage.parseFrom(type, any.getValue()), isSensitive);
        return any.toBuilder().setValue(inner.toByteString()).build();
    }
}
