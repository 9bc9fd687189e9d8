package dev.ringway.control.admin;

import java.util.LinkedHashMap;
import java.util.Map;

import static java.net.URLDecoder.decode;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * The parameters of a request, in the order given; the first of a name counts. Unknown ones are ignored, as in Envoy.
 *
 * @param values by name; empty for a name without a value.
 */
record Query(Map<String, String> values)
{
    /**
     * @param raw part of the target behind {@code ?}, encoded, or null.
     * @return its parameters.
     * @throws IllegalArgumentException when the encoding is broken.
     */
    static Query parse(final String raw)
    {
        final Map<String, String> values = new LinkedHashMap<>();
        for (final String pair : raw == null ? new String[0] : raw.split("&"))
        {
            final int equals = pair.indexOf('=');
            final String name = decode(equals < 0 ? pair : pair.substring(0, equals), UTF_8);
            if (!name.isEmpty())
            {
                values.putIfAbsent(name, equals < 0 ? "" : decode(pair.substring(equals + 1), UTF_8));
            }
        }
        return new Query(values);
    }

    boolean has(final String name)
    {
        return values.containsKey(name);
    }

    String value(final String name)
    {
        return values.getOrDefault(name, "");
    }
}
