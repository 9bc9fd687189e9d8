package dev.ringway.codecs.hpack;

import dev.ringway.codecs.http.HeaderName;
import dev.ringway.codecs.http.HeaderTable;
import dev.ringway.codecs.http.HttpMethod;
import dev.ringway.codecs.text.AsciiNumbers;
import java.util.Arrays;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Encodes header blocks (RFC 7541) of one direction of a connection. It uses the static table and literals without
 * indexing, so it keeps no table and blocks do not depend on each other but for {@link #putBlockStart}. One owner
 * thread; nothing is allocated after construction.
 *
 * <p>Every method writes at an offset and returns the offset behind what it wrote; the caller guarantees room, as
 * {@link #boundOf} tells. What is written is not checked again: names are tokens in lower case, values valid.
 */
public final class HpackEncoder
{
    private static final int INITIAL_TABLE_SIZE = 4096;
    private static final int EMPTY_TABLE = 0x20;
    private static final int WITHOUT_INDEXING = 0x00;
    private static final int NEVER_INDEXED = 0x10;
    private static final int LITERAL_MASK = 0x0F;
    private static final int INDEXED = 0x80;
    private static final int CODED = 0x80;
    private static final int LENGTH_MASK = 0x7F;
    private static final int MAX_INTEGER_LENGTH = 6;
    private static final int AUTHORITY = 1;
    private static final int METHOD = 2;
    private static final int POST = 3;
    private static final int PATH = 4;
    private static final int HTTP = 6;
    private static final int HTTPS = 7;
    private static final int STATUS = 8;
    private static final int STATUS_DIGITS = 3;
    private static final int SHORT_COOKIE = 20;
    private static final long ARRAY_BASE = UnsafeApi.arrayBaseOffset(byte[].class);

    /** What a field begins with, for each well-known name: an index, or the name itself. */
    private static final byte[][] NAMES = new byte[HeaderName.COUNT][];
    private static final byte[][] CODED_NAMES = new byte[HeaderName.COUNT][];
    /** Index of a field with this status, less 100; 0 when there is none. */
    private static final byte[] STATUSES = new byte[900];
    private static final int FIRST_STATUS = 100;

    static
    {
        for (int id = HeaderName.OTHER + 1; id < HeaderName.COUNT; id++)
        {
            NAMES[id] = nameOf(id, false);
            CODED_NAMES[id] = nameOf(id, true);
        }
        final int[] statuses = { 200, 204, 206, 304, 400, 404, 500 };
        for (int i = 0; i < statuses.length; i++)
        {
            STATUSES[statuses[i] - FIRST_STATUS] = (byte)(STATUS + i);
        }
    }

    private boolean isCoding = true;
    private byte[][] names = CODED_NAMES;
    private int tableSize;
    private boolean isSizeUpdateDue;

    /**
     * An encoder for a new connection, with Huffman coding.
     */
    public HpackEncoder()
    {
        reset();
    }

    /**
     * Begins a new connection; {@link #huffman} stays as it is.
     */
    public void reset()
    {
        tableSize = INITIAL_TABLE_SIZE;
        isSizeUpdateDue = false;
    }

    /**
     * Whether strings are Huffman coded where that makes them shorter: about a quarter less bytes for more time.
     *
     * @param isCoding true at first.
     */
    public void huffman(final boolean isCoding)
    {
        this.isCoding = isCoding;
        names = isCoding ? CODED_NAMES : NAMES;
    }

    /**
     * Takes the peer's SETTINGS_HEADER_TABLE_SIZE, in order of arrival. The table both ends begin with is 4096 bytes,
     * though we put nothing in it: a peer that allows less must be told that it is smaller now, and we tell it 0, the
     * least. After that no setting can be too small, and one that allows more obliges to nothing (RFC 7541 section
     * 4.2).
     *
     * @param size as received, unsigned.
     */
    public void peerTableSize(final int size)
    {
        if (Integer.compareUnsigned(size, tableSize) < 0)
        {
            tableSize = 0;
            isSizeUpdateDue = true;
        }
    }

    /**
     * Most bytes one field takes, whatever put it.
     *
     * @param nameLength  bytes, pseudo-headers with their colon.
     * @param valueLength bytes.
     * @return bytes.
     */
    public static int boundOf(final int nameLength, final int valueLength)
    {
        return 1 + MAX_INTEGER_LENGTH + nameLength + MAX_INTEGER_LENGTH + valueLength;
    }

    /**
     * Begins a header block.
     *
     * @param dst to write to.
     * @param at  offset.
     * @return offset behind what is to be said of the table, one byte at most.
     */
    public int putBlockStart(final MutableDirectBuffer dst, final int at)
    {
        if (!isSizeUpdateDue)
        {
            return at;
        }

        isSizeUpdateDue = false;
        dst.putByte(at, (byte)EMPTY_TABLE);

        return at + 1;
    }

    /**
     * Writes {@code :status}.
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param status 100 to 999.
     * @return offset behind it.
     */
    public int putStatus(final MutableDirectBuffer dst, final int at, final int status)
    {
        final int index = STATUSES[status - FIRST_STATUS];
        if (index != 0)
        {
            return putIndexed(dst, at, index);
        }

        dst.putByte(at, (byte)STATUS);
        dst.putByte(at + 1, (byte)STATUS_DIGITS);

        return AsciiNumbers.putDecimal(dst, at + 2, status);
    }

    /**
     * Writes {@code :method}.
     *
     * @param dst      to write to.
     * @param at       offset.
     * @param src      holding the method, only used for {@link HttpMethod#OTHER}.
     * @param offset   of its first byte.
     * @param length   bytes.
     * @param methodId a constant of {@link HttpMethod}.
     * @return offset behind it.
     */
    public int putMethod(
        final MutableDirectBuffer dst,
        final int at,
        final DirectBuffer src,
        final int offset,
        final int length,
        final int methodId)
    {
        if (methodId == HttpMethod.GET || methodId == HttpMethod.POST)
        {
            return putIndexed(dst, at, methodId == HttpMethod.GET ? METHOD : POST);
        }
        if (methodId == HttpMethod.OTHER)
        {
            return putValue(dst, at, METHOD, src, offset, length);
        }

        final byte[] method = HttpMethod.bytes(methodId);
        dst.putByte(at, (byte)METHOD);
        dst.putByte(at + 1, (byte)method.length);
        dst.putBytes(at + 2, method, 0, method.length);

        return at + 2 + method.length;
    }

    /**
     * Writes {@code :scheme}.
     *
     * @param dst     to write to.
     * @param at      offset.
     * @param isHttps https or http.
     * @return offset behind it: one byte.
     */
    public int putScheme(final MutableDirectBuffer dst, final int at, final boolean isHttps)
    {
        return putIndexed(dst, at, isHttps ? HTTPS : HTTP);
    }

    /**
     * Writes {@code :path}.
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param src    holding the path.
     * @param offset of its first byte.
     * @param length bytes, not 0.
     * @return offset behind it.
     */
    public int putPath(
        final MutableDirectBuffer dst, final int at, final DirectBuffer src, final int offset, final int length)
    {
        return length == 1 && src.getByte(offset) == '/' ?
            putIndexed(dst, at, PATH) : putValue(dst, at, PATH, src, offset, length);
    }

    /**
     * Writes {@code :path} as a never indexed literal (RFC 7541 section 6.2.3), as {@link #putPath} otherwise.
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param src    holding the path.
     * @param offset of its first byte.
     * @param length bytes.
     * @return offset behind it.
     */
    public int putSecretPath(
        final MutableDirectBuffer dst, final int at, final DirectBuffer src, final int offset, final int length)
    {
        return putValue(dst, at, NEVER_INDEXED | PATH, src, offset, length);
    }

    /**
     * Writes {@code :authority} as a never indexed literal (RFC 7541 section 6.2.3), as {@link #putAuthority} otherwise.
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param src    holding the authority.
     * @param offset of its first byte.
     * @param length bytes.
     * @return offset behind it.
     */
    public int putSecretAuthority(
        final MutableDirectBuffer dst, final int at, final DirectBuffer src, final int offset, final int length)
    {
        return putValue(dst, at, NEVER_INDEXED | AUTHORITY, src, offset, length);
    }

    /**
     * Writes {@code :authority}.
     *
     * @param dst    to write to.
     * @param at     offset.
     * @param src    holding the authority.
     * @param offset of its first byte.
     * @param length bytes.
     * @return offset behind it.
     */
    public int putAuthority(
        final MutableDirectBuffer dst, final int at, final DirectBuffer src, final int offset, final int length)
    {
        return putValue(dst, at, AUTHORITY, src, offset, length);
    }

    /**
     * Writes a field. Credentials (authorization, proxy-authorization, cookies under 20 bytes) are written so that
     * nobody on the way puts them in a table (RFC 7541 section 7.1.3).
     *
     * @param dst         to write to.
     * @param at          offset.
     * @param nameId      a constant of {@link HeaderName}.
     * @param nameSrc     holding the name in lower case, only used for {@link HeaderName#OTHER}.
     * @param nameOffset  of its first byte.
     * @param nameLength  bytes.
     * @param valueSrc    holding the value.
     * @param valueOffset of its first byte.
     * @param valueLength bytes.
     * @return offset behind it.
     */
    public int putField(
        final MutableDirectBuffer dst,
        final int at,
        final int nameId,
        final DirectBuffer nameSrc,
        final int nameOffset,
        final int nameLength,
        final DirectBuffer valueSrc,
        final int valueOffset,
        final int valueLength)
    {
        dst.boundsCheck(at, nameLength + valueLength);
        final byte[] out = dst.byteArray();
        final long start = dst.addressOffset() + at;
        final int kind = isCredential(nameId, valueLength) ? NEVER_INDEXED : WITHOUT_INDEXING;
        long address;
        if (nameId == HeaderName.OTHER)
        {
            UnsafeApi.putByte(out, start, (byte)kind);
            address = putString(
                out, start + 1, nameSrc.byteArray(), nameSrc.addressOffset() + nameOffset, nameLength);
        }
        else
        {
            address = putName(out, start, nameId, kind);
        }
        address = putString(out, address, valueSrc.byteArray(), valueSrc.addressOffset() + valueOffset, valueLength);

        return at + (int)(address - start);
    }

    /**
     * Writes a field of a well-known name.
     *
     * @param dst         to write to.
     * @param at          offset.
     * @param nameId      a constant of {@link HeaderName} other than {@code OTHER}.
     * @param value       holding the value.
     * @param valueOffset of its first byte.
     * @param valueLength bytes.
     * @return offset behind it.
     */
    public int putField(
        final MutableDirectBuffer dst,
        final int at,
        final int nameId,
        final byte[] value,
        final int valueOffset,
        final int valueLength)
    {
        dst.boundsCheck(at, valueLength);
        final byte[] out = dst.byteArray();
        final long start = dst.addressOffset() + at;
        final int kind = isCredential(nameId, valueLength) ? NEVER_INDEXED : WITHOUT_INDEXING;
        final long end =
            putString(out, putName(out, start, nameId, kind), value, ARRAY_BASE + valueOffset, valueLength);

        return at + (int)(end - start);
    }

    /**
     * Writes all header fields but those in a set of names and those that must not be forwarded. What came as a never
     * indexed literal leaves as one (RFC 7541 section 6.2.3).
     *
     * @param table    to copy.
     * @param dropMask names to leave out, see {@link HeaderName#mask}.
     * @param dst      to write to; another buffer than the source, or ranges that do not overlap.
     * @param at       offset.
     * @return offset behind the last field.
     */
    public int putFields(final HeaderTable table, final long dropMask, final MutableDirectBuffer dst, final int at)
    {
        final DirectBuffer src = table.buffer();
        int position = at;
        for (int i = 0, count = table.count(); i < count; i++)
        {
            final int nameId = table.nameId(i);
            if ((dropMask >>> nameId & 1) != 0 || table.nominated(i))
            {
                continue;
            }

            final int start = position;
            position = putField(dst, start, nameId, src, table.nameOffset(i), table.nameLength(i),
                src, table.valueOffset(i), table.valueLength(i));
            if (table.neverIndexed(i))
            {
                dst.putByte(start, (byte)(dst.getByte(start) | NEVER_INDEXED));
            }
        }

        return position;
    }

    private static int putIndexed(final MutableDirectBuffer dst, final int at, final int index)
    {
        dst.putByte(at, (byte)(INDEXED | index));

        return at + 1;
    }

    /** A field whose name has one of the first indices; with it comes the kind of literal. */
    private int putValue(
        final MutableDirectBuffer dst,
        final int at,
        final int name,
        final DirectBuffer src,
        final int offset,
        final int length)
    {
        dst.boundsCheck(at, length);
        final byte[] out = dst.byteArray();
        final long start = dst.addressOffset() + at;
        UnsafeApi.putByte(out, start, (byte)name);
        final long end = putString(out, start + 1, src.byteArray(), src.addressOffset() + offset, length);

        return at + (int)(end - start);
    }

    private long putName(final byte[] out, final long address, final int nameId, final int kind)
    {
        final byte[] name = names[nameId];
        ShortCopy.copy(name, ARRAY_BASE, out, address, name.length);
        if (kind != WITHOUT_INDEXING)
        {
            UnsafeApi.putByte(out, address, (byte)(name[0] | kind));
        }

        return address + name.length;
    }

    private long putString(
        final byte[] out, final long address, final byte[] src, final long from, final int length)
    {
        if (isCoding)
        {
            final int codedLength = Huffman.encodedLength(src, from, length);
            if (codedLength < length)
            {
                final long start = putInteger(out, address, CODED, LENGTH_MASK, codedLength);
                Huffman.encode(src, from, length, out, start);
                return start + codedLength;
            }
        }

        final long start = putInteger(out, address, 0, LENGTH_MASK, length);
        ShortCopy.copy(src, from, out, start, length);

        return start + length;
    }

    private static long putInteger(
        final byte[] out, final long address, final int first, final int mask, final int value)
    {
        if (value < mask)
        {
            UnsafeApi.putByte(out, address, (byte)(first | value));
            return address + 1;
        }

        UnsafeApi.putByte(out, address, (byte)(first | mask));
        long at = address + 1;
        int rest = value - mask;
        while (rest > 0x7F)
        {
            UnsafeApi.putByte(out, at++, (byte)(0x80 | rest));
            rest >>>= 7;
        }
        UnsafeApi.putByte(out, at++, (byte)rest);

        return at;
    }

    private static boolean isCredential(final int nameId, final int valueLength)
    {
        return nameId == HeaderName.AUTHORIZATION || nameId == HeaderName.PROXY_AUTHORIZATION ||
            nameId == HeaderName.COOKIE && valueLength < SHORT_COOKIE;
    }

    private static byte[] nameOf(final int nameId, final boolean isCoding)
    {
        final byte[] name = HeaderName.bytes(nameId);
        final byte[] written = new byte[boundOf(name.length, 0)];
        final int index = StaticTable.indexOf(nameId);
        final long end;
        if (index != 0)
        {
            end = putInteger(written, ARRAY_BASE, WITHOUT_INDEXING, LITERAL_MASK, index);
        }
        else
        {
            final HpackEncoder encoder = new HpackEncoder();
            encoder.isCoding = isCoding;
            end = encoder.putString(written, ARRAY_BASE + 1, name, ARRAY_BASE, name.length);
        }

        return Arrays.copyOf(written, (int)(end - ARRAY_BASE));
    }
}
