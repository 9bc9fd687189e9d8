package dev.ringway.control.config;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UnknownFieldSet;
import io.envoyproxy.envoy.type.v3.Percent;

import java.util.Arrays;
import java.util.List;

/**
 * The fields that Envoy has and the published Java classes of its API do not have yet. They travel in messages as what
 * protobuf calls unknown fields, under Envoy's numbers, just as they come in binary from a control plane that knows
 * them. All hold messages, and none is repeated. One that the classes have learnt leaves this list.
 */
public enum NewerField
{
    /** Since Envoy 1.39. */
    MAX_CONNECTION_DURATION_JITTER(
        "envoy.config.core.v3.HttpProtocolOptions", "max_connection_duration_jitter", 8, Percent.getDescriptor()),

    /** Of a connection manager. */
    DRAIN_TIMEOUT_JITTER(
        "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager", "drain_timeout_jitter", 62,
        Percent.getDescriptor()),

    /** Of a TCP proxy. */
    MAX_DOWNSTREAM_CONNECTION_DURATION_JITTER_PERCENTAGE(
        "envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy",
        "max_downstream_connection_duration_jitter_percentage", 20, Percent.getDescriptor());

    private static final NewerField[] ALL = values();

    private final String message;
    private final String fieldName;
    private final String jsonName;
    private final int number;
    private final Descriptor type;

    NewerField(final String message, final String fieldName, final int number, final Descriptor type)
    {
        this.message = message;
        this.fieldName = fieldName;
        this.number = number;
        this.type = type;
        final StringBuilder json = new StringBuilder();
        for (int i = 0; i < fieldName.length(); i++)
        {
            json.append(fieldName.charAt(i) == '_' ? Character.toUpperCase(fieldName.charAt(++i)) :
                fieldName.charAt(i));
        }
        jsonName = json.toString();
    }

    /**
     * @param message type of a message.
     * @param key     as it stands in YAML or JSON.
     * @return the field, or null when there is no such one.
     */
    static NewerField find(final Descriptor message, final String key)
    {
        for (final NewerField field : ALL)
        {
            if (field.message.equals(message.getFullName()) &&
                (field.fieldName.equals(key) || field.jsonName.equals(key)))
            {
                return field;
            }
        }
        return null;
    }

    /**
     * @param message any message.
     * @return those that are set in it, not in what it holds.
     */
    public static List<NewerField> of(final Message message)
    {
        if (message.getUnknownFields().asMap().isEmpty())
        {
            return List.of();
        }
        return Arrays.stream(ALL).filter(field -> field.isIn(message)).toList();
    }

    /**
     * @return as Envoy spells it.
     */
    public String fieldName()
    {
        return fieldName;
    }

    /**
     * @return in Envoy's definition.
     */
    public int number()
    {
        return number;
    }

    /**
     * @return of what it holds.
     */
    public Descriptor type()
    {
        return type;
    }

    /**
     * @param holder of any type.
     * @return whether the field is set in it.
     */
    public boolean isIn(final Message holder)
    {
        return holder.getDescriptorForType().getFullName().equals(message) &&
            holder.getUnknownFields().hasField(number);
    }

    /**
     * @param holder that it is set in.
     * @return its value; where it came more than once, all of them merged, as protobuf has it.
     */
    public ByteString bytesIn(final Message holder)
    {
        return ByteString.copyFrom(holder.getUnknownFields().getField(number).getLengthDelimitedList());
    }

    /**
     * @param holder that it is set in.
     * @return its value.
     * @throws InvalidProtocolBufferException where it holds bytes of something else.
     */
    public Message valueIn(final Message holder) throws InvalidProtocolBufferException
    {
        return DynamicMessage.parseFrom(type, bytesIn(holder));
    }

    void set(final Message.Builder builder, final Message value)
    {
        builder.setUnknownFields(UnknownFieldSet.newBuilder(builder.getUnknownFields()).mergeField(number,
            UnknownFieldSet.Field.newBuilder().addLengthDelimited(value.toByteString()).build()).build());
    }
}
