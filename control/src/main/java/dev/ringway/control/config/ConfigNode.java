package dev.ringway.control.config;

import java.util.List;
import java.util.Map;

/**
 * One value of a parsed YAML or JSON document with the line where it begins. Scalars keep their text: what it means is
 * decided by the type of the field it is for. Immutable once read.
 */
final class ConfigNode
{
    /** Deepest nesting that is read. */
    static final int MAX_DEPTH = 100;

    /** Most values that are read; aliases let a small file stand for a huge one, so each counts where it is used. */
    static final int MAX_VALUES = 4_000_000;

    private final int line;
    private final String text;
    private final boolean quoted;
    private final Map<String, ConfigNode> entries;
    private final List<ConfigNode> items;
    private final int values;
    private final int depth;

    private ConfigNode(
        final int line,
        final String text,
        final boolean quoted,
        final Map<String, ConfigNode> entries,
        final List<ConfigNode> items)
    {
        this.line = line;
        this.text = text;
        this.quoted = quoted;
        this.entries = entries;
        this.items = items;
        long sum = 1;
        int deepest = 0;
        for (final ConfigNode child : entries != null ? entries.values() : items != null ? items : List.<ConfigNode>of())
        {
            sum += child.values;
            deepest = Math.max(deepest, child.depth + 1);
        }
        values = (int)Math.min(sum, Integer.MAX_VALUE);
        depth = deepest;
    }

    static ConfigNode scalar(final int line, final String text, final boolean quoted)
    {
        return new ConfigNode(line, text, quoted, null, null);
    }

    static ConfigNode map(final int line, final Map<String, ConfigNode> entries)
    {
        return new ConfigNode(line, null, false, entries, null);
    }

    static ConfigNode list(final int line, final List<ConfigNode> items)
    {
        return new ConfigNode(line, null, false, null, items);
    }

    /** Why this is more than can be read, or null. */
    String excess()
    {
        return depth > MAX_DEPTH ? "nested deeper than " + MAX_DEPTH + " levels" :
            values > MAX_VALUES ? "holds more than " + MAX_VALUES + " values" : null;
    }

    /** 1-based. */
    int line()
    {
        return line;
    }

    boolean isScalar()
    {
        return text != null;
    }

    boolean isMap()
    {
        return entries != null;
    }

    boolean isList()
    {
        return items != null;
    }

    boolean isNull()
    {
        return text != null && !quoted &&
            (text.isEmpty() || text.equals("~") || text.equals("null") || text.equals("Null") || text.equals("NULL"));
    }

    /** Text of a scalar. */
    String text()
    {
        return text;
    }

    /** Whether a scalar stood in quotes or in a block, and so can only be a string. */
    boolean isQuoted()
    {
        return quoted;
    }

    /** Entries of a map, in order. */
    Map<String, ConfigNode> entries()
    {
        return entries;
    }

    /** Items of a list. */
    List<ConfigNode> items()
    {
        return items;
    }

    /** For messages: what kind of value this is. */
    String kind()
    {
        return isMap() ? "a map" : isList() ? "a list" : isNull() ? "null" : "'" + shortened() + "'";
    }

    private String shortened()
    {
        return text.length() > 60 ? text.substring(0, 57) + "..." : text;
    }
}
