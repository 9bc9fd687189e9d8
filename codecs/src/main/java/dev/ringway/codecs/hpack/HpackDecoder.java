package dev.ringway.codecs.hpack;

import dev.ringway.codecs.http.HeaderName;
import org.agrona.DirectBuffer;
import org.agrona.MutableDirectBuffer;
import org.agrona.UnsafeApi;

/**
 * Decodes header blocks (RFC 7541) of one direction of a connection. One owner thread. Nothing is allocated but the
 * dynamic table: two arrays that begin empty and double as the peer uses them, up to what it may use.
 *
 * <p>A result of {@link HpackError#COMPRESSION} ends the connection: the table is of no use any more.
 */
public final class HpackDecoder
{
    /** Largest table a decoder may offer its peer. */
    public static final int MAX_TABLE_SIZE = 1 << 20;
    /** What a peer may use before it knows our settings (RFC 9113 section 6.5.2). */
    private static final int INITIAL_TABLE_SIZE = 4096;
    private static final int INDEX_MASK = 0x7F;
    private static final int INDEXING_MASK = 0x3F;
    private static final int SIZE_MASK = 0x1F;
    private static final int LITERAL_MASK = 0x0F;
    private static final int INDEXING = 0x40;
    private static final int SIZE_UPDATE = 0x20;
    private static final int NEVER_INDEXED = 0x10;
    private static final int MAX_CONTINUATION = 5;

    private final DynamicTable table = new DynamicTable();
    private final int maxTableSize;
    private int allowedTableSize;
    private boolean isSizeUpdateDue;

    private byte[] array;
    private long base;
    private byte[] out;
    private long outBase;
    private int outAt;
    private int textLength;
    private int outLimit;
    private HeaderSink sink;
    private boolean isRefused;
    private int integerEnd;
    private int stringLength;
    private boolean isStringCoded;
    private int nameIndex;
    private int nameAt;
    private int nameSize;
    private boolean isNameCoded;
    private int valueAt;
    private int valueSize;
    private boolean isValueCoded;

    /**
     * A decoder for a new connection.
     *
     * @param maxTableSize most bytes the peer's table may count: our SETTINGS_HEADER_TABLE_SIZE, 0 to
     *                     {@link #MAX_TABLE_SIZE}. Below 4096 it holds from {@link #settingsAcknowledged} on.
     */
    public HpackDecoder(final int maxTableSize)
    {
        if (maxTableSize < 0 || maxTableSize > MAX_TABLE_SIZE)
        {
            throw new IllegalArgumentException("table size must be 0 to " + MAX_TABLE_SIZE + ", is " + maxTableSize);
        }

        this.maxTableSize = maxTableSize;
        reset();
    }

    /**
     * Begins a new connection. Arrays are kept for it unless they are large.
     */
    public void reset()
    {
        table.reset(INITIAL_TABLE_SIZE);
        allowedTableSize = Math.max(maxTableSize, INITIAL_TABLE_SIZE);
        isSizeUpdateDue = false;
    }

    /**
     * The peer has acknowledged our first settings: from now on it keeps to the table size in them. Must be called when
     * that size is below 4096, does nothing otherwise. A peer that has to make its table smaller must say so at the
     * start of the next block (RFC 9113 section 4.3.1).
     */
    public void settingsAcknowledged()
    {
        allowedTableSize = maxTableSize;
        isSizeUpdateDue = table.limit() > maxTableSize;
    }

    /**
     * What the entries of the dynamic table count (RFC 7541 section 4.1).
     *
     * @return bytes, at most what the peer may use.
     */
    public int tableSize()
    {
        return table.size();
    }

    /**
     * What the dynamic table takes.
     *
     * @return bytes of its arrays.
     */
    public int footprint()
    {
        return table.footprint();
    }

