package dev.ringway.engine.accesslog;

import java.util.Arrays;

/**
 * What a record tells of what the configuration says of the parts that a request met: JSON objects by namespaces, which
 * belong to the configuration and never change. They stand beside the record, which holds them until it is handed over or
 * begun anew and copies nothing. Recorded on demand. Of its record in all respects.
 */
public final class AccessMetadata
{
    /** Of the endpoint that was asked last. */
    public static final int ENDPOINT = 0;
    /** Of the cluster. */
    public static final int CLUSTER = 1;
    /** Of the route. */
    public static final int ROUTE = 2;
    /** Of the virtual host of the route. */
    public static final int VIRTUAL_HOST = 3;

    /** Places that are taken for a record. */
    static final int COUNT = 4;

    private final String[] told = new String[COUNT];
    private boolean isAny;

    AccessMetadata()
    {
    }

    /**
     * @param part one of the numbers.
     * @return what is said of it, a JSON object, or null.
     */
    public String of(final int part)
    {
        return told[part];
    }

    /**
     * @param part one of the numbers.
     * @param json what is said of it, or null.
     */
    public void put(final int part, final String json)
    {
        told[part] = json;
        isAny |= json != null;
    }

    /** Lets go of all. */
    void clear()
    {
        if (isAny)
        {
            Arrays.fill(told, null);
            isAny = false;
        }
    }

    /** Moves them to places that are empty. */
    void moveTo(final String[] places, final int first)
    {
        if (isAny)
        {
            System.arraycopy(told, 0, places, first, COUNT);
            clear();
        }
    }

    /** Takes what places hold, and empties them. */
    void moveFrom(final String[] places, final int first)
    {
        clear();
        for (int i = 0; i < COUNT; i++)
        {
            if (places[first + i] != null)
            {
                put(i, places[first + i]);
                places[first + i] = null;
            }
        }
    }
}
