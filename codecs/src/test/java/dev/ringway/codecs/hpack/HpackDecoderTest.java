package dev.ringway.codecs.hpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HpackDecoderTest
{
    /** custom-key: custom-header, into the table. */
    private static final String INSERT = "400a637573746f6d2d6b65790d637573746f6d2d686561646572";
    private static final String LINE = "custom-key: custom-header";

    private final HpackDecoder decoder = new HpackDecoder(4096);
    private final Blocks blocks = new Blocks(decoder);

    @ParameterizedTest
    @ValueSource(strings = {
        "80",                   // index 0
        "be",                   // index 62, the table is empty
        "ff00",                 // 127
        "7e00",                 // name index 62
        "0f3000",               // name index 63
        "ff8080808008",         // 2^31 and more
        "ffffffffff0f",
        "0f8080808080000161",   // six continuation bytes
        "ffffffffffffffffff7f",
        "ff80808080",           // no end
        "400a6375",             // string longer than the block
        "00016b7fffffffff07",   // value of 2^31 - 1 and more
        "00016b7f808080800f",
        "8220",                 // size update behind a field
        "823fe11f",
        "3fe21f",               // 4097
        "3fffffffff0f"
    })
    void shouldRefuseMalformedBlocks(final String hex)
    {
        assertEquals(HpackError.COMPRESSION, blocks.decode(Blocks.hex(hex)));
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "ff",                           // 8 bits of padding, no symbol
        "06",                           // a symbol and padding that ends with 0
        "1fff",                         // a symbol and 11 bits of padding
        "fffe",                         // the beginning of a long code
        "ffffffff",                     // EOS, padding
        "fffffffc",                     // EOS, a symbol unfinished
        "f8ffffffff",                   // a symbol, EOS, padding
        "1fffffffff8000000000",         // EOS in the midst, read by words
        "00000000000000001fffffffff80"  // EOS behind many symbols
    })
    void shouldRefuseMalformedStrings(final String hex)
    {
        final String string = String.format("%02x", 0x80 | hex.length() / 2) + hex;
        assertEquals(HpackError.COMPRESSION, blocks.decode(Blocks.hex("000161" + string)));
        assertEquals(HpackError.COMPRESSION, blocks.decode(Blocks.hex("00" + string + "0161")));
        final byte[] refused = Blocks.hex("82000161" + string);
        assertEquals(HpackError.COMPRESSION, blocks.decode(refused, refused.length, 0, 1));
    }

    @Test
    void shouldTakeCodedStringsWithPaddingOrWithout()
    {
        assertTrue(blocks.decode(Blocks.hex("000161811f")) > 0);
        assertEquals(List.of("a: a"), blocks.fields());
        assertTrue(blocks.decode(Blocks.hex("00016180")) > 0);
        assertEquals(List.of("a: "), blocks.fields());
        assertTrue(blocks.decode(Blocks.hex("00016181f8")) > 0);
        assertEquals(List.of("a: &"), blocks.fields());
    }

    @Test
    void shouldTakeIntegersWithLeadingZeros()
    {
        assertTrue(blocks.decode(Blocks.hex("0f8080808000" + "0161")) > 0);
        assertEquals(List.of("accept-charset: a"), blocks.fields());
    }

    @Test
    void shouldTakeAnEmptyBlock()
    {
        assertEquals(0, blocks.decode(new byte[0]));
    }

    @Test
    void shouldHandOnNamesAsTheyAre()
    {
        assertTrue(blocks.decode(Blocks.hex("000000" + "0001410161" + "0001000161" + "00053a7061746800")) > 0);
        assertEquals(List.of(": ", "A: a", "\0: a", ":path: "), blocks.fields());
    }

    @Test
    void shouldKeepTheTableWhenTheOutputIsFull()
    {
        final byte[] block = Blocks.hex("82" + INSERT + "be");
        assertEquals(HpackError.TOO_LARGE, blocks.decode(block, block.length, 14 + LINE.length() + 1, 10));
        assertEquals(List.of(":method: GET"), blocks.fields());
        assertTrue(blocks.decode(Blocks.hex("be")) > 0);
        assertEquals(List.of(LINE), blocks.fields());
        assertEquals(14 + 2 * LINE.length() + 4, blocks.decode(block, block.length, 14 + 2 * LINE.length() + 4, 10));
    }

    @Test
    void shouldTouchNothingBehindTheOutput()
    {
        for (final String text : List.of("0", "a&", "00000000000", "{}~", "a~a~a~a~a~a~a~a~a", "zzzzzzzzzzzzzzzzzz{"))
        {
            final PeerModel peer = new PeerModel();
            peer.literal(0, text, "", true);
            peer.literal(0, "n", text, true);
            final byte[] block = peer.takeBlock();
            final int needed = 2 * text.length() + 9;
            for (int capacity = 0; capacity <= needed; capacity++)
            {
                final int result = blocks.decode(block, block.length, capacity, 10);
                assertEquals(capacity < needed ? HpackError.TOO_LARGE : needed, result);
            }
        }
    }

    @Test
    void shouldKeepTheTableWhenTheSinkRefuses()
    {
        final byte[] block = Blocks.hex("8286" + INSERT);
        assertEquals(HpackError.TOO_LARGE, blocks.decode(block, block.length, 1024, 1));
        assertEquals(List.of(":method: GET"), blocks.fields());
        assertTrue(blocks.decode(Blocks.hex("be")) > 0);
        assertEquals(List.of(LINE), blocks.fields());
    }

    @Test
    void shouldKeepANameThatIsEvictedByTheEntryThatTakesIt()
    {
        for (final int capacity : new int[]{ 8192, 0 })
        {
            final HpackDecoder small = new HpackDecoder(4096);
            final Blocks sent = new Blocks(small);
            assertTrue(sent.decode(Blocks.hex(INSERT)) > 0);
            final byte[] block = Blocks.hex("7e" + "7fbf1e" + "61".repeat(4030));
            assertEquals(capacity == 0, sent.decode(block, block.length, capacity, 10) == HpackError.TOO_LARGE);
            assertEquals(10 + 4030 + 32, small.tableSize());
            assertTrue(sent.decode(Blocks.hex("be")) > 0);
            assertEquals(List.of("custom-key: " + "a".repeat(4030)), sent.fields());
        }
    }

    @Test
    void shouldCallARefusedMalformedBlockMalformed()
    {
        final byte[] block = Blocks.hex("828680");
        assertEquals(HpackError.COMPRESSION, blocks.decode(block, block.length, 1, 10));
        assertEquals(HpackError.COMPRESSION, blocks.decode(block, block.length, 1024, 1));
    }

    @Test
    void shouldTakeSizeUpdatesUpToTheLimit()
    {
        assertTrue(blocks.decode(Blocks.hex(INSERT)) > 0);
        assertEquals(55, decoder.tableSize());
        assertTrue(blocks.decode(Blocks.hex("3f18" + "be")) > 0);
        assertEquals(0, blocks.decode(Blocks.hex("3f17")));
        assertEquals(0, decoder.tableSize());
        assertTrue(blocks.decode(Blocks.hex("203fe11f" + INSERT + "be")) > 0);
        assertEquals(List.of(LINE, LINE), blocks.fields());
        assertEquals(0, blocks.decode(Blocks.hex("20")));
        assertEquals(HpackError.COMPRESSION, blocks.decode(Blocks.hex("be")));
    }

    @Test
    void shouldWaitForTheAcknowledgmentBeforeItLowersTheLimit()
    {
        final HpackDecoder small = new HpackDecoder(100);
        final Blocks sent = new Blocks(small);
        assertTrue(sent.decode(Blocks.hex("3fe11f" + INSERT + INSERT)) > 0);
        assertEquals(110, small.tableSize());
        small.settingsAcknowledged();
        assertEquals(HpackError.COMPRESSION, sent.decode(Blocks.hex("be")));

        small.reset();
        assertEquals(0, small.tableSize());
        assertTrue(sent.decode(Blocks.hex("3fe11f" + INSERT + INSERT)) > 0);
        small.settingsAcknowledged();
        assertTrue(sent.decode(Blocks.hex("3f45" + "be")) > 0);
        assertEquals(HpackError.COMPRESSION, sent.decode(Blocks.hex("bf")));
        assertEquals(HpackError.COMPRESSION, sent.decode(Blocks.hex("3f46")));
    }

    @Test
    void shouldOweNoUpdateWhenTheTableIsSmallAlready()
    {
        final HpackDecoder none = new HpackDecoder(0);
        final Blocks sent = new Blocks(none);
        assertEquals(0, sent.decode(Blocks.hex("20")));
        none.settingsAcknowledged();
        assertTrue(sent.decode(Blocks.hex("82")) > 0);
        decoder.settingsAcknowledged();
        assertTrue(blocks.decode(Blocks.hex("82")) > 0);
    }

    @Test
    void shouldEmptyTheTableForAnEntryThatIsTooLarge()
    {
        assertTrue(blocks.decode(Blocks.hex(INSERT)) > 0);
        assertTrue(blocks.decode(Blocks.hex("4000" + "7fc21e" + "61".repeat(4033) + "be")) > 0);
        assertEquals(4065, decoder.tableSize());
        assertTrue(blocks.decode(Blocks.hex("4000" + "7fe21e" + "61".repeat(4065))) > 0);
        assertEquals(0, decoder.tableSize());
        assertEquals(HpackError.COMPRESSION, blocks.decode(Blocks.hex("be")));
    }

    @Test
    void shouldTakeMemoryAsTheTableIsUsed()
    {
        assertEquals(0, decoder.footprint());
        assertTrue(blocks.decode(Blocks.hex("828684" + "0001610162")) > 0);
        assertEquals(0, decoder.footprint());
        assertTrue(blocks.decode(Blocks.hex(INSERT)) > 0);
        assertTrue(decoder.footprint() <= 1024);
        assertTrue(blocks.decode(Blocks.hex("400000".repeat(1000))) > 0);
        assertTrue(decoder.footprint() <= 4096);
    }

    @Test
    void shouldKeepMemoryOverResetUnlessItIsMuch()
    {
        assertTrue(blocks.decode(Blocks.hex(INSERT)) > 0);
        final int footprint = decoder.footprint();
        decoder.reset();
        assertEquals(footprint, decoder.footprint());
        assertEquals(HpackError.COMPRESSION, blocks.decode(Blocks.hex("be")));

        final HpackDecoder large = new HpackDecoder(65536);
        final Blocks sent = new Blocks(large);
        assertTrue(sent.decode(Blocks.hex("3fe1ff03" + INSERT.repeat(400))) > 0);
        assertEquals(400 * 55, large.tableSize());
        large.reset();
        assertEquals(0, large.footprint());
    }

    @Test
    void shouldRefuseATableSizeOutOfRange()
    {
        assertThrows(IllegalArgumentException.class, () -> new HpackDecoder(-1));
        assertThrows(IllegalArgumentException.class, () -> new HpackDecoder(HpackDecoder.MAX_TABLE_SIZE + 1));
    }

    @Test
    void shouldNameErrors()
    {
        assertEquals("COMPRESSION", HpackError.name(HpackError.COMPRESSION));
        assertEquals("TOO_LARGE", HpackError.name(HpackError.TOO_LARGE));
    }
}
