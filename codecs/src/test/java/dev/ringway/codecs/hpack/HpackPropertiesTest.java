package dev.ringway.codecs.hpack;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.agrona.UnsafeApi;
import org.agrona.concurrent.UnsafeBuffer;

class HpackPropertiesTest
{
    private static final int[] KINDS = { 0x40, 0x00, 0x10 };
    private static final long ARRAY_BASE = UnsafeApi.arrayBaseOffset(byte[].class);

    /** One step of a peer: what it does, to which entry, with what strings. */
    record Step(int action, int pick, String name, String value, boolean isCoded)
    {
    }

    @Property(tries = 1000)
    void shouldFollowThePeersTable(
        @ForAll("blocks") final List<List<Step>> input,
        @ForAll @IntRange(max = 6000) final int maxTableSize,
        @ForAll("capacities") final List<Integer> capacities)
    {
        final HpackDecoder decoder = new HpackDecoder(maxTableSize);
        final Blocks blocks = new Blocks(decoder);
        final PeerModel peer = new PeerModel();
        final int allowed = Math.max(4096, maxTableSize);
        for (int i = 0; i < input.size(); i++)
        {
            peer.forgetExpected();
            input.get(i).forEach(step -> take(step, peer, allowed));
            final byte[] block = peer.takeBlock();
            final int needed = peer.expected().stream().mapToInt(line -> line.length() + 2).sum();
            final int capacity = capacities.get(i % capacities.size());

            final int result = blocks.decode(block, block.length, capacity, Integer.MAX_VALUE);
            assertEquals(needed <= capacity ? needed : HpackError.TOO_LARGE, result);
            final int told = blocks.fields().size();
            assertTrue(needed > capacity || told == peer.expected().size());
            assertEquals(peer.expected().subList(0, told), blocks.fields());
            assertEquals(peer.flags().subList(0, told), blocks.flags());
            assertTrue(decoder.footprint() <= 2 * 8192 + 4096);
            assertTable(peer, decoder, blocks);
        }
    }

    @Property(tries = 500)
    void shouldReadBackFieldsAsWritten(
        @ForAll("fields") final List<Map.Entry<String, String>> fields,
        @ForAll final boolean isCoding)
    {
        final StringBuilder text = new StringBuilder();
        final HeaderTable table = new HeaderTable(20);
        final List<String> lines = new ArrayList<>();
        fields.forEach(field ->
        {
            lines.add(field.getKey() + ": " + field.getValue());
            text.append(lines.getLast()).append("\r\n");
        });
        final UnsafeBuffer src = new UnsafeBuffer(bytes(text.toString()));
        table.reset(src);
        int at = 0;
        int bound = 1;
        for (final Map.Entry<String, String> field : fields)
        {
            final int nameLength = field.getKey().length();
            table.addCanonical(at, nameLength, field.getValue().length(), HeaderName.idOf(src, at, nameLength));
            at += nameLength + field.getValue().length() + 4;
            bound += HpackEncoder.boundOf(nameLength, field.getValue().length());
        }

        final HpackEncoder encoder = new HpackEncoder();
        encoder.huffman(isCoding);
        encoder.peerTableSize(0);
        final byte[] out = new byte[bound + 16];
        final UnsafeBuffer dst = new UnsafeBuffer(out);
        final int end = encoder.putFields(table, 0, dst, encoder.putBlockStart(dst, 0));
        assertTrue(end <= bound);
        for (int i = end; i < out.length; i++)
        {
            assertEquals(0, out[i], "byte behind the block");
        }
        final Blocks blocks = new Blocks(new HpackDecoder(0));
        assertEquals(text.length(), blocks.decode(out, end, 65536, Integer.MAX_VALUE));
        assertEquals(lines, blocks.fields());
    }

    @Property(tries = 1000)
    void shouldReadBackCodedStrings(@ForAll @Size(max = 200) final byte[] bytes)
    {
        final byte[] coded = PeerModel.coded(bytes);
        final byte[] decoded = new byte[bytes.length + 1];
        assertEquals(bytes.length, Huffman.decode(coded, ARRAY_BASE, coded.length, decoded, ARRAY_BASE));
        assertEquals(bytes.length, Huffman.decodedLength(coded, ARRAY_BASE, coded.length, null));
        assertTrue(bytes.length <= Huffman.maxDecodedLength(coded.length));
        assertArrayEquals(bytes, Arrays.copyOf(decoded, bytes.length));
    }

