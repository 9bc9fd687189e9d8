package dev.ringway.control.config;

/**
 * Where in a configuration something stands, as a chain from the root: cheap to build, spelled out only when an error
 * needs it. Immutable.
 */
public final class FieldPath
{
    /** The configuration itself. */
    public static final FieldPath ROOT = new FieldPath(null, null, -1);

    private final FieldPath parent;
    private final String name;
    private final int index;

    private FieldPath(final FieldPath parent, final String name, final int index)
    {
        this.parent = parent;
        this.name = name;
        this.index = index;
    }

    /**
     * @param field name as in the .proto file.
     * @return the path of that field of this message.
     */
    public FieldPath field(final String field)
    {
        return new FieldPath(this, field, -1);
    }

    /**
     * @param element 0-based place in a repeated field.
     * @return the path of that element of this field.
     */
    public FieldPath at(final int element)
    {
        return new FieldPath(this, null, element);
    }

    /**
     * @param key of a map field.
     * @return the path of that entry of this field.
     */
    public FieldPath key(final String key)
    {
        return new FieldPath(this, key, -2);
    }

    /**
     * @return path one step up, or null for the root.
     */
    FieldPath parent()
    {
        return parent;
    }

    /**
     * @return field name or map key of the last step, or null when that step is an index.
     */
    String name()
    {
        return name;
    }

    /**
     * @return index of the last step, or a negative number when it is a name.
     */
    int index()
    {
        return index;
    }

    /**
     * @return for example {@code static_resources.listeners[0].name}; empty for the root.
     */
    public String toString()
    {
        final StringBuilder text = new StringBuilder(96);
        append(text);
        return text.toString();
    }

    private void append(final StringBuilder text)
    {
        if (parent == null)
        {
            return;
        }
        parent.append(text);
        if (index >= 0)
        {
            text.append('[').append(index).append(']');
        }
        else if (index == -2)
        {
            text.append("[\"").append(name).append("\"]");
        }
        else
        {
            if (!text.isEmpty())
            {
                text.append('.');
            }
            text.append(name);
        }
    }
}
