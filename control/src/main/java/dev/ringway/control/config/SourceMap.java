package dev.ringway.control.config;

import java.util.List;

/**
 * Finds the file and line of a field path. With several sources merged one over the other, a repeated field holds the
 * items of the first source, then those of the next, as protobuf merges them.
 */
public final class SourceMap
{
    private final List<Source> sources;

    /**
     * One document.
     *
     * @param name file name, or the flag that brought it.
     * @param root of the document, or null when it could not be read.
     */
    record Source(String name, ConfigNode root)
    {
    }

    SourceMap(final List<Source> sources)
    {
        this.sources = List.copyOf(sources);
    }

    /**
     * @param name stands in messages where a file name would.
     * @return a map that knows no lines.
     */
    public static SourceMap unknown(final String name)
    {
        return new SourceMap(List.of(new Source(name, null)));
    }

    /**
     * @param path   of a field.
     * @param reason what is wrong with it.
     * @return the error with file and line.
     */
    ConfigError error(final FieldPath path, final String reason)
    {
        Place best = new Place(0, sources.get(0), 0);
        for (final Source source : sources)
        {
            final Place place = find(source, path);
            if (place.depth >= best.depth && place.line > 0)
            {
                best = place;
            }
        }
        return new ConfigError(best.source.name(), best.line, path.toString(), reason);
    }

    private Place find(final Source source, final FieldPath path)
    {
        final Cursor cursor = new Cursor(source);
        cursor.follow(path);
        return new Place(cursor.depth, source, cursor.line);
    }

    private record Place(int depth, Source source, int line)
    {
    }

    /** Follows a path through one source as far as it goes; remembers the line of the last step that was there. */
    private final class Cursor
    {
        private final Source source;
        private ConfigNode node;
        private int depth;
        private int line;

        Cursor(final Source source)
        {
            this.source = source;
            this.node = source.root();
        }

        void follow(final FieldPath path)
        {
            if (path.parent() == null)
            {
                line = node == null ? 0 : node.line();
                return;
            }
            follow(path.parent());
            if (node != null)
            {
                node = path.index() >= 0 ? item(path) : entry(node, path.name());
                if (node != null)
                {
                    depth++;
                    line = node.line();
                }
            }
        }

        private ConfigNode item(final FieldPath path)
        {
            int index = path.index();
            for (final Source earlier : sources)
            {
                if (earlier == source)
                {
                    break;
                }
                final Cursor other = new Cursor(earlier);
                other.follow(path.parent());
                index -= other.node != null && other.node.isList() ? other.node.items().size() : 0;
            }
            return node.isList() && index >= 0 && index < node.items().size() ? node.items().get(index) : null;
        }

        private static ConfigNode entry(final ConfigNode map, final String name)
        {
            if (!map.isMap())
            {
                return null;
            }
            final ConfigNode plain = map.entries().get(name);
            return plain != null ? plain : map.entries().get(camelCase(name));
        }
    }

    /**
     * @param name snake_case name of a field.
     * @return its JSON spelling.
     */
    static String camelCase(final String name)
    {
        final StringBuilder text = new StringBuilder(name.length());
        boolean upper = false;
        for (int i = 0; i < name.length(); i++)
        {
            final char c = name.charAt(i);
            if (c == '_')
            {
                upper = true;
            }
            else
            {
                text.append(upper ? Character.toUpperCase(c) : c);
                upper = false;
            }
        }
        return text.toString();
    }
}
