package dev.ringway.control.config;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.EnumValueDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;

import java.math.BigDecimal;
import java.util.Base64;
import java.util.stream.Collectors;

/**
 * Turns the text of a scalar into the value of a field, after protobuf's JSON mapping and, for plain YAML scalars,
 * Envoy's reading of them ({@code yes} is true, {@code 0755} is octal). Pure functions.
 */
final class ScalarReader
{
    private static final long UNSIGNED_INT_MAX = 0xFFFF_FFFFL;
    private static final BigDecimal UNSIGNED_LONG_MAX = new BigDecimal("18446744073709551615");

    private ScalarReader()
    {
    }

    /** The text is not a value of the field's type. */
    static final class Mismatch extends Exception
    {
        private static final long serialVersionUID = 1L;

        Mismatch(final String reason)
        {
            super(reason, null, false, false);
        }
    }

    /**
     * @param field of any scalar or enum type.
     * @param node  the scalar.
     * @return the value in the form that protobuf's reflection takes.
     * @throws Mismatch with a reason that quotes the text.
     */
    static Object read(final FieldDescriptor field, final ConfigNode node) throws Mismatch
    {
        return switch (field.getType())
        {
            case BOOL -> bool(node);
            case STRING -> node.text();
            case BYTES -> bytes(node);
            case ENUM -> enumValue(field, node);
            case DOUBLE -> floating(node);
            case FLOAT -> (float)floating(node);
            case INT32, SINT32, SFIXED32 -> (int)integer(node, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case UINT32, FIXED32 -> (int)integer(node, 0, UNSIGNED_INT_MAX);
            case INT64, SINT64, SFIXED64 -> integer(node, Long.MIN_VALUE, Long.MAX_VALUE);
            case UINT64, FIXED64 -> unsignedLong(node);
            default -> throw new Mismatch("is not a scalar");
        };
    }

    static boolean bool(final ConfigNode node) throws Mismatch
    {
        final Boolean value = asBool(node.text(), node.isQuoted());
        if (value == null)
        {
            throw new Mismatch("must be true or false, not " + node.kind());
        }
        return value;
    }

    /**
     * @param text   of a scalar.
     * @param quoted whether only JSON's two words count.
     * @return null when it is neither true nor false.
     */
    static Boolean asBool(final String text, final boolean quoted)
    {
        return switch (text)
        {
            case "true" -> Boolean.TRUE;
            case "false" -> Boolean.FALSE;
            case "True", "TRUE", "y", "Y", "yes", "Yes", "YES", "on", "On", "ON" -> quoted ? null : Boolean.TRUE;
            case "False", "FALSE", "n", "N", "no", "No", "NO", "off", "Off", "OFF" -> quoted ? null : Boolean.FALSE;
            default -> null;
        };
    }

    private static BigDecimal number(final ConfigNode node) throws Mismatch
    {
        final String text = node.text();
        try
        {
            final boolean negative = text.startsWith("-");
            final String digits = negative ? text.substring(1) : text;
            if (!node.isQuoted() && digits.startsWith("0x"))
            {
                return BigDecimal.valueOf(Long.parseLong((negative ? "-" : "") + digits.substring(2), 16));
            }
            if (!node.isQuoted() && digits.length() > 1 && digits.charAt(0) == '0' && digits.matches("0o?[0-7]+"))
            {
                final int skip = digits.charAt(1) == 'o' ? 2 : 1;
                return BigDecimal.valueOf(Long.parseLong((negative ? "-" : "") + digits.substring(skip), 8));
            }
            // A short bound: an exponent of a billion would be expanded digit by digit.
            if (text.length() > 40 || text.matches(".*[eE][+-]?[0-9]{3,}"))
            {
                throw new Mismatch("must be a number in range, not " + node.kind());
            }
            return new BigDecimal(text);
        }
        catch (final NumberFormatException ex)
        {
            throw new Mismatch("must be a number, not " + node.kind());
        }
    }

    private static long integer(final ConfigNode node, final long min, final long max) throws Mismatch
    {
        final BigDecimal value = number(node);
        if (value.stripTrailingZeros().scale() > 0)
        {
            throw new Mismatch("must be a whole number, not " + node.kind());
        }
        if (value.compareTo(BigDecimal.valueOf(min)) < 0 || value.compareTo(BigDecimal.valueOf(max)) > 0)
        {
            throw new Mismatch("must be from " + min + " to " + max + ", not " + node.kind());
        }
        return value.longValue();
    }

    private static long unsignedLong(final ConfigNode node) throws Mismatch
    {
        final BigDecimal value = number(node);
        if (value.stripTrailingZeros().scale() > 0)
        {
            throw new Mismatch("must be a whole number, not " + node.kind());
        }
        if (value.signum() < 0 || value.compareTo(UNSIGNED_LONG_MAX) > 0)
        {
            throw new Mismatch("must be from 0 to " + UNSIGNED_LONG_MAX + ", not " + node.kind());
        }
        return value.toBigInteger().longValue();
    }

    static double floating(final ConfigNode node) throws Mismatch
    {
        return switch (node.text())
        {
            case "NaN", ".nan", ".NaN" -> Double.NaN;
            case "Infinity", ".inf" -> Double.POSITIVE_INFINITY;
            case "-Infinity", "-.inf" -> Double.NEGATIVE_INFINITY;
            default -> parseDouble(node);
        };
    }

    private static double parseDouble(final ConfigNode node) throws Mismatch
    {
        if (!node.text().matches("[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?"))
        {
            throw new Mismatch("must be a number, not " + node.kind());
        }
        return Double.parseDouble(node.text());
    }

    private static ByteString bytes(final ConfigNode node) throws Mismatch
    {
        try
        {
            final String standard = node.text().replace('-', '+').replace('_', '/');
            return ByteString.copyFrom(Base64.getDecoder().decode(standard));
        }
        catch (final IllegalArgumentException ex)
        {
            throw new Mismatch("must be bytes in base64, not " + node.kind());
        }
    }

    private static EnumValueDescriptor enumValue(final FieldDescriptor field, final ConfigNode node) throws Mismatch
    {
        final EnumValueDescriptor named = field.getEnumType().findValueByName(node.text());
        if (named != null)
        {
            return named;
        }
        if (node.text().matches("[0-9]{1,9}"))
        {
            final EnumValueDescriptor numbered = field.getEnumType().findValueByNumber(Integer.parseInt(node.text()));
            if (numbered != null)
            {
                return numbered;
            }
        }
        throw new Mismatch(node.kind() + " is not one of " + field.getEnumType().getValues().stream()
            .map(EnumValueDescriptor::getName).collect(Collectors.joining(", ")));
    }
}
