package dev.ringway.codecs.hpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;
import org.junit.jupiter.api.Test;

class HpackEncoderTest
{
    private final HpackEncoder encoder = new HpackEncoder();
    private final UnsafeBuffer out = new UnsafeBuffer(new byte[4096]);
    private final Blocks blocks = new Blocks(new HpackDecoder(4096));

    @Test
    void shouldWriteIndexedFieldsInOneByte()
    {
        int at = encoder.putMethod(out, 0, null, 0, 0, HttpMethod.GET);
        at = encoder.putMethod(out, at, null, 0, 0, HttpMethod.POST);
        at = encoder.putScheme(out, at, false);
        at = encoder.putScheme(out, at, true);
        at = encoder.putPath(out, at, buffer("/"), 0, 1);
        for (final int status : new int[]{ 200, 204, 206, 304, 400, 404, 500 })
        {
            at = encoder.putStatus(out, at, status);
        }
        assertEquals("82838687" + "84" + "88898a8b8c8d8e", hex(at));
    }

    @Test
    void shouldWriteWhatTheDecoderReads()
    {
        for (final boolean isCoding : new boolean[]{ true, false })
        {
            encoder.huffman(isCoding);
            int at = encoder.putBlockStart(out, 0);
            at = encoder.putMethod(out, at, null, 0, 0, HttpMethod.DELETE);
            at = encoder.putMethod(out, at, buffer("PURGE"), 0, 5, HttpMethod.OTHER);
            at = encoder.putPath(out, at, buffer("x/a?b=c"), 1, 6);
            at = encoder.putAuthority(out, at, buffer("www.example.com:8080"), 0, 20);
            at = encoder.putStatus(out, at, 503);
            at = put(at, "user-agent", "curl/8.0");
            at = put(at, "x-request-id", "9e107d9d-372b-4c3b");
            at = put(at, "x-rare", "");
            assertTrue(decode(at) > 0);
            assertEquals(List.of(":method: DELETE", ":method: PURGE", ":path: /a?b=c",
                ":authority: www.example.com:8080", ":status: 503", "user-agent: curl/8.0",
                "x-request-id: 9e107d9d-372b-4c3b", "x-rare: "), blocks.fields());
        }
    }

    @Test
    void shouldWriteEveryWellKnownNameAndStatus()
    {
        final byte[] value = { 'v' };
        for (final boolean isCoding : new boolean[]{ true, false })
        {
            encoder.huffman(isCoding);
            for (int id = HeaderName.OTHER + 1; id < HeaderName.COUNT; id++)
            {
                assertTrue(decode(encoder.putField(out, 0, id, value, 0, 1)) > 0);
                assertEquals(List.of(id), blocks.nameIds());
                assertEquals("v", blocks.fields().getFirst().split(": ")[1]);
            }
            for (int status = 100; status < 1000; status++)
            {
                assertTrue(decode(encoder.putStatus(out, 0, status)) > 0);
                assertEquals(List.of(":status: " + status), blocks.fields());
            }
        }
    }

    @Test
    void shouldWriteValuesOfEveryLength()
    {
        final byte[] value = "0".repeat(20_000).getBytes(StandardCharsets.US_ASCII);
        final UnsafeBuffer large = new UnsafeBuffer(new byte[HpackEncoder.boundOf(4, value.length)]);
        for (final boolean isCoding : new boolean[]{ true, false })
        {
            encoder.huffman(isCoding);
            for (int length = 0; length <= value.length; length += length < 600 ? 1 : 97)
            {
                final byte[] block = new byte[encoder.putField(large, 0, HeaderName.ETAG, value, 0, length)];
                large.getBytes(0, block);
                assertEquals(6 + length + 2, blocks.decode(block));
                assertEquals(length, blocks.fields().getFirst().length() - 6);
            }
        }
    }

    @Test
    void shouldKeepCredentialsOutOfTables()
    {
        int at = put(0, "authorization", "Basic abc");
        at = put(at, "proxy-authorization", "Basic abcdefghijklmnopqrstuvwxyz");
        at = put(at, "cookie", "a=1234567890123456x");
        at = put(at, "cookie", "a=1234567890123456xy");
        at = put(at, "accept", "a");
        decode(at);
        assertEquals(List.of(1, 1, 1, 0, 0), blocks.flags());
    }

    @Test
    void shouldLeaveOutWhatIsDroppedOrNominated()
    {
        final UnsafeBuffer src = buffer("host: a\r\nfoo: b\r\nbar: c\r\n");
        final HeaderTable table = new HeaderTable(4);
        table.reset(src);
        table.addCanonical(0, 4, 1, HeaderName.HOST);
        table.addCanonical(9, 3, 1, HeaderName.OTHER);
        table.addCanonical(17, 3, 1, HeaderName.OTHER);
        table.nominate(1);
        decode(encoder.putFields(table, HeaderName.mask(HeaderName.HOST), out, 0));
        assertEquals(List.of("bar: c"), blocks.fields());
    }

    @Test
    void shouldKeepSecretWhatCameAsSecret()
    {
        final UnsafeBuffer src = buffer("etag: a\r\nfoo: b\r\nx-request-id: c\r\nfoo: d\r\n");
        final HeaderTable table = new HeaderTable(4);
        table.reset(src);
        table.addCanonical(0, 4, 1, HeaderName.ETAG);
        table.addCanonical(9, 3, 1, HeaderName.OTHER);
        table.addCanonical(17, 12, 1, HeaderName.X_REQUEST_ID);
        table.addCanonical(34, 3, 1, HeaderName.OTHER);
        for (int i = 0; i < 3; i++)
        {
            table.markNeverIndexed(i);
        }
        decode(encoder.putFields(table, 0, out, 0));
        assertEquals(List.of("etag: a", "foo: b", "x-request-id: c", "foo: d"), blocks.fields());
        assertEquals(List.of(1, 1, 1, 0), blocks.flags());
    }

    @Test
    void shouldTellASmallerTableOnceAtTheStartOfABlock()
    {
        assertEquals(0, encoder.putBlockStart(out, 0));
        encoder.peerTableSize(65536);
        encoder.peerTableSize(4096);
        encoder.peerTableSize(-1);
        assertEquals(0, encoder.putBlockStart(out, 0));
        encoder.peerTableSize(4095);
        encoder.peerTableSize(8192);
        assertEquals(1, encoder.putBlockStart(out, 0));
        assertEquals("20", hex(1));
        encoder.peerTableSize(0);
        assertEquals(0, encoder.putBlockStart(out, 0));
        encoder.reset();
        encoder.peerTableSize(0);
        encoder.reset();
        assertEquals(0, encoder.putBlockStart(out, 0));
        encoder.peerTableSize(0);
        assertEquals(1, encoder.putBlockStart(out, 0));
    }

    private int put(final int at, final String name, final String value)
    {
        final UnsafeBuffer src = buffer(name + value);
        final int nameId = HeaderName.idOf(src, 0, name.length());
        final int end = encoder.putField(out, at, nameId, src, 0, name.length(), src, name.length(), value.length());
        assertTrue(end - at <= HpackEncoder.boundOf(name.length(), value.length()));
        return end;
    }

    private int decode(final int length)
    {
        final byte[] block = new byte[length];
        out.getBytes(0, block);
        return blocks.decode(block);
    }

    private String hex(final int length)
    {
        return HexFormat.of().formatHex(out.byteArray(), 0, length);
    }

    private static UnsafeBuffer buffer(final String text)
    {
        return new UnsafeBuffer(text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