    /**
     * Decodes a whole header block. Each field is written as {@code name ":" SP value CRLF}, its bytes unchanged, and
     * then told to the sink. When the output is full or the sink wants no more, the rest of the block is still read:
     * the table stays right.
     *
     * @param src         holding the block.
     * @param offset      of its first byte.
     * @param length      bytes; 0 is an empty block.
     * @param dst         to write to; another buffer than the source.
     * @param dstOffset   to write at.
     * @param dstCapacity most bytes to write.
     * @param sink        is told of each field that was written.
     * @return bytes written, or a code of {@link HpackError}.
     */
    public int decode(
        final DirectBuffer src,
        final int offset,
        final int length,
        final MutableDirectBuffer dst,
        final int dstOffset,
        final int dstCapacity,
        final HeaderSink sink)
    {
        src.boundsCheck(offset, length);
        dst.boundsCheck(dstOffset, dstCapacity);
        array = src.byteArray();
        base = src.addressOffset();
        out = dst.byteArray();
        outBase = dst.addressOffset();
        outAt = dstOffset;
        textLength = 0;
        outLimit = dstOffset + dstCapacity;
        this.sink = sink;
        isRefused = false;

        final int limit = offset + length;
        int at = sizeUpdates(offset, limit);
        while (at >= 0 && at < limit)
        {
            final int b = UnsafeApi.getByte(array, base + at);
            if (b < 0)
            {
                at = indexed(b, at + 1, limit);
            }
            else
            {
                at = (b & ~SIZE_MASK) == SIZE_UPDATE ? HpackError.COMPRESSION : literal(b, at + 1, limit);
            }
        }
        if (at < 0)
        {
            return HpackError.COMPRESSION;
        }

        return isRefused ? HpackError.TOO_LARGE : outAt - dstOffset;
    }

    /** Size updates stand at the beginning of a block only (RFC 7541 section 4.2). */
    private int sizeUpdates(final int offset, final int limit)
    {
        int at = offset;
        while (at < limit && (UnsafeApi.getByte(array, base + at) & ~SIZE_MASK) == SIZE_UPDATE)
        {
            final int size = integer(UnsafeApi.getByte(array, base + at), SIZE_MASK, at + 1, limit);
            if (size < 0 || size > allowedTableSize)
            {
                return HpackError.COMPRESSION;
            }
            table.resize(size);
            isSizeUpdateDue = false;
            at = integerEnd;
        }

        return isSizeUpdateDue ? HpackError.COMPRESSION : at;
    }

    /** Returns the offset behind the field, or COMPRESSION. */
    private int indexed(final int b, final int at, final int limit)
    {
        final int index = integer(b, INDEX_MASK, at, limit);
        if (index <= 0 || index > StaticTable.COUNT + table.count())
        {
            return HpackError.COMPRESSION;
        }
        if (!isRefused)
        {
            if (index <= StaticTable.COUNT)
            {
                putStatic(index);
            }
            else
            {
                putDynamic(index - StaticTable.COUNT - 1);
            }
        }

        return integerEnd;
    }

    /**
     * @return bytes of names and values of the fields that the sink was told of since {@link #decode} began.
     */
    public int textLength()
    {
        return textLength;
    }

    private void putStatic(final int index)
    {
        final byte[] line = StaticTable.line(index);
        if (line.length > outLimit - outAt)
        {
            isRefused = true;
            return;
        }

        final int nameLength = StaticTable.nameLength(index);
        ShortCopy.copy(line, StaticTable.ARRAY_BASE, out, outBase + outAt, line.length);
        tell(nameLength, line.length - nameLength - DynamicTable.LINE_OVERHEAD, StaticTable.nameId(index), 0);
    }

    private void putDynamic(final int index)
    {
        final int nameLength = table.nameLength(index);
        final int valueLength = table.valueLength(index);
        final int length = nameLength + valueLength + DynamicTable.LINE_OVERHEAD;
        if (length > outLimit - outAt)
        {
            isRefused = true;
            return;
        }

        table.copyTo(index, out, outBase + outAt, length);
        tell(nameLength, valueLength, resolved(table.nameId(index), nameLength), 0);
    }

