package dev.ringway.control.translate;

import com.google.protobuf.Duration;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import dev.ringway.control.config.ConfigErrors;
import dev.ringway.control.config.FieldPath;
import dev.ringway.control.config.NewerField;
import dev.ringway.engine.snapshot.ConnectionAge;
import io.envoyproxy.envoy.type.v3.Percent;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Rules that many fields share. Each notes a fault and returns a value that lets translation go on. Control thread only.
 */
final class Checks
{
    private static final double WHOLE = 100;
    /** With less no request would be answered. */
    private static final long LEAST_AGE_NS = TimeUnit.MILLISECONDS.toNanos(1);

    private final ConfigErrors errors;
    private FileStamps files = new FileStamps();
    private List<String> names = new ArrayList<>();

    /**
     * @param errors where faults go.
     */
    Checks(final ConfigErrors errors)
    {
        this.errors = errors;
    }

    /** A file is about to be read. */
    void reads(final Path file)
    {
        files.add(file);
    }

    /**
     * @return files that were read since the last call, as they were then.
     */
    FileStamps takeFiles()
    {
        final FileStamps taken = files;
        files = new FileStamps();
        return taken;
    }

    /** A name that access logs may show. */
    void noteName(final String name)
    {
        names.add(name);
    }

    /**
     * @return names that were noted since the last call.
     */
    List<String> takeNames()
    {
        final List<String> taken = names;
        names = new ArrayList<>();
        return taken;
    }

    /** Where faults go. */
    ConfigErrors errors()
    {
        return errors;
    }

    /**
     * @param path   of the field.
     * @param reason what is wrong.
     */
    void fault(final FieldPath path, final String reason)
    {
        errors.add(path, reason);
    }

    /**
     * @param value of a string field.
     * @param path  of it.
     * @return whether it is there.
     */
    boolean required(final String value, final FieldPath path)
    {
        if (value.isEmpty())
        {
            errors.add(path, "is required");
        }
        return !value.isEmpty();
    }

    /**
     * @param isSet whether the field is set.
     * @param path  of it.
     * @return {@code isSet}.
     */
    boolean required(final boolean isSet, final FieldPath path)
    {
        if (!isSet)
        {
            errors.add(path, "is required");
        }
        return isSet;
    }

    /**
     * @param isSet    whether the field is set.
     * @param duration its value.
     * @param path     of it.
     * @param unsetNs  what holds when it is not set.
     * @return nanoseconds, not negative when set.
     */
    long duration(final boolean isSet, final Duration duration, final FieldPath path, final long unsetNs)
    {
        if (!isSet)
        {
            return unsetNs;
        }
        if (duration.getSeconds() < 0 || duration.getNanos() < 0)
        {
            errors.add(path, "must not be negative");
            return 0;
        }
        final long seconds = Math.min(duration.getSeconds(), TimeUnit.DAYS.toSeconds(365 * 100));
        return TimeUnit.SECONDS.toNanos(seconds) + duration.getNanos();
    }

    /**
     * @param isSet    whether the field is set.
     * @param duration its value.
     * @param path     of it.
     * @param unsetNs  what holds when it is not set.
     * @param leastNs  smallest value allowed.
     * @return nanoseconds.
     */
    long durationAtLeast(
        final boolean isSet, final Duration duration, final FieldPath path, final long unsetNs, final long leastNs)
    {
        final long ns = duration(isSet, duration, path, unsetNs);
        if (ns < leastNs)
        {
            errors.add(path, "must be at least " + TimeUnit.NANOSECONDS.toMicros(leastNs) / 1e6 + "s");
        }
        return ns;
    }

    /**
     * @param isSet whether the field is set.
     * @param value its value.
     * @param path  of it.
     * @param unset what holds when it is not set.
     * @param least smallest value allowed.
     * @param most  largest value allowed; {@link Integer#MAX_VALUE} stands for no bound, and larger ones are cut to it.
     * @return the value.
     */
    int count(
        final boolean isSet, final UInt32Value value, final FieldPath path, final int unset, final int least,
        final int most)
    {
        if (!isSet)
        {
            return unset;
        }
        final long number = Integer.toUnsignedLong(value.getValue());
        if (number < least || number > most && most != Integer.MAX_VALUE)
        {
            errors.add(path, most == Integer.MAX_VALUE ? "must be at least " + least + ", not " + number :
                "must be from " + least + " to " + most + ", not " + number);
            return unset;
        }
        return (int)Math.min(number, Integer.MAX_VALUE);
    }

    /**
     * @param isSet whether the field is set.
     * @param value its value.
     * @param path  of it.
     * @param unset what holds when it is not set.
     * @return from 0 to 100.
     */
    double percent(final boolean isSet, final Percent value, final FieldPath path, final double unset)
    {
        if (isSet && !(value.getValue() >= 0 && value.getValue() <= WHOLE))
        {
            errors.add(path, "must be from 0 to 100, not " + value.getValue());
            return unset;
        }
        return isSet ? value.getValue() : unset;
    }

    /**
     * @param isSet    whether clients' connections are bounded.
     * @param duration their bound.
     * @param name     of its field.
     * @param holder   of the field.
     * @param jitter   part of the duration that may be added.
     * @param path     of the holder.
     * @return how long they last.
     */
    ConnectionAge age(
        final boolean isSet,
        final Duration duration,
        final String name,
        final Message holder,
        final NewerField jitter,
        final FieldPath path)
    {
        final long maxNs = isSet ? durationAtLeast(true, duration, path.field(name), 0, LEAST_AGE_NS) : 0;
        return new ConnectionAge(maxNs, part(holder, jitter, path, maxNs));
    }

    /**
     * @param holder of a percentage.
     * @param field  that may be set in it.
     * @param path   of the holder.
     * @param ns     a time.
     * @return so many percent of it as the field says; 0 where it is not set.
     */
    long part(final Message holder, final NewerField field, final FieldPath path, final long ns)
    {
        try
        {
            return (long)(ns * percent(field.isIn(holder), Percent.parseFrom(field.bytesIn(holder)),
                path.field(field.fieldName()), 0) / WHOLE);
        }
        catch (final InvalidProtocolBufferException ex)
        {
            throw new IllegalArgumentException(path + " was not checked", ex);
        }
    }
}
