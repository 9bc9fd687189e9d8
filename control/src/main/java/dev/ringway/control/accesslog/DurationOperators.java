package dev.ringway.control.accesslog;

import dev.ringway.engine.accesslog.AccessRecord;

/**
 * Operators that print a span of time.
 */
final class DurationOperators
{
    private static final long MICROS_PER_MILLI = 1000;

    private DurationOperators()
    {
    }

    /** A point of time, in microseconds from the start; negative when it never came. */
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
            case "REQUEST_DURATION" -> span(r -> 0, AccessRecord::requestDurationUs, MICROS_PER_MILLI, 1);
            case "RESPONSE_DURATION" -> span(r -> 0, AccessRecord::responseDurationUs, MICROS_PER_MILLI, 1);
            case "REQUEST_TX_DURATION" -> span(r -> 0, r -> r.upstream().sentUs(), MICROS_PER_MILLI, 1);
            case "RESPONSE_TX_DURATION" ->
                span(AccessRecord::responseDurationUs, AccessRecord::durationUs, MICROS_PER_MILLI, 1);
            default -> null;
        };
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
            case "DS_RX_END" -> AccessRecord::requestDurationUs;
            case "US_TX_BEG" -> r -> r.upstream().sendingUs();
            case "US_TX_END" -> r -> r.upstream().sentUs();
            case "US_RX_BEG" -> AccessRecord::responseDurationUs;
            case "DS_TX_END" -> AccessRecord::durationUs;
            default -> throw new LogFormatException(at, "time point " + name +
                " is not recorded; recorded are DS_RX_BEG, DS_RX_END, US_TX_BEG, US_TX_END, US_RX_BEG and DS_TX_END");
        };
    }

    private static LogOperator span(final Point start, final Point end, final long divisor, final long factor)
    {
        return (record, line) ->
        {
            final long from = start.of(record);
            final long to = end.of(record);
            if (from < 0 || to < 0)
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
