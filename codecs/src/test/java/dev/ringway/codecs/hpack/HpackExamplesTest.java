package dev.ringway.codecs.hpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of RFC 7541 appendix C. */
class HpackExamplesTest
{
    private static final String CUSTOM = "custom-key: custom-header";
    private static final String DATE_21 = "date: Mon, 21 Oct 2013 20:13:21 GMT";
    private static final String DATE_22 = "date: Mon, 21 Oct 2013 20:13:22 GMT";
    private static final String COOKIE =
        "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
    private static final List<List<String>> REQUESTS = List.of(
        List.of(":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com"),
        List.of(":method: GET", ":scheme: http", ":path: /", ":authority: www.example.com", "cache-control: no-cache"),
        List.of(":method: GET", ":scheme: https", ":path: /index.html", ":authority: www.example.com",
            "custom-key: custom-value"));
    private static final List<List<String>> RESPONSES = List.of(
        List.of(":status: 302", "cache-control: private", DATE_21, "location: https://www.example.com"),
        List.of(":status: 307", "cache-control: private", DATE_21, "location: https://www.example.com"),
        List.of(":status: 200", "cache-control: private", DATE_22, "location: https://www.example.com",
            "content-encoding: gzip", COOKIE));
    private static final List<String> PLAIN_REQUESTS = List.of(
        "828684410f7777772e6578616d706c652e636f6d",
        "828684be58086e6f2d6361636865",
        "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565");
    private static final List<String> CODED_REQUESTS = List.of(
        "828684418cf1e3c2e5f23a6ba0ab90f4ff",
        "828684be5886a8eb10649cbf",
        "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf");
    private static final List<String> PLAIN_RESPONSES = List.of(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54" +
        "6e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a697077" +
        "38666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b20" +
        "76657273696f6e3d31");
    private static final List<String> CODED_RESPONSES = List.of(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff" +
        "6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab" +
        "77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007");

    @Test
    void shouldDecodeSingleFields()
    {
        assertField("400a637573746f6d2d6b65790d637573746f6d2d686561646572", CUSTOM, 0);
        assertField("040c2f73616d706c652f70617468", ":path: /sample/path", 0);
        assertField("100870617373776f726406736563726574", "password: secret", HeaderSink.NEVER_INDEXED);
        assertField("82", ":method: GET", 0);
    }

    @Test
    void shouldDecodeRequestsWithoutHuffman()
    {
        assertSequence(4096, PLAIN_REQUESTS, REQUESTS);
    }

    @Test
    void shouldDecodeRequestsWithHuffman()
    {
        assertSequence(4096, CODED_REQUESTS, REQUESTS);
    }

    @Test
    void shouldDecodeResponsesWithoutHuffman()
    {
        assertSequence(256, PLAIN_RESPONSES, RESPONSES);
    }

    @Test
    void shouldDecodeResponsesWithHuffman()
    {
        assertSequence(256, CODED_RESPONSES, RESPONSES);
    }

    private static void assertField(final String hex, final String field, final int flags)
    {
        final Blocks blocks = new Blocks(new HpackDecoder(4096));
        final byte[] block = Blocks.hex(hex);
        assertTrue(blocks.decode(block) > 0);
        assertEquals(List.of(field), blocks.fields());
        assertEquals(List.of(flags), blocks.flags());
        for (int length = 1; length < block.length; length++)
        {
            assertEquals(HpackError.COMPRESSION, blocks.decode(block, length, 1024, 10));
        }
    }

    /** Decodes the blocks one after the other; each cut short is an error or ends between two fields. */
    private static void assertSequence(
        final int tableSize, final List<String> hex, final List<List<String>> expected)
    {
        for (int i = 0; i < hex.size(); i++)
        {
            final byte[] block = Blocks.hex(hex.get(i));
            int whole = 0;
            for (int length = 0; length <= block.length; length++)
            {
                final Blocks blocks = after(tableSize, hex.subList(0, i));
                final int result = blocks.decode(block, length, 1024, 10);
                assertTrue(result >= 0 || result == HpackError.COMPRESSION);
                whole += result >= 0 ? 1 : 0;
                assertEquals(expected.get(i).subList(0, blocks.fields().size()), blocks.fields());
            }
            assertEquals(1 + expected.get(i).size(), whole);
        }
    }

    private static Blocks after(final int tableSize, final List<String> hex)
    {
        final Blocks blocks = new Blocks(new HpackDecoder(tableSize));
        assertEquals(0, blocks.decode(new byte[]{ 0x3F, (byte)(0x80 | tableSize - 31), (byte)(tableSize - 31 >> 7) }));
        hex.forEach(block -> assertTrue(blocks.decode(Blocks.hex(block)) > 0));
        return blocks;
    }
}
