package dev.ringway.codecs.hpack;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;

/**
 * Arbitrary bytes against the decoder. A normal test run replays the inputs kept beside the test resources;
 * {@code JAZZER_FUZZ=1 mvn -pl codecs -am test -Dtest='HpackFuzzTest#shouldSurviveBlocks'} searches for new ones for 40
 * seconds. What makes a run fail: an exception, bytes touched outside the output, or a table or result that depends on
 * how much of the fields was wanted.
 */
@Tag("fuzz")
class HpackFuzzTest
{
    private static final int MAX_LENGTH = 2048;
    private static final int MAX_BLOCKS = 4;
    private static final int ROOM = 1 << 16;

    /** The first byte tells how the rest is cut into blocks, the second how much room there is. */
    @FuzzTest(maxDuration = "40s")
    void shouldSurviveBlocks(final byte[] data)
    {
        final byte[] input = data.length <= MAX_LENGTH ? data : Arrays.copyOf(data, MAX_LENGTH);
        final int cut = input.length > 1 ? 1 + (input[0] & 0xFF) : 1;
        final int room = input.length > 1 ? (input[1] & 0xFF) * 4 : 0;
        final HpackDecoder wide = new HpackDecoder(4096);
        final HpackDecoder narrow = new HpackDecoder(4096);
        final HpackDecoder curt = new HpackDecoder(4096);
        int at = Math.min(2, input.length);
        for (int i = 0; i < MAX_BLOCKS; i++)
        {
            final int end = i == MAX_BLOCKS - 1 ? input.length : Math.min(input.length, at + cut);
            final byte[] block = Arrays.copyOfRange(input, at, end);
            at = end;
            final Blocks all = new Blocks(wide);
            final int result = all.decode(block, block.length, ROOM, Integer.MAX_VALUE);
            assertSame(result, all.fields(), room, new Blocks(narrow), block, room, Integer.MAX_VALUE);
            assertSame(result, all.fields(), ROOM, new Blocks(curt), block, ROOM, 1);
            if (result == HpackError.COMPRESSION)
            {
                return;
            }
            assertEquals(wide.tableSize(), narrow.tableSize());
            assertEquals(wide.tableSize(), curt.tableSize());
            assertTrue(wide.tableSize() <= 4096 && wide.footprint() <= 4096 + 2048);
        }
    }

    /** What was told is a prefix of what there is; all of it when there was room and nobody refused. */
    private static void assertSame(
        final int result,
        final List<String> fields,
        final int room,
        final Blocks blocks,
        final byte[] block,
        final int capacity,
        final int maxFields)
    {
        final int narrowed = blocks.decode(block, block.length, capacity, maxFields);
        final int told = blocks.fields().size();
        assertTrue(told <= fields.size() || result == HpackError.COMPRESSION);
        assertEquals(fields.subList(0, Math.min(told, fields.size())), blocks.fields());
        if (result == HpackError.COMPRESSION)
        {
            assertEquals(result, narrowed);
        }
        else if (result > room || fields.size() >= maxFields || result == HpackError.TOO_LARGE)
        {
            assertEquals(HpackError.TOO_LARGE, narrowed);
        }
        else
        {
            assertEquals(result, narrowed);
        }
    }
}
