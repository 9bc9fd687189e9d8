package dev.ringway.system;

import java.util.List;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

/**
 * What came on one stream, with "name: value" fields in their order. {@code reset} is the code of RST_STREAM, or
 * {@link #NONE}.
 */
record Http2Answer(List<String> fields, byte[] body, List<String> trailers, long reset)
{
    static final long NONE = -1;

    /** The final status, or 0 where none came before the stream was reset. */
    int status()
    {
        final String status = field(":status");
        return status == null ? 0 : Integer.parseInt(status);
    }

    String text()
    {
        return new String(body, ISO_8859_1);
    }

    /** The value of the first field of a name, or null. */
    String field(final String name)
    {
        for (final String field : fields)
        {
            if (field.startsWith(name + ": "))
            {
                return field.substring(name.length() + 2);
            }
        }
        return null;
    }
}
