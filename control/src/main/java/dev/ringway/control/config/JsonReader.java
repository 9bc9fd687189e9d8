package dev.ringway.control.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON document (RFC 8259) into nodes. Strict, and bounded in depth.
 */
final class JsonReader
{
    private final String source;
    private final String text;
    private int position;
    private int line = 1;

    private JsonReader(final String source, final String text)
    {
        this.source = source;
        this.text = text;
    }

    /**
     * @param source file name for messages.
     * @param text   the document.
     * @return its root, or null when the document is empty.
     * @throws ConfigException with the line, when it cannot be parsed.
     */
    static ConfigNode read(final String source, final String text) throws ConfigException
    {
        final JsonReader reader = new JsonReader(source, text);
        if (reader.peek() < 0)
        {
            return null;
        }
        final ConfigNode root = reader.value(0);
        if (reader.peek() >= 0)
        {
            throw reader.fault("text goes on after the end of the document");
        }
        if (root.excess() != null)
        {
            throw reader.fault(root.excess());
        }
        return root;
    }

    private ConfigNode value(final int depth) throws ConfigException
    {
        if (depth > ConfigNode.MAX_DEPTH)
        {
            throw fault("nested deeper than " + ConfigNode.MAX_DEPTH + " levels");
        }
        final int c = peek();
        final int start = line;
        return switch (c)
        {
            case '{' -> map(depth);
            case '[' -> list(depth);
            case '"' -> ConfigNode.scalar(start, string(), true);
            default -> ConfigNode.scalar(start, word(), false);
        };
    }

    private ConfigNode map(final int depth) throws ConfigException
    {
        final int start = line;
        final Map<String, ConfigNode> entries = new LinkedHashMap<>();
        position++;
        boolean more = peek() != '}';
        while (more)
        {
            if (peek() != '"')
            {
                throw fault("expected a key in double quotes, found " + found());
            }
            final String key = string();
            expect(':');
            final ConfigNode first = entries.putIfAbsent(key, value(depth + 1));
            if (first != null)
            {
                throw fault("'" + key + "' is given twice, first in line " + first.line());
            }
            more = goesOn('}');
        }
        expect('}');
        return ConfigNode.map(start, entries);
    }

    private ConfigNode list(final int depth) throws ConfigException
    {
        final int start = line;
        final List<ConfigNode> items = new ArrayList<>();
        position++;
        boolean more = peek() != ']';
        while (more)
        {
            items.add(value(depth + 1));
            more = goesOn(']');
        }
        expect(']');
        return ConfigNode.list(start, items);
    }

    private boolean goesOn(final char end) throws ConfigException
    {
        final int c = peek();
        if (c == ',')
        {
            position++;
            return true;
        }
        if (c != end)
        {
            throw fault("expected , or " + end + ", found " + found());
        }
        return false;
    }

    private String word() throws ConfigException
    {
        final int start = position;
        while (position < text.length() && "+-.eE0123456789abcdefghijklmnopqrstuvwxyz".indexOf(text.charAt(position)) >= 0)
        {
            position++;
        }
        final String word = text.substring(start, position);
        if (!word.matches("true|false|null|-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]+)?"))
        {
            position = start;
            throw fault("expected a value, found " + found());
        }
        return word;
    }

    private String string() throws ConfigException
    {
        final StringBuilder result = new StringBuilder();
        position++;
        while (true)
        {
            final int c = position < text.length() ? text.charAt(position++) : -1;
            if (c == '"')
            {
                return result.toString();
            }
            if (c < 0x20)
            {
                throw fault(c < 0 ? "a string has no end" : "a string holds a control character; write it as \\u" +
                    String.format("%04x", c));
            }
            result.append(c == '\\' ? escaped() : (char)c);
        }
    }

    private char escaped() throws ConfigException
    {
        final int c = position < text.length() ? text.charAt(position++) : -1;
        return switch (c)
        {
            case '"', '\\', '/' -> (char)c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default -> throw fault("a string holds an escape that JSON does not have");
        };
    }

    private char unicode() throws ConfigException
    {
        final String digits = text.substring(position, Math.min(position + 4, text.length()));
        if (!digits.matches("[0-9a-fA-F]{4}"))
        {
            throw fault("\\u must be followed by four hexadecimal digits");
        }
        position += 4;
        return (char)Integer.parseInt(digits, 16);
    }

    private void expect(final char c) throws ConfigException
    {
        if (peek() != c)
        {
            throw fault("expected " + c + ", found " + found());
        }
        position++;
    }

    /** Next character that is not white space, or -1. */
    private int peek()
    {
        for (; position < text.length(); position++)
        {
            final char c = text.charAt(position);
            if (c == '\n')
            {
                line++;
            }
            else if (c != ' ' && c != '\t' && c != '\r')
            {
                return c;
            }
        }
        return -1;
    }

    private String found()
    {
        return position < text.length() ? "'" + text.charAt(position) + "'" : "the end of the document";
    }

    private ConfigException fault(final String reason)
    {
        return new ConfigException(List.of(new ConfigError(source, line, "", "not valid JSON: " + reason)));
    }
}
