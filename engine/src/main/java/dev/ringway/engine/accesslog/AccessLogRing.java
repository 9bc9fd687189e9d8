package dev.ringway.engine.accesslog;

import com.lmax.disruptor.BusySpinWaitStrategy;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SingleProducerSequencer;
import dev.ringway.ffi.libc.Memory;
import org.agrona.BitUtil;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * Access records on their way from one loop to the log thread: a bounded ring of off-heap slots, sequenced by a
 * Disruptor. {@link #publish} is for the loop thread, {@link #poll} for the log thread, the numbers for any. Slots
 * take memory when they are first used.
 */
public final class AccessLogRing implements AutoCloseable
{
    /** Slots of a ring unless said otherwise. */
    public static final int DEFAULT_SLOTS = 1024;

    private final SingleProducerSequencer sequencer;
    private final Sequence consumed = new Sequence();
    /** Two for each slot, null while it is free: what a record refers to is not held longer than its memory. */
    private final byte[][] reports;
    /** {@link AccessMetadata#COUNT} for each slot, as the reports. */
    private final String[] metadata;
    private final UnsafeBuffer memory;
    private final LogWakeup wakeup;
    private final int mask;
    private final int quarterMask;
    private final int slotShift;
    private final int slotLength;
    private final AccessRecord record = new AccessRecord();

    /**
     * @param slots      records that fit, a power of two of at least 4.
     * @param slotLength bytes of a record at most, a power of two of at least 512.
     * @param wakeup     of the log thread, shared by all rings it serves.
     */
    public AccessLogRing(final int slots, final int slotLength, final LogWakeup wakeup)
    {
        if (slots < 4 || !BitUtil.isPowerOfTwo(slots) || slotLength < 512 || !BitUtil.isPowerOfTwo(slotLength) ||
            (long)slots * slotLength > Integer.MAX_VALUE)
        {
            throw new IllegalArgumentException("access log ring of " + slots + " slots of " + slotLength +
                " bytes: both must be powers of two, at least 4 and 512, and 1 GiB in all at most");
        }
        this.slotLength = slotLength;
        this.wakeup = wakeup;
        mask = slots - 1;
        quarterMask = (slots >> 2) - 1;
        slotShift = Integer.numberOfTrailingZeros(slotLength);
        // Mapped, not a direct buffer: that would be zeroed, so resident, and counted against the JVM's bound.
        final long address = Memory.allocate((long)slots * slotLength);
        if (address < 0)
        {
            throw new IllegalStateException("access log ring: no " + (long)slots * slotLength + " bytes of memory");
        }
        memory = new UnsafeBuffer(address, slots * slotLength);
        reports = new byte[slots << 1][];
        metadata = new String[slots * AccessMetadata.COUNT];
        sequencer = new SingleProducerSequencer(slots, new BusySpinWaitStrategy());
        sequencer.addGatingSequences(consumed);
    }

    /**
     * A ring of the usual size.
     *
     * @param wakeup of the log thread.
     */
    public AccessLogRing(final LogWakeup wakeup)
    {
        this(DEFAULT_SLOTS, AccessRecord.DEFAULT_CAPACITY, wakeup);
    }

    /**
     * Hands a record over. Loop thread only; never waits.
     *
     * @param source finished; may be used again at once, and tells nothing of TLS and metadata any more.
     * @return false when the ring is full and the record is lost; the caller counts it.
     */
    public boolean publish(final AccessRecord source)
    {
        final int length = source.length();
        assert length <= slotLength : "record of " + length + " bytes in a slot of " + slotLength;
        if (!sequencer.hasAvailableCapacity(1))
        {
            source.tls().clear();
            source.metadata().clear();
            wakeup.wake();
            return false;
        }
        final long sequence = sequencer.next();
        final int slot = (int)sequence & mask;
        memory.putBytes(slot << slotShift, source.buffer(), source.offset(), length);
        source.tls().moveTo(reports, slot << 1);
        source.metadata().moveTo(metadata, slot * AccessMetadata.COUNT);
        sequencer.publish(sequence);
        if ((sequence & quarterMask) == quarterMask)
        {
            wakeup.wake();
        }
        return true;
    }

    /**
     * Takes what is there. Log thread only.
     *
     * @param handler gets each record, oldest first; it is gone after the call, also when that throws.
     * @param limit   most records to take.
     * @return records taken.
     */
    public int poll(final RecordHandler handler, final int limit)
    {
        final long from = consumed.get() + 1;
        final long available = Math.min(sequencer.getCursor(), from + limit - 1);
        long sequence = from;
        try
        {
            while (sequence <= available)
            {
                final int slot = (int)sequence++ & mask;
                record.tls().moveFrom(reports, slot << 1);
                record.metadata().moveFrom(metadata, slot * AccessMetadata.COUNT);
                handler.onRecord(record.wrap(memory, slot << slotShift, slotLength));
            }
        }
        finally
        {
            record.tls().clear();
            record.metadata().clear();
            if (sequence > from)
            {
                consumed.set(sequence - 1);
            }
        }
        return (int)(sequence - from);
    }

    /**
     * @return records that wait to be taken.
     */
    public int backlog()
    {
        return (int)(sequencer.getCursor() - consumed.get());
    }

    /**
     * @return records that were ever handed over.
     */
    public long published()
    {
        return sequencer.getCursor() + 1;
    }

    /**
     * @return records that were ever taken.
     */
    public long taken()
    {
        return consumed.get() + 1;
    }

    /**
     * @return records that fit.
     */
    public int capacity()
    {
        return mask + 1;
    }

    /**
     * @return bytes of a record at most.
     */
    public int slotLength()
    {
        return slotLength;
    }

    /**
     * Gives the memory back. Only when neither the loop nor the log thread uses the ring any more.
     */
    public void close()
    {
        if (memory.capacity() > 0)
        {
            Memory.unmap(memory.addressOffset(), memory.capacity());
            memory.wrap(0, 0);
        }
    }

    /**
     * Takes records on the log thread.
     */
    @FunctionalInterface
    public interface RecordHandler
    {
        /**
         * @param record valid during the call.
         */
        void onRecord(AccessRecord record);
    }
}
