package dev.ringway.codecs.http1;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Http1BodyDecoderTest
{
    @ParameterizedTest
    @CsvSource(delimiter = '#', value = {
        "'5~hello~0~' # 'hello|trailers|13'", "'5~hello~6~ world~0~~next' # 'hello world|trailers|24'",
        "'0~' # '|trailers|3'", "'00000~' # '|trailers|7'",
        "'a;x=y;z=\"q\t\"~0123456789~0~' # '0123456789|trailers|29'",
        "'A~0123456789~000;last~' # '0123456789|trailers|25'", "'5;~hello~0~' # 'hello|trailers|14'",
        "'5~hel' # 'hel|more|6'", "'5~hello' # 'hello|more|8'", "'5' # '|more|1'", "'5~hello~0' # 'hello|more|11'",
        "'2~~~0~' # '~|trailers|10'", "'000000000000001~x~0~' # 'x|trailers|23'",
        "' 5~hello~' # '|INVALID_CHUNK_SIZE'", "'~' # '|INVALID_CHUNK_SIZE'", "'+5~hello~' # '|INVALID_CHUNK_SIZE'",
        "'-1~' # '|INVALID_CHUNK_SIZE'", "'0x5~hello~' # '|INVALID_CHUNK_SIZE'", "'5_0~' # '|INVALID_CHUNK_SIZE'",
        "'5 ~hello~' # '|INVALID_CHUNK_SIZE'", "'g~' # '|INVALID_CHUNK_SIZE'", "';x~' # '|INVALID_CHUNK_SIZE'",
        "'0000000000000001~x~' # '|INVALID_CHUNK_SIZE'", "'fffffffffffffffff~' # '|INVALID_CHUNK_SIZE'",
        "'5\nhello~' # '|BARE_LF'", "'5;x\nhello~' # '|BARE_LF'", "'5\rhello~' # '|BARE_CR'", "'5;\r;~' # '|BARE_CR'",
        "'5;a\u0001b~' # '|INVALID_CHUNK_EXTENSION'", "'5;\u007f~' # '|INVALID_CHUNK_EXTENSION'",
        "'5~helloX~' # 'hello|INVALID_CHUNK_END'", "'5~hello\n0~' # 'hello|INVALID_CHUNK_END'",
        "'5~hello\rX' # 'hello|INVALID_CHUNK_END'", "'5~hello~~0~' # 'hello|INVALID_CHUNK_SIZE'",
        "'3~hello~' # 'hel|INVALID_CHUNK_END'"
    })
    void shouldDecodeChunks(final String input, final String expected)
    {
        assertDecoded(expected.replace("~", "\r\n"), input.replace("~", "\r\n"), Http1BodyDecoder::chunked);
    }

    @Test
    void shouldRefuseNul()
    {
        assertDecoded("|INVALID_CHUNK_SIZE", "5\0\r\nhello", Http1BodyDecoder::chunked);
        assertDecoded("|INVALID_CHUNK_EXTENSION", "5;\0\r\nhello", Http1BodyDecoder::chunked);
    }

    @Test
    void shouldDecodeFixedLength()
    {
        assertDecoded("hello|done|5", "hello", decoder -> decoder.fixed(5));
        assertDecoded("hello|done|5", "hello, surplus", decoder -> decoder.fixed(5));
        assertDecoded("hello|more|5", "hello", decoder -> decoder.fixed(6));
        assertDecoded("|done|0", "hello", decoder -> decoder.fixed(0));
        assertDecoded("|done|0", "hello", Http1BodyDecoder::none);
    }

    @Test
    void shouldReadUntilClose()
    {
        assertDecoded("hello|more|5", "hello", Http1BodyDecoder::untilClose);
        final Http1BodyDecoder decoder = new Http1BodyDecoder();
        decoder.untilClose();
        assertFalse(decoder.complete());
        assertEquals(0, decoder.endOfInput());
        assertTrue(decoder.complete());
    }

    @Test
    void shouldNoticeTruncation()
    {
        final Http1BodyDecoder decoder = new Http1BodyDecoder();
        decoder.fixed(3);
        assertEquals(Http1Error.TRUNCATED_BODY, decoder.endOfInput());
        decoder.chunked();
        assertEquals(Http1Error.TRUNCATED_BODY, decoder.endOfInput());
        decoder.decode(new UnsafeBuffer(Bytes.of("0\r\n")), 0, 3);
        assertTrue(decoder.inTrailers());
        assertEquals(Http1Error.TRUNCATED_BODY, decoder.endOfInput());
        decoder.endTrailers();
        assertEquals(0, decoder.endOfInput());
        decoder.none();
        assertEquals(0, decoder.endOfInput());
    }

    @Test
    void shouldCountWhatRemains()
    {
        final Http1BodyDecoder decoder = new Http1BodyDecoder();
        decoder.fixed(1L << 40);
        assertEquals(5, decoder.decode(new UnsafeBuffer(Bytes.of("hello")), 0, 5));
        assertEquals((1L << 40) - 5, decoder.remaining());
        assertEquals(0, decoder.decode(new UnsafeBuffer(new byte[0]), 0, 0));

        decoder.chunked();
        assertEquals(17, decoder.decode(new UnsafeBuffer(Bytes.of("fffffffffffffff\r\n")), 0, 17));
        assertEquals((1L << 60) - 1, decoder.remaining());
    }

    @Test
    void shouldLimitExtensionsOfABody()
    {
        final int each = 100;
        final String chunk = "1;" + "e".repeat(each - 1) + "\r\nx\r\n";
        final String fits = chunk.repeat(Http1BodyDecoder.MAX_EXTENSION_LENGTH / each);
        assertTrue(Bodies.decode(Bytes.of(fits), Http1BodyDecoder::chunked).endsWith("|more|" + fits.length()));
        assertTrue(Bodies.decode(Bytes.of(fits + chunk), Http1BodyDecoder::chunked)
            .endsWith("CHUNK_EXTENSION_TOO_LONG"));
    }

    @Test
    void shouldStartAfresh()
    {
        final Http1BodyDecoder decoder = new Http1BodyDecoder();
        decoder.chunked();
        decoder.decode(new UnsafeBuffer(Bytes.of("5;ext\r")), 0, 6);
        decoder.chunked();
        assertEquals(0, decoder.extensionLength());
        assertEquals(0, decoder.remaining());
        assertEquals(4, decoder.decode(new UnsafeBuffer(Bytes.of("1\r\nx")), 0, 4));
        assertEquals(1, decoder.dataLength());
        assertEquals(3, decoder.dataOffset());
    }

    private static void assertDecoded(final String expected, final String input, final Bodies.Start start)
    {
        final byte[] bytes = Bytes.of(input);
        assertEquals(expected, Bodies.decode(bytes, start));
        assertEquals(expected, Bodies.decode(bytes, start, Bodies.everywhere(bytes)));
        for (int cut = 0; cut <= bytes.length; cut++)
        {
            assertEquals(expected, Bodies.decode(bytes, start, cut), "cut at " + cut);
        }
    }
}
