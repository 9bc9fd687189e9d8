package dev.ringway.control.config;

import com.google.protobuf.BoolValue;
import com.google.protobuf.Duration;
import com.google.protobuf.ListValue;
import com.google.protobuf.Message;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;

import java.math.BigDecimal;
import java.util.Map;

/**
 * Reads the messages of {@code google.protobuf} that JSON spells in ways of their own. Pure functions.
 */
final class WellKnownReader
{
    private static final long MAX_DURATION_SECONDS = 315_576_000_000L;

    private WellKnownReader()
    {
    }

    /**
     * @param node for example {@code 0.25s}.
     * @return the duration.
     * @throws ScalarReader.Mismatch when it is anything else.
     */
    static Duration duration(final ConfigNode node) throws ScalarReader.Mismatch
    {
        if (!node.isScalar() || !node.text().matches("-?[0-9]{1,12}(\\.[0-9]{1,9})?s"))
        {
            throw new ScalarReader.Mismatch(
                "must be a duration in seconds such as 5s or 0.25s, not " + node.kind());
        }
        final BigDecimal value = new BigDecimal(node.text().substring(0, node.text().length() - 1));
        final long seconds = value.longValue();
        if (Math.abs(seconds) > MAX_DURATION_SECONDS)
        {
            throw new ScalarReader.Mismatch("is longer than a duration can be: " + node.kind());
        }
        final int nanos = value.subtract(BigDecimal.valueOf(seconds)).movePointRight(9).intValueExact();
        return Duration.newBuilder().setSeconds(seconds).setNanos(nanos).build();
    }

    /**
     * @param node a map.
     * @return it as a struct.
     * @throws ScalarReader.Mismatch when it is not a map.
     */
    static Struct struct(final ConfigNode node) throws ScalarReader.Mismatch
    {
        if (!node.isMap())
        {
            throw new ScalarReader.Mismatch("must be a map, not " + node.kind());
        }
        final Struct.Builder builder = Struct.newBuilder();
        for (final Map.Entry<String, ConfigNode> entry : node.entries().entrySet())
        {
            builder.putFields(entry.getKey(), value(entry.getValue()));
        }
        return builder.build();
    }

    /**
     * @param node anything; the form of a plain scalar decides whether it is a number, a boolean or a string.
     * @return it as a value.
     * @throws ScalarReader.Mismatch never for what a reader returns; declared by what it calls.
     */
    static Value value(final ConfigNode node) throws ScalarReader.Mismatch
    {
        if (node.isMap())
        {
            return Value.newBuilder().setStructValue(struct(node)).build();
        }
        if (node.isList())
        {
            return Value.newBuilder().setListValue(list(node)).build();
        }
        if (node.isNull())
        {
            return Value.newBuilder().setNullValue(NullValue.NULL_VALUE).build();
        }
        if (!node.isQuoted())
        {
            final Boolean bool = ScalarReader.asBool(node.text(), false);
            if (bool != null)
            {
                return Value.newBuilder().setBoolValue(bool).build();
            }
            if (node.text().matches("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?"))
            {
                return Value.newBuilder().setNumberValue(Double.parseDouble(node.text())).build();
            }
        }
        return Value.newBuilder().setStringValue(node.text()).build();
    }

    /**
     * @param node a list.
     * @return its items as values.
     * @throws ScalarReader.Mismatch when it is not a list.
     */
    static ListValue list(final ConfigNode node) throws ScalarReader.Mismatch
    {
        if (!node.isList())
        {
            throw new ScalarReader.Mismatch("must be a list, not " + node.kind());
        }
        final ListValue.Builder builder = ListValue.newBuilder();
        for (final ConfigNode item : node.items())
        {
            builder.addValues(value(item));
        }
        return builder.build();
    }

    /**
     * @param fullName of a message type.
     * @return whether it is one of the wrappers of a scalar, such as {@link BoolValue}.
     */
    static boolean isWrapper(final String fullName)
    {
        return switch (fullName)
        {
            case "google.protobuf.BoolValue", "google.protobuf.StringValue", "google.protobuf.BytesValue",
                "google.protobuf.DoubleValue", "google.protobuf.FloatValue", "google.protobuf.Int32Value",
                "google.protobuf.UInt32Value", "google.protobuf.Int64Value", "google.protobuf.UInt64Value" -> true;
            default -> false;
        };
    }

    /**
     * @param message any message.
     * @return whether it is read here as a whole, so that it has no fields of its own to look into.
     */
    static boolean isLeaf(final Message message)
    {
        final String name = message.getDescriptorForType().getFullName();
        return isWrapper(name) || switch (name)
        {
            case "google.protobuf.Duration", "google.protobuf.Struct", "google.protobuf.Value",
                "google.protobuf.ListValue" -> true;
            default -> false;
        };
    }
}
