package dev.ringway.codecs.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class HeaderNameTest
{
    @Test
    void shouldKnowEachConstantByItsName() throws IllegalAccessException
    {
        int constants = 0;
        for (final Field field : HeaderName.class.getFields())
        {
            if (!Modifier.isStatic(field.getModifiers()) || field.getName().equals("COUNT"))
            {
                continue;
            }

            constants++;
            final int id = field.getInt(null);
            if (id == HeaderName.OTHER)
            {
                assertEquals(0, HeaderName.bytes(id).length);
                continue;
            }

            final String name = field.getName().toLowerCase(Locale.ROOT).replace('_', '-');
            assertEquals(name, new String(HeaderName.bytes(id), StandardCharsets.US_ASCII));
            assertEquals(id, idOf(name), name);
        }
        assertEquals(HeaderName.COUNT, constants);
        assertTrue(HeaderName.COUNT <= 64);
    }

    @Test
    void shouldNotKnowNamesThatDifferInAnyByteOrInLength()
    {
        for (int id = 1; id < HeaderName.COUNT; id++)
        {
            final byte[] name = HeaderName.bytes(id);
            final String text = new String(name, StandardCharsets.US_ASCII);
            for (int i = 0; i < name.length; i++)
            {
                final char[] chars = text.toCharArray();
                chars[i] = '~';
                assertEquals(HeaderName.OTHER, idOf(new String(chars)), text);
            }
            assertEquals(HeaderName.OTHER, idOf(text + "x"));
            assertEquals(HeaderName.OTHER, idOf("x" + text));
            assertEquals(HeaderName.OTHER, idOf(text.substring(1)));
            assertEquals(HeaderName.OTHER, idOf(text + text));
        }
    }

    @Test
    void shouldBuildMasks()
    {
        assertEquals(0, HeaderName.mask());
        assertEquals(1L << HeaderName.HOST | 1L << HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME,
            HeaderName.mask(HeaderName.HOST, HeaderName.X_ENVOY_UPSTREAM_SERVICE_TIME));
    }

    private static int idOf(final String name)
    {
        final UnsafeBuffer buffer = new UnsafeBuffer(("??" + name).getBytes(StandardCharsets.US_ASCII));
        return HeaderName.idOf(buffer, 2, name.length());
    }
}
