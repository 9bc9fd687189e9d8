package dev.ringway.control.accesslog;

import dev.ringway.engine.snapshot.LoggedField;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a format asks for that is only recorded on demand. Filled while the format is compiled; one thread.
 */
final class LogNeeds
{
    private final Map<Integer, LoggedField> fields = new LinkedHashMap<>();
    private long uses;

    /** {@code USES_*} of {@link dev.ringway.engine.snapshot.AccessLogSink}. */
    void addUses(final long bits)
    {
        uses |= bits;
    }

    void add(final LoggedField field)
    {
        fields.put(field.id(), field);
        uses |= field.place().use();
    }

    void addAll(final LogNeeds others)
    {
        fields.putAll(others.fields);
        uses |= others.uses;
    }

    long uses()
    {
        return uses;
    }

    /** Each once. */
    List<LoggedField> fields()
    {
        return List.copyOf(fields.values());
    }
}