    /** Returns the offset behind the field, or COMPRESSION. */
    private int literal(final int b, final int at, final int limit)
    {
        final boolean isIndexing = (b & INDEXING) != 0;
        nameIndex = integer(b, isIndexing ? INDEXING_MASK : LITERAL_MASK, at, limit);
        if (nameIndex < 0 || nameIndex > StaticTable.COUNT + table.count())
        {
            return HpackError.COMPRESSION;
        }
        if (nameIndex == 0)
        {
            nameAt = string(integerEnd, limit);
            if (nameAt < 0)
            {
                return HpackError.COMPRESSION;
            }
            nameSize = stringLength;
            isNameCoded = isStringCoded;
        }

        valueAt = string(nameIndex == 0 ? nameAt + nameSize : integerEnd, limit);
        if (valueAt < 0)
        {
            return HpackError.COMPRESSION;
        }
        valueSize = stringLength;
        isValueCoded = isStringCoded;

        int error = isRefused ? HpackError.TOO_LARGE :
            putLiteral(isIndexing, !isIndexing && (b & NEVER_INDEXED) != 0 ? HeaderSink.NEVER_INDEXED : 0);
        if (error == HpackError.TOO_LARGE)
        {
            isRefused = true;
            error = skipLiteral(isIndexing);
        }

        return error == 0 ? valueAt + valueSize : HpackError.COMPRESSION;
    }

    private int putLiteral(final boolean isIndexing, final int flags)
    {
        final int nameLength = putName(outLimit - DynamicTable.LINE_OVERHEAD);
        if (nameLength < 0)
        {
            return nameLength;
        }

        final int value = outAt + nameLength + 2;
        final int valueLength = putString(valueAt, valueSize, isValueCoded, value, outLimit - 2);
        if (valueLength < 0)
        {
            return valueLength;
        }

        UnsafeApi.putByte(out, outBase + value - 2, (byte)':');
        UnsafeApi.putByte(out, outBase + value - 1, (byte)' ');
        UnsafeApi.putByte(out, outBase + value + valueLength, (byte)'\r');
        UnsafeApi.putByte(out, outBase + value + valueLength + 1, (byte)'\n');
        final int nameId = nameId(nameLength);
        if (isIndexing)
        {
            table.add(out, outBase + outAt, nameLength, valueLength, nameId);
        }
        tell(nameLength, valueLength, nameId, flags);

        return 0;
    }

    private int putName(final int limit)
    {
        if (nameIndex == 0)
        {
            return putString(nameAt, nameSize, isNameCoded, outAt, limit);
        }

        final int nameLength = nameLength();
        if (nameLength > limit - outAt)
        {
            return HpackError.TOO_LARGE;
        }
        if (nameIndex <= StaticTable.COUNT)
        {
            ShortCopy.copy(
                StaticTable.line(nameIndex), StaticTable.ARRAY_BASE, out, outBase + outAt, nameLength);
        }
        else
        {
            table.copyTo(nameIndex - StaticTable.COUNT - 1, out, outBase + outAt, nameLength);
        }

        return nameLength;
    }

    /** Writes a string; one byte more than the limit may be touched. */
    private int putString(final int from, final int size, final boolean isCoded, final int to, final int limit)
    {
        final int room = limit - to;
        if (!isCoded)
        {
            if (size > room)
            {
                return HpackError.TOO_LARGE;
            }
            ShortCopy.copy(array, base + from, out, outBase + to, size);
            return size;
        }
        if (Huffman.maxDecodedLength(size) > room)
        {
            final int length = Huffman.decodedLength(array, base + from, size, null);
            if (length < 0 || length > room)
            {
                return length < 0 ? HpackError.COMPRESSION : HpackError.TOO_LARGE;
            }
        }

        return Huffman.decode(array, base + from, size, out, outBase + to);
    }

