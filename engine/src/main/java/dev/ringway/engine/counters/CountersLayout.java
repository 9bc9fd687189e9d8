package dev.ringway.engine.counters;

/**
 * Where things are in a counters file. All numbers in native byte order, all parts on page boundaries.
 * <pre>
 *  +----------------------------------------------------------------+ 0
 *  | header, one page (see the *_OFFSET constants)                   |
 *  +----------------------------------------------------------------+ RECORDS_OFFSET
 *  | records, 16 bytes a counter:                                   |
 *  |   0                4                8                12         |
 *  |   | name offset    | name length    | kind           | change ||
 *  +----------------------------------------------------------------+ namesOffset
 *  | names, UTF-8, one behind the other                             |
 *  +----------------------------------------------------------------+ valuesOffset
 *  | column of loop 0: one long per counter                         |
 *  | column of loop 1 ...                                           |
 *  | column of all other threads (SharedCounters)                   |
 *  | column of what readers take away (after a reset)               |
 *  +----------------------------------------------------------------+ errorsOffset
 *  | distinct error log (Agrona's layout)                           |
 *  +----------------------------------------------------------------+ fileLength
 * </pre>
 * A column is a multiple of a page, so two columns never share a cache line. The file is sparse: pages that hold no
 * counter take no memory.
 */
final class CountersLayout
{
    static final int PAGE = 4096;

    /** Values of a column that are in a page. */
    static final int COUNTERS_PER_PAGE = PAGE / Long.BYTES;

    /** "RWCOUNT1" read as a big-endian long; also tells a foreign byte order. */
    static final long MAGIC = 0x5257434F554E5431L;
    static final int VERSION = 2;

    static final int MAGIC_OFFSET = 0;
    static final int VERSION_OFFSET = 8;
    static final int LOOPS_OFFSET = 12;
    static final int CAPACITY_OFFSET = 16;
    static final int ERRORS_LENGTH_OFFSET = 20;
    static final int PID_OFFSET = 24;
    static final int START_TIME_MS_OFFSET = 32;
    static final int NAMES_USED_OFFSET = 40;

    /** On a line of its own, with the next: the header fields that change while others read. */
    static final int COUNT_OFFSET = 128;

    /** Grows when a name is shown or hidden. */
    static final int CHANGES_OFFSET = 132;

    static final int RECORDS_OFFSET = PAGE;
    static final int RECORD_LENGTH = 16;
    static final int NAME_OFFSET_OFFSET = 0;
    static final int NAME_LENGTH_OFFSET = 4;
    static final int KIND_OFFSET = 8;

    /** Even while the record is shown; grows before it is hidden, and when it is shown, maybe with another name. */
    static final int GENERATION_OFFSET = 12;

    /** Room for names, in bytes per counter of capacity. */
    static final int NAME_ROOM = 96;

    final int capacity;
    final int loops;
    final int errorsLength;
    final int recordsLength;
    final int namesLength;
    final int columnLength;
    final long namesOffset;
    final long valuesOffset;
    final long errorsOffset;
    final long fileLength;

    CountersLayout(final int capacity, final int loops, final int errorsLength)
    {
        this.capacity = capacity;
        this.loops = loops;
        this.errorsLength = errorsLength;
        recordsLength = capacity * RECORD_LENGTH;
        namesLength = capacity * NAME_ROOM;
        columnLength = capacity * Long.BYTES;
        namesOffset = RECORDS_OFFSET + (long)recordsLength;
        valuesOffset = namesOffset + namesLength;
        errorsOffset = valuesOffset + (long)(loops + 2) * columnLength;
        fileLength = errorsOffset + errorsLength;
    }

    long columnOffset(final int column)
    {
        return valuesOffset + (long)column * columnLength;
    }

    int sharedColumn()
    {
        return loops;
    }

    int baselineColumn()
    {
        return loops + 1;
    }
}
