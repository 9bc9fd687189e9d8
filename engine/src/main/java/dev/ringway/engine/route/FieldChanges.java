package dev.ringway.engine.route;

import dev.ringway.codecs.http.HeaderName;

import java.util.ArrayList;
import java.util.List;

/**
 * Fields that a head loses and gains, level by level: what one level has done the next sees. Envoy:
 * {@code request_headers_to_add} and its kin. Immutable.
 *
 * @param levels in the order in which they are applied, none of them empty.
 * @param asked  fields of the request that values of a response are made of, each key once for each place.
 */
public record FieldChanges(List<Level> levels, List<HeaderKey> asked)
{
    /** Most fields that one level adds. */
    public static final int MAX_PUT = Long.SIZE;

    /**
     * @param levels in the order in which they are applied, none of them empty.
     */
    public FieldChanges(final List<Level> levels)
    {
        this(levels, asked(levels));
    }

    private static List<HeaderKey> asked(final List<Level> levels)
    {
        final List<HeaderKey> asked = new ArrayList<>();
        for (final Level level : levels)
        {
            for (final Put put : level.put)
            {
                put.value.forEach(part -> addAsked(part, asked));
            }
        }
        return List.copyOf(asked);
    }

    private static void addAsked(final ValuePart part, final List<HeaderKey> asked)
    {
        final ValuePart.Field field = switch (part)
        {
            case final ValuePart.Field own -> own;
            case final ValuePart.Path path -> path.field();
            case final ValuePart.Parameter parameter -> ValuePart.Parameter.PATH;
            default -> null;
        };
        if (field != null && !field.ofResponse())
        {
            asked.add(field.name());
            if (field.otherwise() != null)
            {
                asked.add(field.otherwise());
            }
        }
    }

    /**
     * Those of one level: of a cluster's share, a route, a virtual host or a table.
     *
     * @param removed first.
     * @param put     what comes then.
     */
    public record Level(List<FieldName> removed, List<Put> put)
    {
        /**
         * @return whether it changes nothing.
         */
        public boolean isEmpty()
        {
            return removed.isEmpty() && put.isEmpty();
        }
    }

    /**
     * One field that is added. Envoy: {@code HeaderValueOption}.
     *
     * @param name      of it.
     * @param value     in pieces.
     * @param action    what becomes of fields of that name.
     * @param keepEmpty whether it is added though its value is empty.
     */
    public record Put(FieldName name, List<ValuePart> value, Action action, boolean keepEmpty)
    {
    }

    /** What becomes of fields of the same name ({@code HeaderAppendAction}). */
    public enum Action
    {
        /** They stay. */
        APPEND_IF_EXISTS_OR_ADD,
        /** The new one is not added. */
        ADD_IF_ABSENT,
        /** They go. */
        OVERWRITE_IF_EXISTS_OR_ADD,
        /** They go; without any, the new one is not added. */
        OVERWRITE_IF_EXISTS
    }

    /**
     * @return mask of the well-known names of which it says something, see {@link HeaderName#mask}.
     */
    public long names()
    {
        long names = 0;
        for (int i = 0; i < levels.size(); i++)
        {
            final Level level = levels.get(i);
            for (int j = 0; j < level.removed.size(); j++)
            {
                names |= 1L << level.removed.get(j).id();
            }
            for (int j = 0; j < level.put.size(); j++)
            {
                names |= 1L << level.put.get(j).name().id();
            }
        }
        return names;
    }

    /**
     * @param nameId from {@link HeaderName}, not OTHER.
     * @return whether it says something of fields of that name.
     */
    public boolean saysAbout(final int nameId)
    {
        return (names() >>> nameId & 1) != 0;
    }

    /**
     * @param name of fields.
     * @return whether a level removes them.
     */
    public boolean removes(final FieldName name)
    {
        boolean isRemoved = false;
        for (int i = 0; i < levels.size() && !isRemoved; i++)
        {
            final List<FieldName> removed = levels.get(i).removed;
            for (int j = 0; j < removed.size() && !isRemoved; j++)
            {
                isRemoved = removed.get(j).is(name);
            }
        }
        return isRemoved;
    }

    /**
     * @param first  level, or null.
     * @param others that come behind it, or null.
     * @return all of them, or null when there is none.
     */
    static FieldChanges of(final Level first, final FieldChanges others)
    {
        final List<Level> all = new ArrayList<>();
        if (first != null && !first.isEmpty())
        {
            all.add(first);
        }
        if (others != null)
        {
            all.addAll(others.levels);
        }
        return all.isEmpty() ? null : new FieldChanges(List.copyOf(all));
    }

    /**
     * @param levels in the order in which they are applied.
     * @return those that change something, or null when none does.
     */
    public static FieldChanges of(final List<Level> levels)
    {
        final List<Level> all = levels.stream().filter(level -> !level.isEmpty()).toList();
        return all.isEmpty() ? null : new FieldChanges(all);
    }
}
