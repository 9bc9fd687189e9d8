package dev.ringway.control.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.bootstrap.v3.LayeredRuntime;
import io.envoyproxy.envoy.config.bootstrap.v3.RuntimeLayer;
import io.envoyproxy.envoy.config.core.v3.RuntimeDouble;
import io.envoyproxy.envoy.config.core.v3.RuntimeFeatureFlag;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.FractionalPercent.DenominatorType;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * Values of the runtime's static layers by key, later layers over earlier ones. What depends on them is compiled with
 * them. Control thread only. Envoy: {@code LayeredRuntime}.
 */
final class RuntimeValues
{
    private static final int ALL = 100;
    private static final Pattern DECIMAL = Pattern.compile("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?");

    private final Map<String, Value> values = new HashMap<>();

    /**
     * @param config of the bootstrap.
     */
    RuntimeValues(final LayeredRuntime config)
    {
        for (final RuntimeLayer layer : config.getLayersList())
        {
            add("", layer.getStaticLayer());
        }
    }

    /** Keys of nested structures are joined by dots; what has a numerator is a value. */
    private void add(final String prefix, final Struct struct)
    {
        struct.getFieldsMap().forEach((name, value) ->
        {
            final String key = prefix + name;
            final Map<String, Value> fields = value.getStructValue().getFieldsMap();
            if (value.hasStructValue() && !fields.containsKey("numerator") && !fields.containsKey("denominator"))
            {
                add(key + '.', value.getStructValue());
            }
            else
            {
                values.put(key, value);
            }
        });
    }

    /**
     * @param config a share with the key that may say another.
     * @return the share that holds. A whole number stands for a percentage.
     */
    FractionalPercent fraction(final RuntimeFractionalPercent config)
    {
        final Value value = values.get(config.getRuntimeKey());
        if (value == null)
        {
            return config.getDefaultValue();
        }
        if (value.hasStructValue())
        {
            final Map<String, Value> fields = value.getStructValue().getFieldsMap();
            return FractionalPercent.newBuilder()
                .setNumerator((int)fields.getOrDefault("numerator", Value.getDefaultInstance()).getNumberValue())
                .setDenominator(denominator(fields.get("denominator"))).build();
        }
        final long number = number(config.getRuntimeKey(), -1);
        return number < 0 ? config.getDefaultValue() :
            FractionalPercent.newBuilder().setNumerator((int)Math.min(number, ALL)).build();
    }

    /**
     * @param config a switch with the key that may say otherwise.
     * @return whether it is on. A whole number is, but for 0.
     */
    boolean flag(final RuntimeFeatureFlag config)
    {
        final Value value = values.getOrDefault(config.getRuntimeKey(), Value.getDefaultInstance());
        if (value.hasBoolValue())
        {
            return value.getBoolValue();
        }
        final double number = value.getNumberValue();
        return value.hasNumberValue() && number == (int)number ? number != 0 : config.getDefaultValue().getValue();
    }

    /**
     * @param config a number with the key that may say another.
     * @return the number that holds.
     */
    double number(final RuntimeDouble config)
    {
        final Value value = values.getOrDefault(config.getRuntimeKey(), Value.getDefaultInstance());
        final String text = value.getStringValue().strip();
        if (DECIMAL.matcher(text).matches())
        {
            return Double.parseDouble(text);
        }
        return value.hasNumberValue() ? value.getNumberValue() : config.getDefaultValue();
    }

    private static DenominatorType denominator(final Value value)
    {
        if (value == null)
        {
            return DenominatorType.HUNDRED;
        }
        if (value.hasNumberValue())
        {
            final DenominatorType type = DenominatorType.forNumber((int)value.getNumberValue());
            return type == null ? DenominatorType.HUNDRED : type;
        }
        return switch (value.getStringValue())
        {
            case "TEN_THOUSAND" -> DenominatorType.TEN_THOUSAND;
            case "MILLION" -> DenominatorType.MILLION;
            default -> DenominatorType.HUNDRED;
        };
    }

    /**
     * @return all values: the same text for the same.
     */
    public String toString()
    {
        return new TreeMap<>(values).toString();
    }

    /**
     * @param key   of a value.
     * @param unset what holds when there is none, or none that is a whole number.
     * @return the value, not negative.
     */
    long number(final String key, final long unset)
    {
        final Value value = values.get(key);
        if (value == null)
        {
            return unset;
        }
        final double number = value.hasStringValue() ? parse(value.getStringValue()) : value.getNumberValue();
        return value.hasBoolValue() || number < 0 || number != Math.rint(number) ? unset : (long)number;
    }

    private static double parse(final String text)
    {
        try
        {
            return Long.parseLong(text.strip());
        }
        catch (final NumberFormatException ex)
        {
            return -1;
        }
    }
}
