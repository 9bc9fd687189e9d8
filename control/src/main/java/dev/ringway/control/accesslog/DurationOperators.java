package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;
import dev.ringway.engine.accesslog.AccessTimes;

import java.util.Map;
import java.util.TreeMap;

/**
 * Operators that print a span of time.
 */
final class DurationOperators
{
    private static final long MICROS_PER_MILLI = 1000;
    private static final String COMMON = "COMMON_DURATION";
    private static final String HANDSHAKE = "DOWNSTREAM_HANDSHAKE_DURATION";
    private static final String READY = "UPSTREAM_CONNECTION_POOL_READY_DURATION";
    /** By name: those that are recorded on demand. */
    private static final Map<String, Integer> ASKED = new TreeMap<>(Map.of("US_CX_BEG", AccessTimes.CONNECTING,
        "US_CX_END", AccessTimes.CONNECTED, "US_HS_END", AccessTimes.SECURED, "US_RX_BODY_BEG", AccessTimes.CONTENT,
        "US_RX_END", AccessTimes.ANSWERED, "DS_TX_BEG", AccessTimes.ANSWERING));

    private DurationOperators()
    {
    }

    /** A point of time, in microseconds from the start, or {@link AccessTimes#NEVER}. */
    @FunctionalInterface
    private interface Point
    {
        long of(AccessRecord record);
    }

    /**
     * @param name of an operator.
     * @return its step, null when it is none of these.
     */
    static LogOperator of(final String name)
    {
        return switch (name)
        {
            case "DURATION" -> span(r -> 0, AccessRecord::durationUs, MICROS_PER_MILLI, 1);
            case "REQUEST_DURATION" -> span(r -> 0, told(AccessRecord::requestDurationUs), MICROS_PER_MILLI, 1);
            case "RESPONSE_DURATION" -> span(r -> 0, told(AccessRecord::responseDurationUs), MICROS_PER_MILLI, 1);
            case "REQUEST_TX_DURATION" -> span(r -> 0, told(r -> r.upstream().sentUs()), MICROS_PER_MILLI, 1);
            case "RESPONSE_TX_DURATION" ->
                span(told(AccessRecord::responseDurationUs), AccessRecord::durationUs, MICROS_PER_MILLI, 1);
            case HANDSHAKE -> span(r -> 0, asked(AccessTimes.HANDSHAKE), MICROS_PER_MILLI, 1);
            case READY -> span(asked(AccessTimes.ASKED), asked(AccessTimes.READY), MICROS_PER_MILLI, 1);
            default -> null;
        };
    }

    /** Those that are not told of elsewhere, for messages. */
    static String names()
    {
        return HANDSHAKE + " " + READY;
    }

    /**
     * @param name     of an operator.
     * @param argument between its parentheses, or null.
     * @return whether it needs times that are only recorded on demand.
     */
    static boolean asks(final String name, final String argument)
    {
        return name.equals(HANDSHAKE) || name.equals(READY) ||
            name.equals(COMMON) && ASKED.keySet().stream().anyMatch(argument::contains);
    }

    /**
     * @param name of an operator.
     * @return whether it prints a span of time, and so a number.
     */
    static boolean has(final String name)
    {
        return name.equals(COMMON) || of(name) != null;
    }

    /**
     * {@code %COMMON_DURATION(START:END:PRECISION)%} between those points that are recorded.
     *
     * @param argument   between the parentheses.
     * @param at         of the operator.
     * @param argumentAt of the argument.
     * @return the step.
     * @throws LogFormatException when it is malformed or names a point that is not recorded.
     */
    static LogOperator common(final String argument, final int at, final int argumentAt) throws LogFormatException
    {
        final String[] parts = argument == null ? new String[0] : argument.split(":", -1);
        if (parts.length != 3)
        {
            throw new LogFormatException(at, "%COMMON_DURATION% needs (START:END:PRECISION)");
        }
        final Point start = point(parts[0], argumentAt);
        final Point end = point(parts[1], argumentAt + parts[0].length() + 1);
        return switch (parts[2])
        {
            case "ms" -> span(start, end, MICROS_PER_MILLI, 1);
            case "us" -> span(start, end, 1, 1);
            case "ns" -> span(start, end, 1, MICROS_PER_MILLI);
            default -> throw new LogFormatException(
                argumentAt, "precision " + parts[2] + " of %COMMON_DURATION% must be ms, us or ns");
        };
    }

    private static Point point(final String name, final int at) throws LogFormatException
    {
        return switch (name)
        {
            case "DS_RX_BEG" -> r -> 0;
            case "DS_RX_END" -> told(AccessRecord::requestDurationUs);
            case "US_TX_BEG" -> told(r -> r.upstream().sendingUs());
            case "US_TX_END" -> told(r -> r.upstream().sentUs());
            case "US_RX_BEG" -> told(AccessRecord::responseDurationUs);
            case "DS_TX_END" -> AccessRecord::durationUs;
            default ->
            {
                if (!ASKED.containsKey(name))
                {
                    throw new LogFormatException(at, "time point " + name + " is not recorded; recorded are DS_RX_BEG, " +
                        "DS_RX_END, US_TX_BEG, US_TX_END, US_RX_BEG, DS_TX_END and " + String.join(", ", ASKED.keySet()));
                }
                yield asked(ASKED.get(name));
            }
        };
    }

    private static Point asked(final int index)
    {
        return record -> AccessTimes.get(record, index);
    }

    /** Where -1 stands for what never came. */
    private static Point told(final Point point)
    {
        return record ->
        {
            final long value = point.of(record);
            return value < 0 ? AccessTimes.NEVER : value;
        };
    }

    private static LogOperator span(final Point start, final Point end, final long divisor, final long factor)
    {
        return (record, line) ->
        {
            final long from = start.of(record);
            final long to = end.of(record);
            // As Envoy, for which nothing ends before it begins.
            if (from == AccessTimes.NEVER || to == AccessTimes.NEVER || to < from)
            {
                line.put((byte)'-');
            }
            else
            {
                line.decimal((to - from) * factor / divisor);
            }
        };
    }
}