    /** A field that nobody gets: its strings are checked, and the table learns of it. */
    private int skipLiteral(final boolean isIndexing)
    {
        final int nameLength = nameIndex == 0 ? lengthOf(nameAt, nameSize, isNameCoded) : nameLength();
        final int valueLength = lengthOf(valueAt, valueSize, isValueCoded);
        if (nameLength < 0 || valueLength < 0)
        {
            return HpackError.COMPRESSION;
        }
        if (!isIndexing)
        {
            return 0;
        }

        final int dynamicIndex = nameIndex - StaticTable.COUNT - 1;
        final int position = dynamicIndex >= 0 ? table.position(dynamicIndex) : 0;
        if (!table.open(nameLength, valueLength, knownNameId()))
        {
            return 0;
        }
        if (nameIndex == 0)
        {
            enter(nameAt, nameSize, isNameCoded);
        }
        for (int i = 0; nameIndex != 0 && i < nameLength; i++)
        {
            table.put(dynamicIndex >= 0 ? table.byteAt(position + i) : StaticTable.line(nameIndex)[i]);
        }
        table.put(':');
        table.put(' ');
        enter(valueAt, valueSize, isValueCoded);
        table.put('\r');
        table.put('\n');

        return 0;
    }

    private int lengthOf(final int from, final int size, final boolean isCoded)
    {
        return isCoded ? Huffman.decodedLength(array, base + from, size, null) : size;
    }

    private void enter(final int from, final int size, final boolean isCoded)
    {
        if (isCoded)
        {
            Huffman.decodedLength(array, base + from, size, table);
            return;
        }
        for (int i = 0; i < size; i++)
        {
            table.put(UnsafeApi.getByte(array, base + from + i));
        }
    }

    private int nameLength()
    {
        return nameIndex <= StaticTable.COUNT ?
            StaticTable.nameLength(nameIndex) : table.nameLength(nameIndex - StaticTable.COUNT - 1);
    }

    private int nameId(final int nameLength)
    {
        return resolved(knownNameId(), nameLength);
    }

    private int knownNameId()
    {
        if (nameIndex == 0)
        {
            return DynamicTable.UNRESOLVED;
        }

        return nameIndex <= StaticTable.COUNT ?
            StaticTable.nameId(nameIndex) : table.nameId(nameIndex - StaticTable.COUNT - 1);
    }

    /** The id as it is known, or that of the name which was just written. */
    private int resolved(final int nameId, final int nameLength)
    {
        if (nameId != DynamicTable.UNRESOLVED)
        {
            return nameId;
        }
        if (nameLength == 0)
        {
            return HeaderName.OTHER;
        }

        final long address = outBase + outAt;
        return UnsafeApi.getByte(out, address) == ':' ?
            PseudoHeader.idOf(out, address, nameLength) : HeaderName.idOf(out, address, nameLength);
    }

    private void tell(final int nameLength, final int valueLength, final int nameId, final int flags)
    {
        textLength += nameLength + valueLength;
        final int name = outAt;
        final int value = name + nameLength + 2;
        outAt = value + valueLength + 2;
        isRefused = !sink.onField(name, nameLength, value, valueLength, nameId, flags);
    }

    /** Reads a string's header: returns where its bytes begin, or COMPRESSION when the block ends before they do. */
    private int string(final int at, final int limit)
    {
        if (at >= limit)
        {
            return HpackError.COMPRESSION;
        }

        final int b = UnsafeApi.getByte(array, base + at);
        isStringCoded = b < 0;
        stringLength = integer(b, INDEX_MASK, at + 1, limit);

        return stringLength < 0 || stringLength > limit - integerEnd ? HpackError.COMPRESSION : integerEnd;
    }

    /** Reads an integer (RFC 7541 section 5.1) whose first byte is there; sets where it ends. */
    private int integer(final int b, final int mask, final int at, final int limit)
    {
        final int prefix = b & mask;
        if (prefix != mask)
        {
            integerEnd = at;
            return prefix;
        }

        long value = prefix;
        for (int i = 0; i < MAX_CONTINUATION && at + i < limit; i++)
        {
            final int next = UnsafeApi.getByte(array, base + at + i);
            value += (long)(next & 0x7F) << 7 * i;
            if (next >= 0)
            {
                integerEnd = at + i + 1;
                return value <= Integer.MAX_VALUE ? (int)value : HpackError.COMPRESSION;
            }
        }

        return HpackError.COMPRESSION;
    }
}