    @Property(tries = 2000)
    void shouldJudgeCodedStringsTheSameInBothWays(@ForAll @Size(max = 60) final byte[] coded)
    {
        final byte[] decoded = new byte[100];
        final int length = Huffman.decode(coded, ARRAY_BASE, coded.length, decoded, ARRAY_BASE);
        assertEquals(length, Huffman.decodedLength(coded, ARRAY_BASE, coded.length, null));
        if (length >= 0)
        {
            assertArrayEquals(coded, PeerModel.coded(Arrays.copyOf(decoded, length)));
        }
    }

    @Provide
    Arbitrary<List<List<Step>>> blocks()
    {
        final Arbitrary<Step> step = Combinators.combine(
            Arbitraries.frequency(
                Tuple.of(4, 0), Tuple.of(6, 1), Tuple.of(4, 2),
                Tuple.of(2, 3), Tuple.of(1, 4), Tuple.of(1, 5)),
            Arbitraries.integers().between(0, 10_000), names(), values(), Arbitraries.of(true, false)).as(Step::new);
        return step.list().ofMaxSize(25).list().ofMinSize(1).ofMaxSize(12);
    }

    @Provide
    Arbitrary<List<Integer>> capacities()
    {
        return Arbitraries.frequencyOf(
            Tuple.of(1, Arbitraries.integers().between(0, 2000)),
            Tuple.of(2, Arbitraries.just(65536))).list().ofMinSize(1).ofMaxSize(5);
    }

    @Provide
    Arbitrary<List<Map.Entry<String, String>>> fields()
    {
        return Combinators.combine(
            Arbitraries.oneOf(
                Arbitraries.of("host", "cookie", "authorization", "x-request-id", "accept", "grpc-status", "te"),
                Arbitraries.strings().withCharRange('a', 'z').withChars("-_0123456789").ofMinLength(1).ofMaxLength(40)),
            values()).as(Map::entry).list().ofMaxSize(20);
    }

    private static Arbitrary<String> names()
    {
        return Arbitraries.oneOf(
            Arbitraries.of("", ":path", ":authority", ":protocol", ":methos", "host", "x-request-id", "Host"),
            Arbitraries.strings().withCharRange((char)0, (char)255).ofMaxLength(30));
    }

    private static Arbitrary<String> values()
    {
        return Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(60)),
            Tuple.of(3, Arbitraries.strings().withCharRange((char)0, (char)255).ofMaxLength(300)),
            Tuple.of(1, Arbitraries.integers().between(300, 4200).map("ab"::repeat)));
    }

    private static void take(final Step step, final PeerModel peer, final int allowed)
    {
        final int kind = KINDS[step.pick() % 3];
        final int indices = StaticTable.COUNT + peer.entries();
        switch (step.action())
        {
            case 0 -> peer.indexed(1 + step.pick() % indices);
            case 1 -> peer.literal(0x40, step.name(), step.value(), step.isCoded());
            case 2 -> peer.literal(0x40, indices - step.pick() % indices, step.value(), step.isCoded());
            case 3 -> peer.literal(kind, 1 + step.pick() % indices, step.value(), step.isCoded());
            case 4 -> peer.literal(kind, step.name(), step.value(), step.isCoded());
            default ->
            {
                if (peer.expected().isEmpty())
                {
                    peer.resize(step.pick() % (allowed + 1));
                }
            }
        }
    }

    /** Every entry is what it should be, and they count what they should. */
    private static void assertTable(final PeerModel peer, final HpackDecoder decoder, final Blocks blocks)
    {
        assertEquals(peer.size(), decoder.tableSize());
        peer.forgetExpected();
        for (int i = 1; i <= peer.entries(); i++)
        {
            peer.indexed(StaticTable.COUNT + i);
        }
        final byte[] all = peer.takeBlock();
        assertTrue(blocks.decode(all) >= 0);
        assertEquals(peer.expected(), blocks.fields());
    }

    private static byte[] bytes(final String text)
    {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
